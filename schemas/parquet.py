"""Parquet files: written whole, the same bytes whatever the batches, opened with clear errors."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.atomic import atomic_file, writing
from schemas.errors import InputError

SCHEMA_VERSION = "1"
ROWS_PER_GROUP = 16_384


class ParquetSink:
    """Write a Parquet file batch by batch; it appears under its name when the `with` block ends without an error.

    Rows are regrouped into row groups of `ROWS_PER_GROUP`, so the bytes do not depend on how they came in.

    Args:
        path: Where the file is to appear.
        schema: Its columns.
        recipe: Hash of the settings that made it, kept in the file's metadata.

    Raises:
        OutputError: The file cannot be written.
    """

    def __init__(self, path: Path, schema: pa.Schema, *, recipe: str = "") -> None:
        self.path = path
        self.schema = schema.with_metadata(_metadata(schema.metadata, recipe))
        self.rows = 0
        self._stack = ExitStack()
        self._waiting: list[pa.RecordBatch] = []
        self._held = 0

    def __enter__(self) -> Self:
        partial = self._stack.enter_context(atomic_file(self.path))
        with writing(self.path):
            self._writer = pq.ParquetWriter(partial, self.schema, compression="zstd")
        self._stack.callback(self._writer.close)
        return self

    def write(self, rows: pa.RecordBatch | pa.Table, /) -> None:
        """Append rows that have the columns of the schema."""
        table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        self._waiting.extend(table.cast(self.schema).to_batches())
        self._held += table.num_rows
        self.rows += table.num_rows
        if self._held >= ROWS_PER_GROUP:
            self._flush(last=False)

    def _flush(self, *, last: bool) -> None:
        held = pa.Table.from_batches(self._waiting, schema=self.schema)
        full = held.num_rows if last else held.num_rows - held.num_rows % ROWS_PER_GROUP
        with writing(self.path):
            for start in range(0, full, ROWS_PER_GROUP):
                group = held.slice(start, min(ROWS_PER_GROUP, full - start)).combine_chunks()
                self._writer.write_table(group, row_group_size=ROWS_PER_GROUP)
        self._waiting = held.slice(full).to_batches()
        self._held = held.num_rows - full

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._flush(last=True)
        except BaseException as failure:
            self._stack.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._stack.__exit__(kind, error, trace)


def write_table(path: Path, table: pa.Table, *, recipe: str = "") -> None:
    """Write a whole table to `path`.

    Raises:
        OutputError: The file cannot be written.
    """
    with ParquetSink(path, table.schema, recipe=recipe) as sink:
        sink.write(table)


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a Parquet file.

    Raises:
        InputError: It is missing, or no Parquet file.
    """
    try:
        # Without these two it keeps every byte that it has read until it is closed: the whole file in the end.
        return pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), mend="Check the path") from None
    except (pa.ArrowException, OSError) as error:
        detail = str(error).splitlines()[0].rstrip(".")
        raise InputError(
            f"not a readable Parquet file ({detail})", where=str(path), mend="Write it again, or name another file"
        ) from error


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a whole Parquet file, or some of its columns.

    Raises:
        InputError: It is missing, no Parquet file, or damaged.
    """
    file = open_parquet(path)
    try:
        return file.read(columns)
    except (pa.ArrowException, OSError) as error:
        detail = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"damaged ({detail})", where=str(path), mend="Write it again, or name another file") from error


def recipe_of(path: Path) -> str:
    """Give the recipe hash that a Parquet file was written with, empty where it carries none."""
    return (open_parquet(path).schema_arrow.metadata or {}).get(b"gristmill.recipe", b"").decode()


def _metadata(old: Mapping[bytes, bytes] | None, recipe: str) -> dict[bytes, bytes]:
    ours = {b"gristmill.schema": SCHEMA_VERSION.encode(), b"gristmill.recipe": recipe.encode()}
    return {**(old or {}), **ours}
