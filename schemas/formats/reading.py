"""Open files, tables and hub datasets of any format, and read them as batches of examples."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import pyarrow as pa

from schemas.errors import InputError
from schemas.example import EXAMPLE_SCHEMA
from schemas.formats.assemble import Input
from schemas.formats.batch import Batch, Reject
from schemas.formats.csv_rows import csv_rows
from schemas.formats.files import RawRow, json_row, json_rows, jsonl_rows, opened
from schemas.formats.layout import Wanted
from schemas.formats.own import ORIGINAL
from schemas.formats.records import RecordInput
from schemas.formats.shapes import JSON_METADATA, Shape, arrow_field, holds_json, merge
from schemas.formats.tables import TableInput
from schemas.parquet import open_parquet

if TYPE_CHECKING:
    import datasets  # type: ignore[import-untyped]  # it ships no types
    import pandas as pd

Source: TypeAlias = Union[str, Path, pa.Table, "pd.DataFrame", "datasets.Dataset"]

_READERS: Mapping[str, Callable[[Path], Iterator[RawRow]]] = {
    ".jsonl": jsonl_rows,
    ".ndjson": jsonl_rows,
    ".json": json_rows,
    ".csv": csv_rows,
}


class ExampleInput:
    """Opened inputs, read as if they were one.

    Attributes:
        names: What they are called: file paths as given, or `table`.
        schema: Columns of every batch: those of `EXAMPLE_SCHEMA`, then those that ride along, unified over all inputs.
    """

    def __init__(self, inputs: Sequence[Input]) -> None:
        self.names = tuple(each.name for each in inputs)
        self.schema = pa.schema([*EXAMPLE_SCHEMA, *_unified(inputs)])
        self._inputs = tuple(inputs)

    def batches(self, rows: int = 8192) -> Iterator[Batch]:
        """Read all rows from the start, at most `rows` at a time; a batch holds rows of one input.

        Raises:
            InputError: A file can no longer be read.
        """
        before = 0
        for each in self._inputs:
            done = 0
            for piece in each.pieces(rows, self.schema):
                rejects = [Reject(before + number, error, raw) for number, error, raw in piece.rejects]
                yield Batch(pa.array(piece.kept + before, pa.int64()), piece.examples, rejects, each.name)
                done += piece.rows
            before += done


def open_examples(
    *inputs: Source,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,  # noqa: A002 - the word that users know, and the option's name
    keep_going: bool = False,
) -> ExampleInput:
    """Open inputs of any format.

    Args:
        inputs: Paths of JSONL, JSON, CSV and Parquet files, `hub:owner/name` or `hub:owner/name:split`, Arrow
            tables, data frames, `datasets.Dataset`s.
        columns: The user's column for some roles, for example `{"instruction": "prompt", "response": "reply"}`.
        format: Name of the format of all inputs; None to tell it by the columns.
        keep_going: Whether lines that are not JSON are rejected like rows that fit no format, instead of refused.

    Raises:
        InputError: An input is missing, broken, empty, or no row of it fits any format.
    """
    if not inputs:
        raise InputError("no input is named", mend="Name a file, a table or hub:owner/name")
    wanted = Wanted(format=format, columns=dict(columns or {}))
    return ExampleInput([_open(each, wanted, keep_going=keep_going) for each in inputs])


def _open(given: Source, wanted: Wanted, *, keep_going: bool) -> Input:
    if isinstance(given, pa.Table):
        return TableInput("table", given.schema, given.to_batches, wanted)
    if isinstance(given, str | Path):
        if str(given).startswith("hub:"):
            from schemas.formats.hub import load

            return _dataset(str(given), load(str(given)), wanted)
        return _file(Path(given), wanted, keep_going=keep_going)
    library = type(given).__module__.partition(".")[0]
    if library == "pandas":
        return _frame(given, wanted)
    if library == "datasets":
        return _dataset("table", given, wanted)
    raise InputError(f"{type(given).__name__} is nothing to read examples from", mend="Give a path or a table")


def _file(path: Path, wanted: Wanted, *, keep_going: bool) -> Input:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        file = open_parquet(opened(path))
        schema = file.schema_arrow
        file.close()
        return TableInput(str(path), schema, lambda rows: _parquet_batches(path, rows), wanted)
    reader = _READERS.get(suffix)
    if reader is None:
        opened(path)
        raise InputError(
            f"files that end in {suffix or 'nothing'} are not read",
            where=str(path),
            mend="Name a .jsonl, .json, .csv or .parquet file",
        )
    cells = suffix == ".csv"
    return RecordInput(str(path), lambda: reader(path), wanted, keep_going=keep_going, cells=cells)


def _parquet_batches(path: Path, rows: int) -> Iterator[pa.RecordBatch]:
    file = open_parquet(path)
    try:
        yield from file.iter_batches(batch_size=rows)
    except (pa.ArrowException, OSError) as error:
        detail = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"damaged ({detail})", where=str(path), mend="Write it again, or name another file") from error
    finally:
        file.close()


def _frame(frame: Any, wanted: Wanted) -> Input:  # Any: pandas is not imported to check it
    """Open a data frame; one whose columns have no Arrow type is read row by row."""
    named = frame.rename(columns=str)
    try:
        table = pa.Table.from_pandas(named, preserve_index=False).replace_schema_metadata()
    except (pa.ArrowException, UnicodeEncodeError):

        def rows() -> Iterator[RawRow]:
            for number, record in enumerate(named.to_dict("records"), start=1):
                values = {key: None if _is_missing(value) else value for key, value in record.items()}
                yield json_row(number, 0, values, json.dumps(values, default=str))

        return RecordInput("table", rows, wanted)
    return TableInput("table", table.schema, table.to_batches, wanted)


def _is_missing(value: Any) -> bool:  # Any: a cell of a data frame
    """Tell whether a cell is pandas' NaN, NaT or NA."""
    return type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, float) and math.isnan(value))


def _dataset(name: str, dataset: Any, wanted: Wanted) -> Input:  # Any: datasets is not imported to check it
    """Open a `datasets.Dataset`, reading from its own memory map."""
    if not hasattr(dataset, "features") or not hasattr(dataset, "num_rows") or isinstance(dataset, dict):
        raise InputError(
            f"a {type(dataset).__name__} holds no single table", where=name, mend="Give one split: dataset['train']"
        )
    arrow = dataset.with_format("arrow")

    def batches(rows: int) -> Iterator[pa.RecordBatch]:
        for table in arrow.iter(batch_size=rows):
            yield from table.combine_chunks().to_batches()

    return TableInput(name, dataset.features.arrow_schema.remove_metadata(), batches, wanted)


def _unified(inputs: Sequence[Input]) -> "list[pa.Field[Any]]":  # Any: columns of every type
    """Give the ride-along columns of all inputs, each with a type that holds its values in all of them."""
    shapes: dict[str, Shape] = {}
    fields: dict[str, pa.Field[Any]] = {}
    order: dict[str, None] = {}
    for each in inputs:
        for name, shape in each.shapes.items():
            order[name] = None
            shapes[name] = merge(shapes.get(name), shape)
        for field in each.fields:
            order[field.name] = None
            fields[field.name] = _wider(fields[field.name], field) if field.name in fields else field
    for name, shape in shapes.items():
        found = ORIGINAL if name == ORIGINAL.name else arrow_field(name, shape)
        fields[name] = _wider(fields[name], found) if name in fields else found
    return [fields[name].with_nullable(nullable=True) for name in order]


def _wider(one: "pa.Field[Any]", other: "pa.Field[Any]") -> "pa.Field[Any]":
    """Give a column that holds the values of both: JSON text where no type does."""
    if one.type == other.type and holds_json(one) == holds_json(other):
        return one
    if pa.types.is_null(one.type) or pa.types.is_null(other.type):
        return other if pa.types.is_null(one.type) else one
    if not holds_json(one) and not holds_json(other):
        for test in (pa.types.is_signed_integer, pa.types.is_floating):
            if test(one.type) and test(other.type):
                return one if one.type.bit_width >= other.type.bit_width else other
        strings = {pa.string(), pa.large_string(), pa.string_view()}
        if one.type in strings and other.type in strings:
            return one.with_type(pa.large_string())
    return pa.field(one.name, pa.string(), metadata=JSON_METADATA)
