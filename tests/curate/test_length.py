from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from curate.length import Length
from curate.pipeline import Pipeline
from schemas.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def kept(table: pa.Table, stage: Length) -> list[str]:
    return [row["messages"][1]["content"] for row in Pipeline([stage]).table(table).kept.to_pylist()]


def test_both_ends_are_kept(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", "a"), ("q", "a b"), ("q", "a b c"), ("q", "a b c d")])
    assert kept(table, Length(low=2, high=3)) == ["a b", "a b c"]


def test_an_open_end_keeps_everything_on_its_side(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", ""), ("q", "a b c")])
    assert kept(table, Length(low=None, high=2)) == [""]
    assert kept(table, Length(low=1, high=None)) == ["a b c"]


def test_characters_are_signs_and_not_bytes(table_of: Callable[..., pa.Table]) -> None:
    assert kept(table_of([("q", "éé"), ("q", "ééé")]), Length(unit="characters", low=1, high=2)) == ["éé"]


def test_the_decision_names_the_limit_that_was_broken(table_of: Callable[..., pa.Table]) -> None:
    result = Pipeline([Length(low=2, high=3), Length(of="instruction", low=2)]).table(
        table_of([("q", "a b c d"), ("q", "b b")])
    )
    lines = result.decisions.to_pylist()
    assert [(line["stage"], line["reason"], line["score"], line["threshold"]) for line in lines] == [
        ("length", "response_too_long", 4.0, 3.0),
        ("length-2", "instruction_too_short", 1.0, 2.0),
    ]


def test_tokens_are_counted_with_the_named_tokenizer(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0, "b": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    stage = Length(unit="tokens", low=None, high=2, tokenizer=str(tmp_path))
    assert stage.costly
    assert kept(table_of([("q", "a b"), ("q", "a-b")]), stage) == ["a b"]


def test_a_missing_tokenizer_stops_the_run_and_is_named(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    stage = Length(unit="tokens", tokenizer=str(tmp_path))
    with pytest.raises(InputError, match=r"no tokenizer can be loaded"):
        Pipeline([stage]).table(table_of([("q", "a")]))


def test_quantiles_are_of_the_rows_that_reach_the_stage(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", " ".join("a" * count)) for count in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50, 60)])
    stages = [Length(high=40), Length(low_quantile=0.2, high_quantile=0.9)]
    result = Pipeline(stages).table(table)
    assert [line["row"] for line in result.decisions.to_pylist() if line["action"] == "kept"] == [3, 4, 5, 6, 7, 8, 9]
    dropped = [line for line in result.decisions.to_pylist() if line["stage"] == "length-2"]
    assert [(line["row"], line["reason"], line["threshold"]) for line in dropped] == [
        (1, "response_too_short", 3.0),
        (2, "response_too_short", 3.0),
        (10, "response_too_long", 9.0),
    ]


def test_rows_of_one_length_share_one_fate(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", "a b")] * 5 + [("r", "a b c")])
    assert len(kept(table, Length(low_quantile=0.5, high_quantile=0.6))) == 5
    assert len(kept(table, Length(low_quantile=0.2))) == 6


def test_a_limit_and_a_quantile_must_both_be_met(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", " ".join("a" * count)) for count in (1, 2, 3, 4)])
    assert kept(table, Length(low=2, low_quantile=0.5)) == ["a a a", "a a a a"]
    assert kept(table, Length(low=4, low_quantile=0.5)) == ["a a a a"]


def test_whole_conversations_are_counted_by_the_models_template(
    table_of: Callable[..., pa.Table], tokenizer: "PreTrainedTokenizerBase", tmp_path: Path
) -> None:
    tokenizer.save_pretrained(str(tmp_path))
    table = table_of([("ab", "cd"), ("ab", "c" * 40)])
    turns = [{"role": "user", "content": "ab"}, {"role": "assistant", "content": "cd"}]
    tokens = len(tokenizer.apply_chat_template(turns, tokenize=True, return_dict=False))
    stage = Length(of="whole", unit="tokens", low=tokens, high=tokens, tokenizer=str(tmp_path), template=True)
    assert stage.costly
    assert stage.fingerprint != Length(of="whole", unit="tokens", tokenizer=str(tmp_path)).fingerprint
    assert kept(table, stage) == ["cd"]


def test_a_row_that_the_template_refuses_is_set_aside(
    tokenizer_with: "Callable[..., PreTrainedTokenizerBase]", table_of: Callable[..., pa.Table], tmp_path: Path
) -> None:
    template = "{% if messages[0]['content'] == 'bad' %}{{ raise_exception('no bad rows') }}{% endif %}ok"
    tokenizer_with(template).save_pretrained(str(tmp_path))
    stage = Length(of="whole", unit="tokens", tokenizer=str(tmp_path), template=True)
    result = Pipeline([stage]).table(table_of([("good", "a"), ("bad", "b"), ("fine", "c")]))
    assert (result.report.kept, result.report.errored) == (2, 1)
    assert "no bad rows" in result.decisions.to_pylist()[1]["evidence"]


@pytest.mark.parametrize(
    "settings",
    [
        {"of": "answer"},
        {"unit": "lines"},
        {"low": 3, "high": 2},
        {"unit": "tokens"},
        {"tokenizer": "gpt2"},
        {"low_quantile": -0.1},
        {"high_quantile": 1.1},
        {"low_quantile": 0.6, "high_quantile": 0.5},
        {"template": True},
        {"template": True, "unit": "tokens", "tokenizer": "gpt2"},
    ],
    ids=[
        "view", "unit", "order", "no tokenizer", "needless tokenizer", "below 0", "above 1", "quantiles",
        "template of words", "template of a part",
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Length(**settings)
