from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from curate.length import Length
from curate.pipeline import Pipeline
from schemas.errors import InputError


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


@pytest.mark.parametrize(
    "settings",
    [{"of": "answer"}, {"unit": "lines"}, {"low": 3, "high": 2}, {"unit": "tokens"}, {"tokenizer": "gpt2"}],
    ids=["view", "unit", "order", "no tokenizer", "needless tokenizer"],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Length(**settings)
