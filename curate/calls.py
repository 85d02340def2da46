"""Calls on stages and mends: rows that make them raise are found, and broken contracts are named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.ledger import Failure
from curate.rows import Rows
from curate.stage import Mended, Stage, StageError, Verdicts
from schemas.errors import GristmillError, RowError

Made = TypeVar("Made")


def attempt(
    name: str, call: Callable[[Rows], Made], rows: Rows, came_in: dict[int, str]
) -> tuple[list[Made], list[Failure], npt.NDArray[np.int64]]:
    """Call a measure or a mend; where it raises, find the rows that make it raise, and leave them out.

    Halving finds them in few calls: a row fails if and only if it raises when it stands alone.

    Returns:
        What the call made of the good rows, in order and in as many parts as it took; the failures; the places of
        the good rows.

    Raises:
        GristmillError: The call says that it cannot work at all, whatever the row.
        StageError: It gave another number of rows than it was given.
    """
    errors: dict[int, str] = {}
    parts: list[Made] = []
    waiting = [(0, len(rows))]
    while waiting:
        start, end = waiting.pop()
        part = rows if end - start == len(rows) else rows.take(np.arange(start, end))
        try:
            made = call(part)
        except GristmillError as error:
            if not isinstance(error, RowError):
                raise
            failure: Exception = error
        except Exception as error:  # noqa: BLE001 - whatever a stage raises about a row is that row's error
            failure = error
        else:
            _check(name, made, len(part))
            parts.append(made)
            continue
        if end - start <= 1:
            errors[start] = f"{type(failure).__name__}: {failure}"
            continue
        middle = (start + end) // 2
        waiting += [(middle, end), (start, middle)]
    if not errors:
        return parts, [], np.arange(len(rows))
    good = np.setdiff1d(np.arange(len(rows)), np.fromiter(errors, dtype=np.int64))
    failures = []
    for place, message in sorted(errors.items()):
        number = rows.numbers[place].as_py()
        failures.append(Failure(number, came_in.get(number, rows.ids[place].as_py()), name, message))
    return parts, failures, good


def _check(name: str, made: object, rows: int) -> None:
    """Hold a stage to one row out for each row in."""
    if isinstance(made, Mended):
        counts = {made.examples.num_rows, len(made.changed), len(made.evidence)}
    elif isinstance(made, pa.RecordBatch):
        counts = {made.num_rows}
    else:
        raise StageError(
            f"gave a {type(made).__name__} where a pyarrow.RecordBatch of signals is due", where=f"stage {name}"
        )
    if counts != {rows}:
        raise StageError(
            f"gave {max(counts - {rows}):,} rows for {rows:,}",
            where=f"stage {name}",
            mend="Give one row of signals for each row, in their order",
        )


@contextmanager
def deciding(name: str) -> Iterator[None]:
    """Name the stage in whatever goes wrong while it decides."""
    try:
        yield
    except GristmillError:
        raise
    except Exception as error:
        raise StageError(f"cannot decide ({type(error).__name__}: {error})", where=f"stage {name}") from error


def decide(name: str, stage: Stage, signals: pa.Table) -> Verdicts:
    """Have a stage decide, and hold it to one verdict for each row."""
    with deciding(name):
        verdicts = stage.decide(signals)
    if not isinstance(verdicts, Verdicts):
        raise StageError(f"gave a {type(verdicts).__name__} where Verdicts are due", where=f"stage {name}")
    if len(verdicts) != signals.num_rows:
        raise StageError(f"gave {len(verdicts):,} verdicts for {signals.num_rows:,} rows", where=f"stage {name}")
    return verdicts


def joined_batch(name: str, parts: list[pa.RecordBatch], rows: int) -> pa.RecordBatch:
    """Put the parts of a batch's signals together."""
    if len(parts) == 1:
        return parts[0]
    if not rows:
        return pa.RecordBatch.from_arrays([], names=[])
    return joined_table(name, parts).combine_chunks().to_batches()[0]


def joined_table(name: str, parts: list[pa.RecordBatch]) -> pa.Table:
    """Put the signals of several batches together; a batch that knows only nulls takes the type of the others."""
    tables = [pa.Table.from_batches([part]) for part in ([part for part in parts if part.num_rows] or parts[:1])]
    if not tables:
        return pa.table({})
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        detail = str(error).splitlines()[0]
        raise StageError(
            f"its signals change their type from batch to batch ({detail})", where=f"stage {name}"
        ) from error
