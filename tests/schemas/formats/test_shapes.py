import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.formats.shapes import MIXED, arrow_field, decode, encode, holds_json, merge, merge_value, to_json
from schemas.formats.twins import without_nulls

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=6,
)


def shape_of(column: list[Any]) -> Any:
    shape = None
    for each in column:
        shape = merge_value(shape, each)
    return shape


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ([None, None], pa.string()),
        ([True, None], pa.bool_()),
        ([1, 2], pa.int64()),
        ([2**62], pa.int64()),
        ([1, 2**60], pa.int64()),
        ([1, 0.5], pa.float64()),
        (["a", None], pa.string()),
        ([[], ["a"]], pa.list_(pa.string())),
        ([[]], pa.list_(pa.string())),
        ([[1], [0.5, None]], pa.list_(pa.float64())),
        ([{"a": 1}, {"b": "x"}], pa.struct([("a", pa.int64()), ("b", pa.string())])),
        ([[{"a": None}], [{"a": 1}]], pa.list_(pa.struct([("a", pa.int64())]))),
    ],
    ids=str,
)
def test_the_type_holds_all_values(column: list[Any], kind: pa.DataType) -> None:
    field = arrow_field("x", shape_of(column))
    assert field.type == kind
    assert not holds_json(field)


@pytest.mark.parametrize(
    "column",
    [
        [1, "a"],
        [True, 1],
        [2**63],
        [2**60, 0.5],
        [{}],
        [{"a": {}}],
        [[1, "a"]],
        [[1], ["a"]],
        [["a"], "a"],
        [{"a": 1}, {"a": "x"}],
        [{str(each): 1 for each in range(65)}],
        [json.loads("[" * 40 + "]" * 40)],
    ],
    ids=lambda column: str(column)[:30],
)
def test_values_that_no_type_holds_become_json_text(column: list[Any]) -> None:
    field = arrow_field("x", shape_of(column))
    assert field.type == pa.string()
    assert holds_json(field)
    assert decode(encode(column, field), field) == column


@given(st.lists(values, max_size=5))
def test_every_column_comes_back(column: list[Any]) -> None:
    field = arrow_field("x", shape_of(column))
    back = decode(encode(column, field), field)
    assert without_nulls(back) == without_nulls(column)


@given(st.lists(values, max_size=5), st.integers(0, 5))
def test_shapes_of_parts_merge_to_the_shape_of_the_whole(column: list[Any], cut: int) -> None:
    one, other = shape_of(column[:cut]), shape_of(column[cut:])
    assert arrow_field("x", merge(one, other)).equals(arrow_field("x", shape_of(column)), check_metadata=True)


def test_what_is_mixed_stays_mixed() -> None:
    assert merge_value(MIXED, "a") == MIXED
    assert merge(MIXED, "str") == MIXED
    assert merge("str", MIXED) == MIXED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ä", '"ä"'),
        (date(2026, 1, 2), '"2026-01-02"'),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), '"2026-01-02T03:04:00+00:00"'),
        (Decimal("1.50"), '"1.50"'),
    ],
    ids=["text", "date", "datetime", "decimal"],
)
def test_json_text_of_values_that_tables_hold(value: Any, text: str) -> None:
    assert to_json(value) == text


def test_bytes_are_refused() -> None:
    with pytest.raises(TypeError, match="it holds bytes, which JSON cannot hold"):
        to_json(b"x")
