from pathlib import Path

import pytest

from generate import Evolve, SelfInstruct
from gristmill.strategies import read_strategies
from schemas import InputError


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
