"""What a stage is: two calls, one that sees text a batch at a time, one that sees signals all at once.

A stage is any object with `name`, `measure` and `decide`; nothing is inherited or registered. What it may offer
besides:

- `costly = True`: its measure is taken on the rows that are still alive when its turn comes, not in the first pass.
- `candidates` and `verify`: it needs to see some rows a second time before it decides (`Verifying`).
- `alarms(signals, verdicts)`: sentences for the report about what looks wrong in the whole set.
- `thresholds`: names of those of its settings that only `decide` reads. To move one measures nothing again.
- `by_text = True`: its signals depend on what a row says (messages and context) and on its settings alone, so they may
  be kept from run to run under the row's id.
- `lasting(signals)`: which of them are to be kept so, where a row may get others another time.
- `fingerprint`: hash of whatever else its signals depend on, such as a file or a model.

A measure looks at each row alone, so that its signals do not depend on how rows fall into batches. Batches are measured
side by side in threads, so a measure changes nothing that another one reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.rows import Rows
from schemas.errors import GristmillError

Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any] | npt.NDArray[Any]"  # Any: signals are of any type


class StageError(GristmillError):
    """A stage broke its contract: it raised while it decided, or gave the wrong number of signals or verdicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What a stage decides: one entry for each row of the signals that it was given, in their order.

    Attributes:
        keep: Whether the row stays; null counts as true, for what cannot be measured is no reason to drop.
        reason: Code of the reason; read where the row is dropped.
        score: The signal that decided, float64; null where there is none.
        threshold: What it was held against.
        matched: Position, among these rows, of the kept row that this one repeats; null where there is none.
        evidence: A short text for the reader of the decisions.
        columns: Columns to write beside the rows, such as a score or a split; None for none.
    """

    keep: pa.BooleanArray
    reason: pa.StringArray
    score: pa.DoubleArray
    threshold: pa.DoubleArray
    matched: pa.Int64Array
    evidence: pa.StringArray
    columns: pa.RecordBatch | None = None

    def __len__(self) -> int:
        return len(self.keep)


class Stage(Protocol):
    """Judges rows."""

    @property
    def name(self) -> str:
        """Name of the stage in decisions and reports."""
        ...

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Give one row of signals for each row."""
        ...

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Judge the rows that are still alive by their signals.

        Besides the stage's own columns, `signals` has `row` (int64, the number in the input) and `id`.
        """
        ...


@runtime_checkable
class Verifying(Protocol):
    """A stage that sees some rows a second time before it decides.

    The engine asks `candidates` which rows, hands these to `verify` in a pass of their own, and joins what it gives
    to the signals that `decide` sees: null for all other rows.
    """

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Mark the rows to see again."""
        ...

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Give one row of further signals for each row."""
        ...


class Mended(NamedTuple):
    """What a mend made of a batch.

    Attributes:
        examples: As many rows as came in, in the same order, with the same columns. Ids are renewed by the engine.
        changed: Which rows differ from what came in.
        reason: Code of the reason for a change.
        evidence: For each row, what was changed; read where it was.
    """

    examples: pa.RecordBatch
    changed: npt.NDArray[np.bool_]
    reason: str
    evidence: Sequence[str | None]


class Mend(Protocol):
    """Changes rows, each one looked at alone; every change is logged."""

    @property
    def name(self) -> str:
        """Name of the mend in decisions and reports."""
        ...

    def mend(self, rows: Rows, /) -> Mended:
        """Give the rows as they should be."""
        ...


def signals(**columns: Column) -> pa.RecordBatch:
    """Put signals together: one array for each name, all of one length."""
    arrays = [_array(column) for column in columns.values()]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def keep(  # noqa: PLR0913 - one argument for each field of the verdicts
    *,
    where: Column,
    reason: str | Column,
    score: Column | float | None = None,
    threshold: Column | float | None = None,
    matched: Column | None = None,
    evidence: Column | None = None,
    columns: Mapping[str, Column] | None = None,
) -> Verdicts:
    """Keep the rows where the condition holds, and drop the others for the reason given.

    Each argument but `where` may be left out, or be one value for all rows. `columns` are written beside the rows.
    """
    kept: Any = _array(where).cast(pa.bool_())  # Any: the stubs lose the type
    rows = len(kept)
    return Verdicts(
        keep=kept.fill_null(True),  # noqa: FBT003 - the value to fill in
        reason=_column(reason, pa.string(), rows),
        score=_column(score, pa.float64(), rows),
        threshold=_column(threshold, pa.float64(), rows),
        matched=_column(matched, pa.int64(), rows),
        evidence=_column(evidence, pa.string(), rows),
        columns=signals(**columns) if columns else None,
    )


def between(values: Column, low: float | None, high: float | None) -> pa.Array[Any]:  # Any: the stubs lose the type
    """Tell which values lie from `low` to `high`, both ends included; None leaves an end open."""
    numbers = _array(values)
    inside = pc.is_valid(numbers) if low is None else pc.greater_equal(numbers, pa.scalar(low))
    return inside if high is None else pc.and_(inside, pc.less_equal(numbers, pa.scalar(high)))


def _array(column: Column) -> pa.Array[Any]:  # Any: signals are of any type
    """Bring a column into one Arrow array."""
    if isinstance(column, np.ndarray):
        return pa.array(column)
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks()
    return column


def _column(value: str | float | Column | None, kind: Any, rows: int) -> Any:  # Any: an array of that type
    """Bring one column of the verdicts into its type and length."""
    if value is None:
        return pa.nulls(rows, kind)
    if isinstance(value, str | int | float):
        return pa.repeat(pa.scalar(value, kind), rows)
    return _array(value).cast(kind)
