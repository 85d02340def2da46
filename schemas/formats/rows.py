"""Examples out of rows, one at a time: what the formats that are too odd for whole columns need."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from schemas.formats.columns import Converted, convert, is_simple, messages_array
from schemas.formats.layout import Layout
from schemas.formats.own import original_json
from schemas.formats.twins import Turn, UnfitError, Values, parse, render, without_nulls

_PLAIN = frozenset({"messages", "example"})
_PLAIN_ROLES = frozenset({"messages", "context"})


class Read(NamedTuple):
    """One row as read: its turns, its context, and the JSON of its columns where the turns do not give them back."""

    turns: list[Turn]
    context: str | None
    original: str | None


def read_row(layout: Layout, values: Values) -> Read:
    """Read one row, given its values by role, and check that it can be written again.

    Raises:
        UnfitError: A value has the wrong type.
    """
    if (
        layout.format in _PLAIN
        and values.keys() <= _PLAIN_ROLES
        and _is_plain(values.get("messages"), values.get("context"))
    ):
        return Read([(each["role"], each["content"]) for each in values["messages"]], values.get("context"), None)
    turns, context = parse(layout, values)
    name = "messages" if layout.format == "example" else layout.format
    try:
        same = render(name, turns, context) == without_nulls(values)
    except UnfitError:
        same = False
    return Read(turns, context, None if same else original_json(name, values))


def _is_plain(messages: object, context: object) -> bool:
    """Tell whether messages hold role and content as text and nothing else, as nearly all do."""
    return (
        (context is None or type(context) is str)
        and type(messages) is list
        and bool(messages)
        and all(
            type(each) is dict
            and len(each) == 2
            and type(each.get("content")) is str
            and type(each.get("role")) is str
            and bool(each["role"])
            for each in messages
        )
    )


def may_be_simple(layout: Layout) -> bool:
    """Tell whether rows of a layout that hold nothing but text can be read column by column."""
    if layout.format in {"messages", "example", "sharegpt"}:
        return False
    return is_simple(layout, dict.fromkeys(layout.columns, pa.string()))


def convert_rows(rows: Sequence[tuple[Layout, Values]]) -> Converted:
    """Read rows of any layouts, given the values of each by role."""
    simple: dict[int, bool] = {}
    groups: dict[int, list[int]] = {}
    odd: dict[int, Read] = {}
    faults: list[tuple[int, str]] = []
    for position, (layout, values) in enumerate(rows):
        key = id(layout)
        if key not in simple:
            simple[key] = may_be_simple(layout)
        if simple[key] and all(each is None or type(each) is str for each in values.values()):
            groups.setdefault(key, []).append(position)
            continue
        try:
            odd[position] = read_row(layout, values)
        except UnfitError as error:
            faults.append((position, str(error)))
    parts = [_together([rows[each] for each in positions], positions) for positions in groups.values()]
    if odd or not parts:
        parts.append(from_reads(odd))
    return _in_order(parts, faults)


def from_reads(reads: Mapping[int, Read]) -> Converted:
    """Put rows that were read one at a time into columns, given each by its position."""
    return Converted(
        np.array(list(reads), np.int64),
        messages_array([each.turns for each in reads.values()]),
        pa.array([each.context for each in reads.values()], pa.string()),
        pa.array([each.original for each in reads.values()], pa.string()),
        [],
    )


def _together(rows: Sequence[tuple[Layout, Values]], positions: list[int]) -> Converted:
    """Read rows of one simple layout."""
    layout = rows[0][0]
    columns = {role: pa.array([values.get(role) for _, values in rows], pa.string()) for role in layout.columns}
    found = convert(layout, columns)
    kept = np.array(positions, np.int64)[found.kept]
    return found._replace(kept=kept, faults=[(positions[at], reason) for at, reason in found.faults])


def _in_order(parts: Sequence[Converted], faults: list[tuple[int, str]]) -> Converted:
    """Put rows that were read in several groups back into the order of their positions."""
    found = sorted([*faults, *(fault for part in parts for fault in part.faults)])
    if len(parts) == 1:
        return parts[0]._replace(faults=found)
    kept = np.concatenate([part.kept for part in parts])
    order = np.argsort(kept)
    messages, context, original = (
        pa.concat_arrays(list(each)).take(order)
        for each in zip(*((part.messages, part.context, part.original) for part in parts), strict=True)
    )
    return Converted(kept[order], messages, context, original, found)
