"""Our own columns in other people's files: which are recognised, and under which names the others ride along."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from schemas.example import ORIGIN_TYPE, SOURCE_TYPE
from schemas.formats.columns import is_plain_messages, is_text
from schemas.formats.layout import FORMATS
from schemas.formats.shapes import JSON_METADATA, holds_json

# Values are whatever JSON holds until they have been checked here: every Any in this file is such a value.
ORIGINAL = pa.field("original", pa.string(), metadata={**JSON_METADATA, b"gristmill.original": b"1"})
NATIVE = ("id", "messages", "context", "source", "origin")
_NATIVE_KEYS = frozenset(NATIVE)
SPECIAL = ("context", "source", "origin", "original")
_TYPES: Mapping[str, pa.StructType] = {"source": SOURCE_TYPE, "origin": ORIGIN_TYPE}
_CHECKS: Mapping[str, Mapping[str, type]] = {
    name: {each.name: str if pa.types.is_string(each.type) else int for each in kind} for name, kind in _TYPES.items()
}
_TAKEN = re.compile("(original_)*(id|messages|context|source|origin|original)")


def aside(name: str) -> str:
    """Give the name under which a foreign column rides along: `original_<name>` where ours has that name."""
    return f"original_{name}" if _TAKEN.fullmatch(name) else name


def back(name: str) -> str:
    """Give a column that rides along its own name again."""
    return name.removeprefix("original_") if _TAKEN.fullmatch(name) and name not in {*NATIVE, "original"} else name


def is_ours(name: str, value: Any) -> bool:
    """Tell whether a JSON value is what our column of this name holds."""
    if value is None:
        return True
    if name == "context":
        return isinstance(value, str)
    if not isinstance(value, dict):
        return False
    if name == "original":
        named = value.keys() == {"format", "row"} and isinstance(value["format"], str)
        return named and value["format"] in FORMATS and isinstance(value["row"], dict)
    checks = _CHECKS[name]
    return value.keys() == checks.keys() and all(
        value[key] is None or (type(value[key]) is kind and (kind is str or abs(value[key]) < 2**63))
        for key, kind in checks.items()
    )


def is_native_row(values: Mapping[str, Any]) -> bool:
    """Tell whether a JSON row is one of ours: all five columns, each with our type."""
    if not values.keys() >= _NATIVE_KEYS or not isinstance(values["id"], str):
        return False
    messages = values["messages"]
    return (
        isinstance(messages, list)
        and all(isinstance(each, dict) and each.keys() == {"role", "content"} for each in messages)
        and all(is_ours(name, values[name]) for name in ("context", "source", "origin"))
        and is_ours("original", values.get("original"))
    )


def is_our_column(field: "pa.Field[Any]") -> bool:
    """Tell whether a column of a table is ours, by its name and type."""
    if pa.types.is_null(field.type):
        return True
    if field.name == "original":
        return is_text(field.type) and is_original(field)
    if field.name in _TYPES:
        return _same(field.type, _TYPES[field.name])
    return is_plain_messages(field.type) if field.name == "messages" else is_text(field.type) and not holds_json(field)


def is_native_schema(schema: pa.Schema) -> bool:
    """Tell whether a table is one of ours."""
    ours = all(name in schema.names and is_our_column(schema.field(name)) for name in NATIVE)
    return ours and (ORIGINAL.name not in schema.names or is_our_column(schema.field(ORIGINAL.name)))


def is_original(field: "pa.Field[Any]") -> bool:
    """Tell whether a column is ours of rows as they stood in their file, and not another one of that name."""
    return (field.metadata or {}).get(b"gristmill.original") == b"1"


def _same(kind: pa.DataType, ours: pa.StructType) -> bool:
    if not pa.types.is_struct(kind) or [each.name for each in kind] != [each.name for each in ours]:
        return False
    pairs = zip(kind, ours, strict=True)
    return all(
        is_text(each.type) if pa.types.is_string(our.type) else pa.types.is_integer(each.type) for each, our in pairs
    )


def original_json(name: str, values: Mapping[str, Any]) -> str:
    """Keep the columns of a row that its messages do not give back."""
    return json.dumps({"format": name, "row": values}, ensure_ascii=False)
