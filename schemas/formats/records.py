"""Inputs that hold JSON values: JSONL, JSON and CSV. Each row's format is told by its own keys, so mixed files work.

The file is read twice: once to learn its formats and the types of the columns that ride along, and once for the rows.
Neither pass holds more than a batch.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from schemas.errors import InputError, RowError
from schemas.example import ORIGIN_TYPE, SOURCE_TYPE
from schemas.formats.assemble import Piece, examples_batch
from schemas.formats.files import RawRow
from schemas.formats.hints import explain
from schemas.formats.layout import FORMATS, Layout, Wanted
from schemas.formats.own import NATIVE, SPECIAL, aside, is_native_row, is_ours
from schemas.formats.rows import convert_rows, may_be_simple, read_row
from schemas.formats.shapes import MIXED, Shape, encode, merge, merge_value, to_json
from schemas.formats.twins import UnfitError, Values

_NATIVE = Layout(format="example", columns={"messages": "messages", "context": "context"})


class _Sorted(NamedTuple):
    """A row whose format is known."""

    layout: Layout
    values: Values
    native: bool


class RecordInput:
    """One input that holds JSON values.

    Args:
        name: What it is called in errors.
        rows: Gives its raw rows from the start.
        wanted: What the user says about the columns.
        keep_going: Whether rows that are not JSON are set aside like those that fit no format.
        cells: Whether it is a CSV: all rows have the same columns, and an empty cell may be empty text.

    Raises:
        InputError: It holds no row that fits a format, lacks a named column, or is broken.
    """

    def __init__(
        self,
        name: str,
        rows: Callable[[], Iterator[RawRow]],
        wanted: Wanted,
        *,
        keep_going: bool = False,
        cells: bool = False,
    ) -> None:
        self.name = name
        self.fields: list[pa.Field[Any]] = []  # Any: it has none; its columns are in `shapes`
        self.shapes: dict[str, Shape] = {}
        self._rows = rows
        self._wanted = wanted
        self._keep_going = keep_going
        self._cells = cells
        self._layouts: dict[tuple[str, ...], Layout | None] = {}
        self._special: frozenset[str] = frozenset()
        self._along: dict[str, list[tuple[str, bool]]] = {}
        self._survey()

    def _survey(self) -> None:
        """Learn the formats, and the shapes of the columns that ride along."""
        columns: dict[str, None] = {}
        shapes: dict[tuple[str, bool], Shape] = {}
        ours: dict[str, bool] = {}
        simple: dict[int, bool] = {}
        fitting, odd = 0, False
        unfit: RawRow | None = None
        for raw in self._rows():
            if raw.broken and not self._keep_going:
                mend = "Mend the line, or pass --keep-going to set such rows aside"
                raise RowError(raw.fault, file=self.name, row=raw.number, mend=mend)
            if raw.values is None:
                unfit = unfit or raw
                continue
            if not columns.keys() >= raw.values.keys():
                columns.update(dict.fromkeys(raw.values))
            row = self._sort(raw.values)
            if row is None:
                unfit = unfit or raw
                continue
            fitting += 1
            self._learn(row, shapes, ours)
            if not odd:
                if id(row.layout) not in simple:
                    simple[id(row.layout)] = may_be_simple(row.layout)
                odd = (not simple[id(row.layout)] or _may_be_odd(row)) and self._is_odd(row)
        if columns:
            self._wanted.check(list(columns), self.name)
        if not fitting:
            raise self._no_format(unfit)
        self._special = frozenset(name for name, held in ours.items() if held)
        self._settle(shapes)
        if odd or "original" in self._special:
            self.shapes["original"] = MIXED

    def _learn(self, row: _Sorted, shapes: dict[tuple[str, bool], Shape], ours: dict[str, bool]) -> None:
        """Widen the shapes of the columns that ride along with a row; note which are ours by their values."""
        used = row.layout.used
        for name, value in row.values.items():
            if name in used or (row.native and name in NATIVE):
                continue
            if name in SPECIAL and ours.get(name, True):
                ours[name] = is_ours(name, value)
            if value is None and aside(name) != name:
                continue  # it holds nothing that would have to stand aside
            key = (name, row.native)
            shapes[key] = merge_value(shapes.get(key), value)

    def _settle(self, shapes: dict[tuple[str, bool], Shape]) -> None:
        """Give the columns that ride along their names."""
        for (name, native), shape in shapes.items():
            if name in self._special and (not native or name == "original"):
                continue
            final = name if native else aside(name)
            self._along.setdefault(final, []).append((name, native))
            self.shapes[final] = merge(self.shapes.get(final), shape)

    def _sort(self, values: Values) -> _Sorted | None:
        """Tell the format of a row, by the keys whose value is not null; failing that, by all keys."""
        if self._wanted.format in {None, "example"} and not self._wanted.columns and is_native_row(values):
            return _Sorted(_NATIVE, values, native=True)
        layout = None
        if not self._cells and None in values.values():
            layout = self._layout(tuple(key for key, value in values.items() if value is not None))
        layout = layout or self._layout(tuple(values))
        return None if layout is None else _Sorted(layout, values, native=False)

    def _layout(self, columns: tuple[str, ...]) -> Layout | None:
        if columns not in self._layouts:
            found = self._wanted.choose(columns)
            if found is not None and "context" in self._special and "context" not in found.used:
                found = found.with_context()
            self._layouts[columns] = found
        return self._layouts[columns]

    def _is_odd(self, row: _Sorted) -> bool:
        """Tell whether a row's messages do not give its columns back."""
        layout = row.layout
        if not row.native and isinstance(row.values.get("context"), str) and "context" not in layout.used:
            layout = layout.with_context()
        try:
            return read_row(layout, self._values(row._replace(layout=layout))).original is not None
        except UnfitError:
            return False

    def _values(self, row: _Sorted) -> Values:
        """Give the values of a row by role; a CSV has no null where there must be text."""
        held = row.values
        values = {role: held[column] for role, column in row.layout.columns.items() if held.get(column) is not None}
        if self._cells and row.layout.format not in {"example", "messages", "sharegpt"}:
            values = {**dict.fromkeys(FORMATS[row.layout.format].required, ""), **values}
        return values

    def _no_format(self, unfit: RawRow | None) -> InputError:
        """Tell why no row of the file can be read."""
        if unfit is None:
            return InputError("it holds no rows", where=self.name, mend="Write it again, or name another file")
        if unfit.values is None:
            return RowError(unfit.fault, file=self.name, row=unfit.number, mend="Write one JSON object for each row")
        what, mend = explain(list(unfit.values), [key for key, value in unfit.values.items() if isinstance(value, str)])
        if self._wanted.format is not None:
            what = f"it does not fit the format {self._wanted.format}: {what}"
        return RowError(what, file=self.name, row=unfit.number, mend=mend)

    def pieces(self, rows: int, schema: pa.Schema) -> Iterator[Piece]:
        """Read it from the start."""
        self._layouts.clear()
        stream = self._rows()
        while batch := list(islice(stream, rows)):
            yield self._piece(batch, schema)

    def _piece(self, batch: list[RawRow], schema: pa.Schema) -> Piece:
        good: list[_Sorted] = []
        at: list[int] = []
        faults: dict[int, str] = {}
        for position, raw in enumerate(batch):
            row = None if raw.values is None else self._sort(raw.values)
            if row is None:
                faults[position] = raw.fault or explain(list(raw.values or ()), list(raw.values or ()))[0]
            else:
                good.append(row)
                at.append(position)
        found = convert_rows([(row.layout, self._values(row)) for row in good])
        faults.update({at[position]: reason for position, reason in found.faults})
        kept = [good[position] for position in found.kept]
        own = {
            name: pa.array(
                [row.values.get(name) if row.native or name in self._special else None for row in kept], kind
            )
            for name, kind in (("source", SOURCE_TYPE), ("origin", ORIGIN_TYPE))
        }
        along = {}
        for name, held in self._along.items():
            along[name] = encode([_cell(row, held) for row in kept], schema.field(name))
        if "original" in self.shapes and "original" not in along:
            along["original"] = found.original
            if "original" in self._special:
                brought = [row.values.get("original") for row in kept]
                texts = [None if each is None else to_json(each) for each in brought]
                along["original"] = pa.array(
                    [
                        new if text is None else text
                        for text, new in zip(texts, found.original.to_pylist(), strict=True)
                    ],
                    pa.string(),
                )
        first = batch[0].number
        rejects = [(first + each, self._where(batch[each], faults[each]), batch[each].raw) for each in sorted(faults)]
        numbers = np.array([at[position] + first for position in found.kept], np.int64)
        return Piece(first, len(batch), numbers, examples_batch(schema, found, own, along), rejects)

    def _where(self, raw: RawRow, reason: str) -> str:
        line = f" (line {raw.line})" if raw.line not in {0, raw.number} and "(line " not in reason else ""
        return f"{self.name}, row {raw.number}{line}: {reason}"


def _may_be_odd(row: _Sorted) -> bool:
    """Tell whether a row of a layout for whole columns may be one that is read by itself after all."""
    if row.layout.format == "alpaca":
        return isinstance(row.values.get("context"), str)
    return row.layout.format == "prompt_completion" and isinstance(row.values.get(row.layout.columns["prompt"]), list)


def _cell(row: _Sorted, held: list[tuple[str, bool]]) -> Any:  # Any: whatever JSON holds
    """Give a row's value in a column that rides along: no value where the column is part of its format."""
    for name, native in held:
        if native == row.native and name not in row.layout.used:
            return row.values.get(name)
    return None
