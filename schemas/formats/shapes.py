"""Which Arrow type holds all the JSON values of a column, found while they stream by."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa

# Values are whatever JSON holds: every Any in this file is such a value, or a shape made of nested dicts.
JSON_METADATA = {b"gristmill.json": b"1"}
MIXED = "mixed"
_MOST_KEYS = 64  # an object with more keys than this over all rows is a map, not a record
_DEEPEST = 12
_EXACT = 2**53  # a double holds each whole number up to here
_LEAVES: Mapping[str | None, pa.DataType] = {
    "bool": pa.bool_(),
    "int": pa.int64(),
    "long": pa.int64(),
    "float": pa.float64(),
    "str": pa.string(),
    None: pa.string(),
}

AnyArray: TypeAlias = Any  # the stubs have no array whose type is only known at run time

# A shape is None for nulls only, the name of a leaf, ["list", shape], or {key: shape} for objects.
Shape = Any


def merge_value(shape: Shape, value: Any, depth: int = 0) -> Shape:
    """Widen a shape so that it holds `value` too; `MIXED` where no Arrow type holds both."""
    if value is None or shape == MIXED:
        return shape
    kind = type(value)
    if kind is str:
        return shape if shape == "str" else merge(shape, "str")
    if kind is dict:
        if not value or len(value) > _MOST_KEYS or depth > _DEEPEST:
            return MIXED
        inner = {key: merge_value(None, each, depth + 1) for key, each in value.items()}
        return merge(shape, MIXED if MIXED in inner.values() else inner)
    if kind is list:
        held: Shape = None
        for each in value:
            held = merge_value(held, each, depth + 1)
        return merge(shape, MIXED if held == MIXED or depth > _DEEPEST else ["list", held])
    if kind is int:
        size = abs(value)
        return merge(shape, "int" if size <= _EXACT else "long" if size < 2**63 else MIXED)
    return merge(shape, kind.__name__ if kind in {bool, float} else MIXED)


def merge(one: Shape, other: Shape) -> Shape:
    """Give the shape that holds what both hold."""
    if one is None or one == other:
        return other
    if other is None:
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        keys = {**one, **other}
        both = {key: merge(one.get(key), other.get(key)) for key in keys}
        return MIXED if len(both) > _MOST_KEYS or MIXED in both.values() else both
    if isinstance(one, list) and isinstance(other, list):
        held = merge(one[1], other[1])
        return MIXED if held == MIXED else ["list", held]
    if isinstance(one, str) and isinstance(other, str):
        pair = {one, other}
        if pair == {"int", "long"}:
            return "long"
        if pair == {"int", "float"}:
            return "float"
    return MIXED


def arrow_field(name: str, shape: Shape) -> "pa.Field[Any]":
    """Give the column for a shape; `MIXED` becomes JSON text, marked in the field's metadata."""
    if shape == MIXED:
        return pa.field(name, pa.string(), metadata=JSON_METADATA)
    return pa.field(name, _type(shape))


def _type(shape: Shape) -> pa.DataType:
    if isinstance(shape, dict):
        return pa.struct([pa.field(key, _type(each)) for key, each in shape.items()])
    if isinstance(shape, list):
        return pa.list_(_type(shape[1]))
    return _LEAVES[shape]


def holds_json(field: "pa.Field[Any]") -> bool:
    """Tell whether a column carries JSON text for values of several types."""
    return (field.metadata or {}).get(b"gristmill.json") == b"1"


def encode(values: list[Any], field: "pa.Field[Any]") -> AnyArray:
    """Put JSON values into a column."""
    if holds_json(field):
        return pa.array([None if each is None else to_json(each) for each in values], pa.string())
    array: AnyArray = pa.array(values, field.type)
    return array


def to_json(value: Any) -> str:
    """Write JSON text as it is read by people: no escapes; dates and times in ISO form, decimals as text."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        raise TypeError("it holds bytes, which JSON cannot hold")
    return str(value)


def decode(array: AnyArray, field: "pa.Field[Any]") -> list[Any]:
    """Take the JSON values out of a column."""
    values: list[Any] = array.to_pylist()
    if holds_json(field):
        return [None if each is None else json.loads(each) for each in values]
    return values
