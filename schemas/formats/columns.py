"""The simple formats on whole columns: no Python object per row but the hash that is its id.

Where a layout is simple enough for this, the way back gives the same columns again: two text columns are two turns,
and Alpaca's input stands behind the blank line and in the context.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.buffers import buffer, text_buffers
from schemas.example import MESSAGES_TYPE
from schemas.formats.layout import Layout
from schemas.formats.shapes import AnyArray
from schemas.formats.twins import PAIRS, WITH_INPUT, Turn

Positions = npt.NDArray[np.int64]
_MANY = 2048  # rows from which compiling a loop, or loading it, is worth its time


class Converted(NamedTuple):
    """The examples in some rows.

    Attributes:
        kept: Positions of the rows that were read, ascending; the other fields have one entry for each of them.
        messages: Their messages.
        context: Their contexts.
        original: JSON text of the columns that the messages do not give back; null where they do.
        faults: Position and reason of each row that was not read.
    """

    kept: Positions
    messages: AnyArray
    context: AnyArray
    original: AnyArray
    faults: list[tuple[int, str]]


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a column holds text, or nothing but nulls."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(test(kind) for test in tests)


def is_plain_messages(kind: pa.DataType) -> bool:
    """Tell whether a column holds lists of nothing but role and content."""
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    held = kind.value_type
    if not pa.types.is_struct(held):
        return False
    return sorted(each.name for each in held) == ["content", "role"] and all(is_text(each.type) for each in held)


def is_simple(layout: Layout, types: Mapping[str, pa.DataType]) -> bool:
    """Tell whether rows of a layout can be read column by column, given the type of each role's column."""
    if "system" in types or not is_text(types.get("context", pa.null())):
        return False
    if layout.format in {"messages", "example"}:
        return is_plain_messages(types["messages"])
    if "context" in types if layout.format == "alpaca" else layout.format in WITH_INPUT and "input" in types:
        return False
    return layout.format in {*PAIRS, "text"} and all(is_text(each) for each in types.values())


def convert(layout: Layout, columns: Mapping[str, AnyArray]) -> Converted:
    """Read rows of a layout that `is_simple`, given the column of each role."""
    context = columns.get("context")
    if layout.format in {"messages", "example"}:
        return _from_messages(layout, columns["messages"], context)
    roles = ("text",) if layout.format == "text" else PAIRS[layout.format]
    faults: dict[int, str] = {}
    texts = {role: _checked(columns[role], layout.named(role), faults, null="is null, not text") for role in roles}
    extra = "input" if layout.format == "alpaca" and "input" in columns else "context"
    given = None if extra not in columns else _checked(columns[extra], layout.named(extra), faults)
    rows = len(columns[roles[0]])
    held = pa.nulls(rows, pa.string()) if given is None else given
    kept = _kept(rows, faults)
    if faults:
        texts, held = {role: each.take(kept) for role, each in texts.items()}, held.take(kept)
    if extra == "input":
        joined = pc.binary_join_element_wise(texts["instruction"], held, "\n\n")
        given = held.fill_null("")
        empty = pc.equal(given, pa.scalar(""))
        texts["instruction"] = pc.if_else(empty, texts["instruction"], joined)
    turned = [texts[role] for role in roles]
    messages = _messages(turned, ["assistant"] if layout.format == "text" else ["user", "assistant"])
    return Converted(kept, messages, held, pa.nulls(len(kept), pa.string()), sorted(faults.items()))


def ids(messages: AnyArray, context: AnyArray) -> AnyArray:
    """Hash each row as `schemas.example_id` does."""
    roles, contents = (messages.values.field(name) for name in ("role", "content"))
    if len(messages) >= _MANY:
        return _many_ids(messages, roles, contents, context)
    parts = []
    for text in (roles, contents):
        size = pc.cast(pc.binary_length(text), pa.string())
        parts.append(pc.binary_join_element_wise(size, text, ":"))
    turns = pa.ListArray.from_arrays(messages.offsets, pc.binary_join_element_wise(*parts, ""))
    held = pc.if_else(pc.is_valid(context), pc.binary_join_element_wise("|", pc.fill_null(context, ""), ""), "")
    whole = pc.binary_join_element_wise(pc.binary_join(turns, ""), held, "").cast(pa.binary())
    digest = hashlib.blake2b
    return pa.array([digest(each, digest_size=16).hexdigest() for each in whole.to_pylist()], pa.string())


def _many_ids(messages: AnyArray, roles: AnyArray, contents: AnyArray, context: AnyArray) -> AnyArray:
    """Hash many rows by a compiled loop, which takes a quarter of the time and does not hold the interpreter."""
    from schemas.kernels.blake2b import SIZE, row_digests

    rows = len(messages)
    turns = np.asarray(messages.offsets).astype(np.int64)
    known = np.asarray(pc.is_valid(context))
    digits = np.empty(rows * 2 * SIZE, dtype=np.uint8)
    row_digests(turns, text_buffers(roles), text_buffers(contents), text_buffers(context), known, digits)
    offsets = np.arange(0, rows * 2 * SIZE + 1, 2 * SIZE, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, buffer(offsets), buffer(digits))


def messages_array(rows: Sequence[Sequence[Turn]]) -> AnyArray:
    """Put the turns of some rows into a column."""
    offsets = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(turns) for turns in rows], out=offsets[1:])
    flat = [turn for turns in rows for turn in turns]
    roles = pa.array([role for role, _ in flat], pa.string())
    return _listed(offsets, roles, pa.array([content for _, content in flat], pa.string()))


def _listed(offsets: npt.NDArray[np.int32], roles: AnyArray, contents: AnyArray) -> AnyArray:
    turns = pa.StructArray.from_arrays([roles, contents], names=["role", "content"])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), turns).cast(MESSAGES_TYPE)


def _messages(texts: Sequence[AnyArray], roles: list[str]) -> AnyArray:
    """Weave columns of equal length into conversations of one turn for each."""
    rows, turns = len(texts[0]), len(texts)
    woven = np.arange(rows * turns).reshape(turns, rows).T.ravel()
    contents = texts[0] if turns == 1 else pa.concat_arrays(list(texts)).take(woven)
    named = pa.array(roles).take(np.tile(np.arange(turns), rows))
    return _listed(np.arange(0, rows * turns + 1, turns, dtype=np.int32), named, contents)


def _from_messages(layout: Layout, column: AnyArray, context: AnyArray | None) -> Converted:
    """Check a column of messages; nothing in it has to be turned."""
    name = layout.named("messages")
    faults: dict[int, str] = {}
    held = pa.nulls(len(column), pa.string())
    if context is not None:
        held = _checked(context, layout.named("context"), faults)
    sizes = np.asarray(pc.list_value_length(column).fill_null(-1))
    for row in np.flatnonzero(sizes < 1):
        faults[int(row)] = f"{name} is null, not a list of messages" if sizes[row] < 0 else f"{name} is an empty list"
    flat = pc.list_flatten(column)
    owner = np.repeat(np.arange(len(column)), np.maximum(sizes, 0))
    start = np.concatenate([[0], np.cumsum(np.maximum(sizes, 0))])
    found: dict[int, str] = {}
    turns = {}
    for part in ("role", "content"):
        turns[part] = _checked(pc.struct_field(flat, part), part, found, null=f"has no {part}")
    blank = np.flatnonzero(np.asarray(pc.equal(pc.fill_null(turns["role"], "-"), pa.scalar(""))))
    found.update({int(at): "has no role" for at in blank})
    for at in sorted(found):
        number = at - int(start[owner[at]]) + 1
        faults.setdefault(int(owner[at]), f"{name}: message {number} {found[at]}")
    messages = _listed(start.astype(np.int32), turns["role"], turns["content"])
    kept = _kept(len(column), faults)
    if faults:
        messages, held = messages.take(kept), held.take(kept)
    return Converted(kept, messages, held, pa.nulls(len(kept), pa.string()), sorted(faults.items()))


def _kept(rows: int, faults: Mapping[int, str]) -> Positions:
    return np.array([row for row in range(rows) if row not in faults], np.int64) if faults else np.arange(rows)


def _checked(column: AnyArray, name: str, faults: dict[int, str], *, null: str = "") -> AnyArray:
    """Give a column as plain strings; note the rows whose text is no UTF-8, or null where `null` says what that is."""
    text = column.cast(pa.string())
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        cells = text.cast(pa.binary()).to_pylist()
        for row, cell in enumerate(cells):
            if cell is not None and cell.decode("utf-8", "replace").encode() != cell:
                faults[row], cells[row] = f"{name} holds bytes that are not UTF-8", b""
        text = pa.array(cells, pa.binary()).cast(pa.string())
    if null and text.null_count:
        for row in np.flatnonzero(np.asarray(pc.is_null(text))).tolist():
            faults.setdefault(row, null if null.startswith("has") else f"{name} {null}")
    return text
