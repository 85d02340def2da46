"""Write examples in any format, into the kind of file that the path's suffix names."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.atomic import atomic_file
from schemas.errors import InputError, RowError
from schemas.example import EXAMPLE_SCHEMA, ORIGIN_TYPE, SOURCE_TYPE
from schemas.formats.layout import EXAMPLE, FORMATS, nearest
from schemas.formats.own import ORIGINAL
from schemas.formats.shapes import Shape, arrow_field, decode, encode, merge_value, to_json
from schemas.formats.twins import Values
from schemas.formats.unparse import along_names, format_rows, free_name
from schemas.parquet import ParquetSink, write_table

_ROWS = 4096
_QUOTED = re.compile('[",\r\n]')
_OWN: "Mapping[str, pa.Field[Any]]" = {  # Any: columns of several types
    "source": pa.field("source", SOURCE_TYPE),
    "origin": pa.field("origin", ORIGIN_TYPE),
    "original": ORIGINAL,
}
_EMPTY: Mapping[str, Shape] = {
    "messages": ["list", {"role": "str", "content": "str"}],
    "conversations": ["list", {"from": "str", "value": "str"}],
}


def write_examples(table: pa.Table, path: Path, *, format: str) -> None:  # noqa: A002 - the word that users know
    """Write examples in a format, as JSONL, JSON, CSV or Parquet by the suffix of `path`: whole, or not at all.

    What reading a file of this format gave is written as it stood there. `context`, `source` and `origin` become
    columns where the format does not give them back. CSV and JSON cannot hold all that Arrow holds: a CSV cell holds
    lists and objects as JSON text; JSON holds dates as ISO text, and null for a number that is none (NaN, infinity).

    Args:
        table: The columns of `EXAMPLE_SCHEMA`, and columns that ride along.
        path: The file to write.
        format: Name of a format.

    Raises:
        RowError: The format cannot hold a row.
        InputError: There is no such format, or no such kind of file.
        OutputError: The file cannot be written.
    """
    if format not in FORMATS:
        mend = f"{nearest(format, FORMATS)}The formats are {', '.join(FORMATS)}"
        raise InputError(f"there is no format {format}", mend=mend)
    missing = [name for name in EXAMPLE_SCHEMA.names if name not in table.column_names]
    if missing:
        raise InputError(f"the table has no column {missing[0]}", where=str(path), mend="Give examples")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        _write_parquet(table, path, format)
        return
    write = _WRITERS.get(suffix)
    if write is None:
        mend = "Name a .jsonl, .json, .csv or .parquet file"
        raise InputError(f"files that end in {suffix or 'nothing'} are not written", where=str(path), mend=mend)
    with atomic_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        for piece in write(lambda: _rows(table, path, format)):
            file.write(piece)


def _rows(table: pa.Table, path: Path, name: str) -> Iterator[Values]:
    """Give whole rows as JSON values by column."""
    native = name == EXAMPLE.name
    own = table.select(EXAMPLE_SCHEMA.names)
    ours = _values(own) if native else format_rows(table, name, str(path), cells=path.suffix.lower() == ".csv")
    names = along_names(table.schema, name)
    rest = table.select(list(names))
    for values, others in zip(ours, _values(rest) if names else ({} for _ in range(table.num_rows)), strict=True):
        row = dict(values)
        for column, value in others.items():
            row[free_name(names[column], values)] = value
        yield row


def _values(table: pa.Table) -> Iterator[Values]:
    for batch in table.to_batches(max_chunksize=_ROWS):
        columns = [decode(batch.column(name), table.schema.field(name)) for name in table.column_names]
        for values in zip(*columns, strict=True):
            yield dict(zip(table.column_names, values, strict=True))


def _jsonl(rows: Callable[[], Iterator[Values]]) -> Iterator[str]:
    for number, row in enumerate(rows(), start=1):
        yield _json(row, number) + "\n"


def _json_list(rows: Callable[[], Iterator[Values]]) -> Iterator[str]:
    mark = "[\n"
    for number, row in enumerate(rows(), start=1):
        yield mark + _json(row, number)
        mark = ",\n"
    yield "[]\n" if mark == "[\n" else "\n]\n"


def _csv(rows: Callable[[], Iterator[Values]]) -> Iterator[str]:
    """Write RFC 4180 with a header; null is an empty cell, empty text a quoted empty cell."""
    names: dict[str, None] = {}
    for row in rows():
        names.update(dict.fromkeys(row))
    yield ",".join(_quoted(name) for name in names) + "\r\n"
    for number, row in enumerate(rows(), start=1):
        yield ",".join(_cell(row.get(name), number) for name in names) + "\r\n"


_WRITERS = {".jsonl": _jsonl, ".ndjson": _jsonl, ".json": _json_list, ".csv": _csv}


def _cell(value: Any, number: int) -> str:  # Any: whatever JSON holds
    if value is None:
        return ""
    return _quoted(value if isinstance(value, str) else _json(value, number))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if not text or _QUOTED.search(text) else text


def _json(value: Any, number: int) -> str:  # Any: whatever JSON holds
    try:
        text = to_json(value)
        if "NaN" in text or "Infinity" in text:
            text = to_json(_finite(value))
    except TypeError as error:
        mend = "Write Parquet, or leave the column out"
        raise RowError(str(error), file="the output", row=number, mend=mend) from None
    return text


def _finite(value: Any) -> Any:  # Any: whatever JSON holds
    """Put null in the place of numbers that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write_parquet(table: pa.Table, path: Path, name: str) -> None:
    """Write the format's columns with the types that their values need, and the others with their own."""
    if name == EXAMPLE.name:
        write_table(path, table)
        return
    shapes: dict[str, Shape] = {}
    for row in format_rows(table, name, str(path)):
        for key, value in row.items():
            shapes[key] = merge_value(shapes.get(key), value)
    if not table.num_rows:
        shapes = {role: _EMPTY.get(role, "str") for role in FORMATS[name].required}
    ours = [_OWN.get(key) or arrow_field(key, shape) for key, shape in shapes.items()]
    names = {column: free_name(final, shapes) for column, final in along_names(table.schema, name).items()}
    along = table.select(list(names)).rename_columns(list(names.values()))
    schema = pa.schema([*ours, *along.schema])
    start = 0
    with ParquetSink(path, schema) as sink:
        stream = format_rows(table, name, str(path))
        while rows := list(islice(stream, _ROWS)):
            columns = [encode([row.get(field.name) for row in rows], field) for field in ours]
            rest = along.slice(start, len(rows)).combine_chunks().columns
            start += len(rows)
            sink.write(pa.Table.from_arrays([*columns, *rest], schema=schema))
