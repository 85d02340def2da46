"""The pass that writes: every row goes where the account says, in the order of the input."""

import json
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import common, equals, indices
from curate.engine import Engine
from curate.ledger import Ledger
from curate.rows import Rows, take_batch
from curate.samples import Samples
from curate.stage import StageError
from schemas.errors import InputError
from schemas.example import EXAMPLE_SCHEMA
from schemas.parquet import ParquetSink

if TYPE_CHECKING:
    from schemas.formats import Batch

_QUARANTINE_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("row", pa.int64(), nullable=False),
    pa.field("file", pa.string()),
    pa.field("error", pa.string(), nullable=False),
    pa.field("raw", pa.string(), nullable=False),
]
QUARANTINE_SCHEMA = pa.schema(_QUARANTINE_FIELDS)
_DROP_COLUMNS = {"row": pa.int64(), "stage": pa.string(), "reason": pa.string(), "matched_id": pa.string()}


class Sink(Protocol):
    """Takes rows."""

    def write(self, rows: pa.RecordBatch | pa.Table, /) -> None:
        """Append rows."""
        ...


class Sinks(NamedTuple):
    """Where rows go."""

    kept: Sink
    dropped: Sink
    quarantined: Sink


class Behind:
    """Hands rows to a sink in a thread of its own, so that they are packed while the next ones are made.

    Args:
        sink: Takes the rows.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def write(self, rows: pa.RecordBatch | pa.Table, /) -> None:
        """Append rows; wait where two batches are still to be packed."""
        self._waiting.append(self._thread.submit(self._sink.write, rows))
        while len(self._waiting) > 2:
            self._waiting.popleft().result()

    def finish(self) -> None:
        """Wait until all are written."""
        while self._waiting:
            self._waiting.popleft().result()
        self._thread.shutdown()


class Memory:
    """Hold rows in memory.

    Args:
        schema: Their columns.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._parts: list[pa.RecordBatch] = []

    def write(self, rows: pa.RecordBatch | pa.Table, /) -> None:
        """Append rows."""
        self._parts.extend(rows.to_batches() if isinstance(rows, pa.Table) else [rows])

    def table(self) -> pa.Table:
        """Give what was written."""
        return pa.Table.from_batches(self._parts, schema=self.schema).combine_chunks()


def dropped_schema(schema: pa.Schema) -> pa.Schema:
    """Give the columns of dropped rows: their own, then the row number, stage, reason and the id that they match.

    Where a row has a column of such a name already, ours takes an underscore.
    """
    for name, kind in _DROP_COLUMNS.items():
        free = name
        while free in schema.names:
            free += "_"
        schema = schema.append(pa.field(free, kind))
    return schema


def written_schema(schema: pa.Schema, ledger: Ledger) -> pa.Schema:
    """Give the columns of rows with those that stages write beside them; one of the same name is replaced.

    Raises:
        StageError: A stage would write over a column that every row has.
    """
    for name, column in ledger.columns.items():
        if name in EXAMPLE_SCHEMA.names:
            raise StageError(f"a stage writes a column that is called {name}", mend="Give it another name")
        place = schema.get_field_index(name)
        field = pa.field(name, column.type)
        schema = schema.append(field) if place < 0 else schema.set(place, field)
    return schema


def file_sinks(stack: ExitStack, folder: Path, schema: pa.Schema, recipe: str) -> Sinks:
    """Open the three Parquet files of a run in a folder; they are whole when the stack closes.

    Args:
        stack: Closes them.
        folder: Where they lie.
        schema: Columns of the rows as they are written.
        recipe: Hash of the settings.
    """
    names = {"curated": schema, "dropped": dropped_schema(schema), "quarantined": QUARANTINE_SCHEMA}
    opened = [
        stack.enter_context(ParquetSink(folder / f"{name}.parquet", columns, recipe=recipe))
        for name, columns in names.items()
    ]
    return Sinks(*opened)


def write_rows(engine: Engine, ledger: Ledger, decisions: pa.Table, sinks: Sinks, samples: Samples) -> None:
    """Stream the input once more and write each row where it belongs.

    Kept rows are written as the mends made them, all others as they came in.

    Args:
        engine: The run.
        ledger: Its account.
        decisions: The decisions made of the account.
        sinks: Where the rows go.
        samples: Is shown the rows that it wants.

    Raises:
        InputError: The input is no longer what it was in the first pass.
    """
    fates = _Fates(decisions)
    kept, written = ledger.numbers[ledger.alive], 0
    whole = written_schema(engine.stream.source.schema, ledger)
    columns = dropped_schema(whole)
    kept_sink = Behind(sinks.kept)
    with engine.progress("write", ledger.total, "rows") as bar:
        for batch in engine.stream:
            numbers = batch.numbers.to_numpy()
            here = common(numbers, kept)
            if len(here):
                rows = engine.mended(Rows(batch.examples, batch.numbers).take(here))
                kept_sink.write(_with_columns(rows.examples, numbers[here], ledger, whole))
            gone = common(numbers, fates.dropped)
            if len(gone):
                rows_gone = _with_columns(take_batch(batch.examples, gone), numbers[gone], ledger, whole)
                sinks.dropped.write(_dropped(rows_gone, numbers[gone], fates, columns))
            failed = fates.quarantined(batch)
            if failed:
                sinks.quarantined.write(pa.Table.from_pylist(failed, schema=QUARANTINE_SCHEMA))
            samples.see(engine, batch)
            written += len(here) + len(gone) + len(failed)
            bar.advance(len(numbers) + len(batch.rejects))
    kept_sink.finish()
    if written != ledger.total:
        raise InputError(
            f"{ledger.total:,} rows were read at first and {written:,} afterwards: the input changed in between",
            where=", ".join(engine.stream.source.names),
            mend="Run it again when nothing writes to it",
        )


class _Fates:
    """The decisions, by row number."""

    def __init__(self, decisions: pa.Table) -> None:
        drops = decisions.filter(equals(decisions["action"], "dropped"))
        self.drops = drops.select(["row", "stage", "reason", "matched_id"]).combine_chunks()
        self.dropped: npt.NDArray[np.int64] = self.drops["row"].to_numpy()
        errors = decisions.filter(equals(decisions["action"], "errored"))
        faults = zip(errors["stage"].to_pylist(), errors["evidence"].to_pylist(), strict=True)
        self.errors = dict(zip(errors["row"].to_pylist(), faults, strict=True))

    def quarantined(self, batch: "Batch") -> list[dict[str, Any]]:  # Any: values of the columns' types
        """Give the rows of a batch that could not be read or measured, in order."""
        found = [
            {"row": reject.row, "file": batch.name, "error": reject.error, "raw": reject.raw}
            for reject in batch.rejects
        ]
        if self.errors:
            for place, number in enumerate(batch.numbers.to_pylist()):
                if number in self.errors:
                    stage, error = self.errors[number]
                    row = batch.examples.slice(place, 1).to_pylist()[0]
                    raw = json.dumps(row, ensure_ascii=False, default=str)
                    found.append({"row": number, "file": batch.name, "error": f"stage {stage}: {error}", "raw": raw})
        return sorted(found, key=lambda row: row["row"])


def _with_columns(
    rows: pa.RecordBatch, numbers: npt.NDArray[np.int64], ledger: Ledger, schema: pa.Schema
) -> pa.RecordBatch:
    """Put what the stages write beside some rows."""
    if not ledger.columns:
        return rows
    places = indices(np.searchsorted(ledger.numbers, numbers))
    arrays = [
        ledger.columns[name].take(places) if name in ledger.columns else rows.column(name) for name in schema.names
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _dropped(rows: pa.RecordBatch, numbers: npt.NDArray[np.int64], fates: _Fates, columns: pa.Schema) -> pa.RecordBatch:
    """Put the reasons beside dropped rows."""
    places = np.searchsorted(fates.dropped, numbers)
    reasons = fates.drops.take(indices(places)).combine_chunks()
    arrays = [*rows.columns, *(reasons[name].combine_chunks() for name in reasons.column_names)]
    return pa.RecordBatch.from_arrays(arrays, schema=columns)
