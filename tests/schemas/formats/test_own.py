from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.example import EXAMPLE_SCHEMA, ORIGIN_TYPE, SOURCE_TYPE
from schemas.formats.own import ORIGINAL, SPECIAL, aside, back, is_native_row, is_native_schema, is_our_column, is_ours

SOURCE = {"document": "a.md", "section": "S", "start": 0, "end": 1, "quote": "q"}
NATIVE = {"id": "x", "messages": [{"role": "user", "content": "q"}], "context": None, "source": SOURCE, "origin": None}


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("score", "score"),
        ("id", "original_id"),
        ("original_id", "original_original_id"),
        ("original", "original_original"),
        ("original_score", "original_score"),
        ("identity", "identity"),
    ],
)
def test_a_column_with_one_of_our_names_stands_aside_and_comes_back(name: str, stored: str) -> None:
    assert aside(name) == stored
    assert back(stored) == name


@given(st.lists(st.sampled_from(["original", "id", "source", "x"]), min_size=1, max_size=4).map("_".join))
def test_every_name_comes_back(name: str) -> None:
    assert back(aside(name)) == name


@pytest.mark.parametrize(
    ("name", "value", "ours"),
    [
        ("context", "text", True),
        ("context", None, True),
        ("context", 5, False),
        ("source", SOURCE, True),
        ("source", {**SOURCE, "start": None}, True),
        ("source", {**SOURCE, "start": "0"}, False),
        ("source", {**SOURCE, "start": True}, False),
        ("source", {**SOURCE, "start": 2**63}, False),
        ("source", {**SOURCE, "more": 1}, False),
        ("source", "wikipedia", False),
        ("origin", {"strategy": "s", "model": "m", "prompt": "p", "seed": 1}, True),
        ("origin", {"strategy": "s"}, False),
        ("original", {"format": "alpaca", "row": {}}, True),
        ("original", {"format": "unknown", "row": {}}, False),
        ("original", {"format": ["alpaca"], "row": {}}, False),
        ("original", {"format": "alpaca", "row": []}, False),
        ("original", False, False),
    ],
)
def test_values_are_ours_by_type_and_keys(name: str, value: Any, ours: bool) -> None:
    assert is_ours(name, value) == ours


def test_a_native_row_has_all_five_columns_with_our_types() -> None:
    assert is_native_row(NATIVE)
    assert not any(is_native_row({key: NATIVE[key] for key in NATIVE if key != left}) for left in NATIVE)
    assert not is_native_row({**NATIVE, "id": 5})
    assert not is_native_row({**NATIVE, "source": "wikipedia"})
    assert not is_native_row({**NATIVE, "messages": [{"role": "user", "content": "q", "name": "x"}]})


def test_a_native_table_has_our_types() -> None:
    assert is_native_schema(EXAMPLE_SCHEMA)
    assert is_native_schema(EXAMPLE_SCHEMA.append(pa.field("score", pa.int64())))
    assert is_native_schema(EXAMPLE_SCHEMA.append(ORIGINAL))
    assert not is_native_schema(EXAMPLE_SCHEMA.append(pa.field("original", pa.string())))
    assert not is_native_schema(EXAMPLE_SCHEMA.remove(0))


@pytest.mark.parametrize(
    ("name", "kind", "ours"),
    [
        ("source", SOURCE_TYPE, True),
        ("origin", ORIGIN_TYPE, True),
        ("source", ORIGIN_TYPE, False),
        ("source", pa.string(), False),
        ("source", pa.null(), True),
        ("context", pa.large_string(), True),
        ("context", pa.int64(), False),
        ("original", pa.string(), False),
    ],
)
def test_columns_are_ours_by_type(name: str, kind: pa.DataType, ours: bool) -> None:
    assert is_our_column(pa.field(name, kind)) == ours


def test_our_names_are_all_known() -> None:
    assert set(SPECIAL) == {"context", "source", "origin", "original"}
