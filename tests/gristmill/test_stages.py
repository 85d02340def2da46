from pathlib import Path
from typing import Any

import pytest

import curate
from gristmill.named_models import NamedClient, NamedScorer
from gristmill.stages import STAGES, named_stages, read_stages, stage_type, with_journal
from schemas.errors import InputError

NEEDED: dict[str, dict[str, Any]] = {
    "against": {"files": "old.jsonl"},
    "decontaminate": {"files": ["test.jsonl"]},
    "select": {"rows": 10},
    "column": {"column": "loss_base", "low": 0.1},
    "judge": {"client": "openai", "model": "m", "base_url": "http://localhost:1/v1"},
}


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_is_made_by_its_own_name(name: str) -> None:
    stage = read_stages([{name: NEEDED.get(name, {})}], where="here")[0]
    kind = stage_type(name)
    assert stage.name == name
    assert type(stage) is kind
    assert kind is getattr(curate, kind.__name__)


def test_a_misspelt_stage_or_setting_finds_the_right_one() -> None:
    with pytest.raises(InputError, match=r"no stage 'readabilty'\. Did you mean readability\?"):
        named_stages("readabilty")
    for name, wrong, right in (
        ("judge", "max_tokns", "max_tokens"),
        ("judge", "modle", "model"),
        ("perplexity", "ifd_hi", "ifd_high"),
        ("lint", "rule", "rules"),
    ):
        with pytest.raises(InputError, match=rf"no key '{wrong}'\. Did you mean {right}\?"):
            read_stages([{name: {wrong: 1}}], where="here")


def test_a_judge_takes_the_settings_of_a_client_and_its_own() -> None:
    given = {"client": "openai", "model": "m", "base_url": "http://u:secret@host:1/v1", "low": 3, "concurrency": 2}
    judge = read_stages([{"judge": given}], where="here")[0]
    assert judge.low == 3
    assert isinstance(judge.client, NamedClient)
    assert judge.client.model == "m"
    settings = curate.Pipeline([judge]).settings()[0]["settings"]
    assert settings["client"] == {"is": "gristmill.named_models.NamedClient", "model": "m", "route": judge.client.route}
    assert "secret" not in str(settings)


def test_a_judge_without_a_model_says_what_it_needs() -> None:
    with pytest.raises(InputError, match="needs the name of a model"):
        read_stages([{"judge": {"client": "openai"}}], where="here")


def test_a_perplexity_stage_names_its_model() -> None:
    stage = read_stages([{"perplexity": {"model": "org/name", "high": 50}}], where="here")[0]
    assert (stage.scorer, stage.high) == (NamedScorer("org/name"), 50)
    assert curate.Pipeline([stage]).settings()[0]["settings"]["scorer"]["model"] == "org/name"
    with pytest.raises(InputError, match="is no name"):
        read_stages([{"perplexity": {"model": 3}}], where="here")


def test_paths_start_at_the_recipe_and_names_of_a_hub_do_not(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    stages = read_stages(
        [
            {"against": {"files": ["old.jsonl", "hub:org/set", "/data/x.csv"]}},
            {"semantic": {"model": "model"}},
            {"semantic": {"model": "org/model"}},
        ],
        where="here",
        base=tmp_path,
    )
    assert stages[0].files == (str(tmp_path / "old.jsonl"), "hub:org/set", "/data/x.csv")
    assert [stage.model for stage in stages[1:]] == [str(tmp_path / "model"), "org/model"]


def test_stages_that_draw_lots_take_the_seed_that_is_given() -> None:
    select, split = read_stages([{"select": {"rows": 3}}, {"split": {"seed": 2}}], where="here", seed=7)
    assert (select.seed, split.seed) == (7, 2)


def test_the_answers_of_a_judge_lie_beside_what_is_written(tmp_path: Path) -> None:
    stages = read_stages(["exact", {"judge": {"client": "openai", "model": "m"}}], where="here")
    exact, judge = with_journal(stages, tmp_path / "curated")
    assert exact is stages[0]
    assert repr(judge) == repr(stages[1])
    with_journal(stages, Path())  # the folder that we are in has a name too
    with pytest.raises(InputError, match="-o DIR"):
        with_journal(stages, None)
    assert with_journal(stages[:1], None) == stages[:1]
