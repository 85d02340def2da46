"""Inputs with Arrow types: Parquet files, Arrow tables, data frames, `datasets`; one format each, told by column."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.errors import InputError
from schemas.formats.assemble import Piece, as_field, examples_batch
from schemas.formats.columns import Converted, convert, is_simple, is_text
from schemas.formats.hints import explain
from schemas.formats.layout import EXAMPLE, Layout, Wanted
from schemas.formats.own import ORIGINAL, SPECIAL, aside, is_native_schema, is_our_column
from schemas.formats.rows import Read, from_reads, read_row
from schemas.formats.shapes import AnyArray, Shape, decode, holds_json
from schemas.formats.twins import UnfitError, without_nulls

_LISTED = frozenset({"messages", "conversations", "prompt", "completion"})


class TableInput:
    """One input with Arrow types.

    Args:
        name: What it is called in errors.
        schema: Its columns.
        batches: Gives its rows from the start, in batches of at most so many rows.
        wanted: What the user says about the columns.

    Raises:
        InputError: Its columns fit no format, or have types that no format has.
    """

    def __init__(
        self, name: str, schema: pa.Schema, batches: Callable[[int], Iterable[pa.RecordBatch]], wanted: Wanted
    ) -> None:
        self.name = name
        self.shapes: dict[str, Shape] = {}
        self._batches = batches
        self._source = schema
        for each in schema.names:
            if schema.names.count(each) > 1:
                raise InputError(f"two columns are called {each}", where=name, mend="Rename one of them")
        wanted.check(schema.names, name)
        native = wanted.format in {None, "example"} and not wanted.columns and is_native_schema(schema)
        layout = Layout(format="example", columns={"messages": "messages"}) if native else self._layout(wanted)
        self._special = {
            each
            for each in SPECIAL
            if each in schema.names and each not in layout.used and is_our_column(schema.field(each))
        }
        self._role = layout.with_context() if "context" in self._special else layout
        types = {role: self._type(role, column) for role, column in self._role.columns.items()}
        as_json = any(holds_json(schema.field(column)) for column in self._role.used)
        self._simple = is_simple(self._role, types) and not as_json
        held = {*self._role.used, *self._special, *({"id"} if native else ())}
        self._along = {
            each if layout.format == EXAMPLE.name and native else aside(each): each
            for each in schema.names
            if each not in held
        }
        self.fields = [schema.field(column).with_name(each) for each, column in self._along.items()]
        if "original" in self._special or not self._simple:
            self.fields.append(ORIGINAL)

    def _layout(self, wanted: Wanted) -> Layout:
        """Choose among the columns that hold anything; failing that, among all of them."""
        typed = [each.name for each in self._source if not pa.types.is_null(each.type)]
        found = wanted.choose(typed) or wanted.choose(self._source.names)
        if found is None:
            text = [each.name for each in self._source if is_text(each.type) and each.name in typed]
            what, mend = explain(self._source.names, text)
            raise InputError(what, where=self.name, mend=mend)
        return found

    def _type(self, role: str, column: str) -> pa.DataType:
        kind: pa.DataType = self._source.field(column).type
        if not is_text(kind) and not (role in _LISTED and (pa.types.is_list(kind) or pa.types.is_large_list(kind))):
            raise InputError(
                f"column {column} holds {kind}, not text",
                where=self.name,
                mend="Write it as text, or name another column with --columns",
            )
        return kind

    def pieces(self, rows: int, schema: pa.Schema) -> Iterator[Piece]:
        """Read it from the start."""
        first = 1
        for batch in self._batches(rows):
            if batch.num_rows:
                yield self._piece(batch, first, schema)
                first += batch.num_rows

    def _piece(self, batch: pa.RecordBatch, first: int, schema: pa.Schema) -> Piece:
        roles: dict[str, AnyArray] = {role: batch.column(name) for role, name in self._role.columns.items()}
        found = convert(self._role, roles) if self._simple else self._one_by_one(roles, batch.num_rows)
        whole = len(found.kept) == batch.num_rows
        kept = batch if whole else batch.take(found.kept)
        along = {
            name: as_field(kept.column(column), self._source.field(column), schema.field(name))
            for name, column in self._along.items()
        }
        if "original" in self._special:
            own = kept.column("original").cast(pa.string())
            along["original"] = pc.coalesce(own, found.original)
        elif not self._simple:
            along["original"] = found.original
        own_columns: dict[str, AnyArray] = {
            name: kept.column(name) for name in ("source", "origin") if name in self._special
        }
        rejects = [
            (first + row, f"{self.name}, row {first + row}: {reason}", _raw(batch, row)) for row, reason in found.faults
        ]
        return Piece(
            first, batch.num_rows, found.kept + first, examples_batch(schema, found, own_columns, along), rejects
        )

    def _one_by_one(self, roles: Mapping[str, AnyArray], rows: int) -> Converted:
        """Read rows whose columns are too odd to be read whole."""
        values = {}
        faults: dict[int, str] = {}
        for role, array in roles.items():
            values[role] = _values(array, self._source.field(self._role.columns[role]), faults)
        reads: dict[int, Read] = {}
        for row in range(rows):
            if row in faults:
                continue
            held = {role: each[row] for role, each in values.items()}
            try:
                reads[row] = read_row(self._role, {role: each for role, each in held.items() if each is not None})
            except UnfitError as error:
                faults[row] = str(error)
        return from_reads(reads)._replace(faults=sorted(faults.items()))


def _values(array: AnyArray, field: "pa.Field[Any]", faults: dict[int, str]) -> list[Any]:  # Any: JSON values
    """Take the values out of a column; note the rows whose bytes are no UTF-8, or no JSON where that is promised."""
    try:
        return [without_nulls(each) for each in decode(array, field)]
    except (UnicodeDecodeError, ValueError):
        found: list[Any] = []
        for row in range(len(array)):
            try:
                found += [without_nulls(each) for each in decode(array.slice(row, 1), field)]
            except (UnicodeDecodeError, ValueError):
                faults[row] = (
                    f"{field.name} holds {'text that is not JSON' if holds_json(field) else 'bytes that are not UTF-8'}"
                )
                found.append(None)
        return found


def _raw(batch: pa.RecordBatch, row: int) -> str:
    """Give a row as JSON text, with bytes that JSON cannot hold shown as Python shows them."""
    values: dict[str, Any] = {}  # Any: columns of every type
    for name in batch.schema.names:
        cell = batch.column(name).slice(row, 1)
        try:
            values[name] = cell.to_pylist()[0]
        except UnicodeDecodeError:
            values[name] = str(cell)
    return json.dumps(values, ensure_ascii=False, default=str)
