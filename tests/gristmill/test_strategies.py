from pathlib import Path

import pytest

from generate import Evolve, Question, SelfInstruct, Template
from gristmill.strategies import STRATEGIES, read_strategies
from schemas.errors import InputError


@pytest.mark.parametrize(
    ("values", "strategies"),
    [
        ("question", (Question(),)),
        ("question,template", (Question(), Template())),
        (" question = 3 , template=1 ", (Question(share=3.0), Template(share=1.0))),
        (["question", {"template": {"share": 2}}], (Question(), Template(share=2.0))),
        ([{"question": {"max_tokens": 90, "temperature": 0.5}}], (Question(max_tokens=90, temperature=0.5),)),
        ([{"question": None}], (Question(),)),
    ],
)
def test_strategies_are_read_as_people_write_them(values: object, strategies: tuple[object, ...]) -> None:
    assert read_strategies(values, where="here") == strategies


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ("questoin", "Did you mean question"),
        ("question=a", "no share"),
        ("", "strategies are expected"),
        ([], "strategies are expected"),
        (7, "strategies are expected"),
        ([{"question": {"tokens": 3}}], "Did you mean max_tokens"),
        ([{"question": {"max_tokens": "many"}}], "max_tokens"),
        ([{"question": 3}], "settings are expected"),
    ],
)
def test_what_is_wrong_is_named(values: object, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_strategies(values, where="here")


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_does_with_its_defaults_and_bears_its_name(name: str) -> None:
    [strategy] = read_strategies(name, where="here")
    assert strategy.name == name
    assert strategy.share == 1.0
    assert bool(strategy.prompts) == (strategy.calls > 0)


def test_files_of_strategies_start_at_the_recipe_s_folder(tmp_path: Path) -> None:
    values = [{"self_instruct": {"seeds": "seeds.jsonl"}}, {"evolve": {"start": "/rows.csv"}}]
    found = read_strategies(values, where="recipe.yaml", base=tmp_path)
    assert found == (SelfInstruct(seeds=tmp_path / "seeds.jsonl"), Evolve(start=Path("/rows.csv")))


def test_without_a_recipe_they_start_where_we_are() -> None:
    [found] = read_strategies([{"self_instruct": {"seeds": "seeds.jsonl"}}], where="here")
    assert found == SelfInstruct(seeds=Path("seeds.jsonl"))


def test_a_misspelt_filter_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="blacklist"):
        read_strategies([{"self_instruct": {"blacklists": True}}], where="here")
