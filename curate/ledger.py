"""The account of a run: what became of each row, and the decisions table made of it.

Rows that came through the first pass have a position, counted from 0; rows that could not be read or measured there
have none, and are accounted for by their number alone.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, mask, strings
from curate.stage import Verdicts
from schemas.decision import DECISION_SCHEMA

READ_STAGE = "read"


class Change(NamedTuple):
    """A mend changed a row."""

    row: int
    id: str
    stage: str
    reason: str
    evidence: str | None


class Failure(NamedTuple):
    """A row could not be read, mended or measured; `id` is None where it could not be read."""

    row: int
    id: str | None
    stage: str
    error: str


class Drop(NamedTuple):
    """The rows that one stage dropped: positions, the positions of what they match (-1: nothing), and the reasons."""

    stage: str
    positions: npt.NDArray[np.int64]
    matched: npt.NDArray[np.int64]
    verdicts: pa.Table


@dataclass(slots=True)
class Ledger:
    """What is known about the rows so far.

    Attributes:
        numbers: (positions) row numbers, ascending.
        ids: (positions) ids after the mends.
        came_in: Ids as they came in, of the rows that a mend changed, by row number.
        alive: (positions) whether the row is still in.
        changes: What the mends did, in the order of the rows.
        failures: Rows that could not be read, mended or measured.
        drops: What each stage dropped, in the order of the stages.
        columns: (positions) what stages have written beside the rows; null where a row did not come to the stage.
        outside: How many rows have no position.
    """

    numbers: npt.NDArray[np.int64]
    ids: pa.StringArray
    came_in: dict[int, str]
    alive: npt.NDArray[np.bool_]
    changes: list[Change] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    columns: "dict[str, pa.Array[Any]]" = field(default_factory=dict)  # Any: columns of any type
    outside: int = field(init=False)

    def __post_init__(self) -> None:
        self.outside = len(self.failures)

    def drop(self, stage: str, positions: npt.NDArray[np.int64], verdicts: Verdicts) -> None:
        """Enter what a stage decided about the rows at some positions.

        Args:
            stage: Its name.
            positions: (verdicts) position of each row that was judged.
            verdicts: What it decided.
        """
        dropped = ~verdicts.keep.to_numpy(zero_copy_only=False)
        matched = verdicts.matched.fill_null(-1).to_numpy(zero_copy_only=False)[dropped]
        chosen = mask(dropped)
        table = pa.table(
            {
                "reason": verdicts.reason.filter(chosen),
                "score": verdicts.score.filter(chosen),
                "threshold": verdicts.threshold.filter(chosen),
                "evidence": _without_private(verdicts.evidence.filter(chosen)),
            }
        )
        if verdicts.columns is not None:
            places = np.full(len(self.numbers), -1, dtype=np.int64)
            places[positions] = np.arange(len(positions))
            for name, column in zip(verdicts.columns.schema.names, verdicts.columns.columns, strict=True):
                self.columns[name] = column.take(indices(places, places < 0))
        self.drops.append(Drop(stage, positions[dropped], np.where(matched < 0, -1, positions[matched]), table))
        self.alive[positions[dropped]] = False

    def fail(self, failure: Failure, position: int) -> None:
        """Enter that a row that was alive could not be measured."""
        self.alive[position] = False
        self.failures.append(failure)

    @property
    def total(self) -> int:
        """Count all rows of the input."""
        return len(self.numbers) + self.outside

    def ids_in(self) -> pa.StringArray:
        """Give the id that each row came in with, (positions)."""
        if not self.came_in:
            return self.ids
        changed = np.isin(self.numbers, np.fromiter(self.came_in, dtype=np.int64))
        old = strings([self.came_in[number] for number in self.numbers[changed].tolist()])
        return strings(pc.replace_with_mask(self.ids, mask(changed), old))

    def decisions(self) -> pa.Table:
        """Make the decisions table: every row in order, its changes before its fate."""
        ids = self.ids_in()
        parts = [_changed(self.changes), _errored(self.failures)]
        for drop in self.drops:
            match = indices(drop.matched, drop.matched < 0)
            count = len(drop.positions)
            columns = {
                "row": indices(self.numbers[drop.positions]),
                "id": ids.take(indices(drop.positions)),
                "stage": pa.repeat(pa.scalar(drop.stage), count),
                "action": pa.repeat(pa.scalar("dropped"), count),
                "matched_row": indices(self.numbers).take(match),
                "matched_id": ids.take(match),
                **{name: drop.verdicts[name] for name in drop.verdicts.column_names},
            }
            parts.append(_part(columns, count))
        kept = np.flatnonzero(self.alive)
        columns = {
            "row": indices(self.numbers[kept]),
            "id": ids.take(indices(kept)),
            "action": pa.repeat(pa.scalar("kept"), len(kept)),
        }
        whole = pa.concat_tables([*parts, _part(columns, len(kept))])
        order = np.argsort(whole["row"].to_numpy(), kind="stable")
        return whole.take(indices(order)).combine_chunks()


def _without_private(evidence: pa.StringArray) -> pa.StringArray:
    """Put marks in the place of private data, which stand in no account."""
    if evidence.null_count == len(evidence):
        return evidence
    from curate.shown import without_private

    return without_private(evidence)


def _changed(changes: list[Change]) -> pa.Table:
    lines = [change._asdict() | {"action": "changed"} for change in changes]
    return pa.Table.from_pylist(lines, schema=DECISION_SCHEMA)


def _errored(failures: list[Failure]) -> pa.Table:
    lines = [
        {
            "row": failure.row,
            "id": failure.id,
            "stage": failure.stage,
            "action": "errored",
            "reason": "unreadable" if failure.stage == READ_STAGE else "raised",
            "evidence": failure.error,
        }
        for failure in failures
    ]
    return pa.Table.from_pylist(lines, schema=DECISION_SCHEMA)


def _part(columns: dict[str, Any], rows: int) -> pa.Table:  # Any: arrays of all the column types
    """Make a part of the decisions table; columns that are left out are null."""
    arrays = [columns.get(column.name, pa.nulls(rows, column.type)) for column in DECISION_SCHEMA]
    return pa.table(arrays, schema=DECISION_SCHEMA)
