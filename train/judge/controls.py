"""Judging the judge: an answer against itself must tie, and gold must win against the gold of another row."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.counted import counted
from train.judge.tally import Meeting, Reading

LEAST = 0.9  # share of a control's rows that a judge must get right to be relied on
MOST_FLIPPED = 0.3
MOST_UNREADABLE = 0.05
TELLING = 0.3  # correlation with length from which on it is told


class Control(NamedTuple):
    """One control.

    Attributes:
        rows: Rows with readable verdicts.
        right: Rows that the judge got right.
        left_out: Rows without: a reply is no verdict, or a request failed.
    """

    rows: int
    right: int
    left_out: int

    @property
    def share(self) -> float:
        """Share of rows that the judge got right; NaN where there are none."""
        return self.right / self.rows if self.rows else float("nan")

    @property
    def passed(self) -> bool:
        """Whether that is enough."""
        return self.rows > 0 and self.share >= LEAST


def same_answers(readings: Sequence[Reading]) -> Control:
    """Count the verdicts on answers that stood beside themselves."""
    readable = [reading for reading in readings if reading not in {"unreadable", "failed"}]
    return Control(len(readable), readable.count("tie"), len(readings) - len(readable))


def gold_against_stranger(meetings: Sequence[Meeting]) -> Control:
    """Count the rows where gold won, in both orders, against the gold of another row."""
    results = [meeting.result for meeting in meetings]
    return Control(len(results) - results.count(None), results.count("win"), results.count(None))


def control_warnings(same: Control, stranger: Control) -> list[str]:
    """Say what the controls show, where a judge fails them or nothing could be asked."""
    found = []
    for control, failing, what in (
        (stranger, "this judge cannot tell gold from a stranger's answer", "gold against a stranger's answer"),
        (same, "this judge finds one of two identical answers better", "identical answers"),
    ):
        if not control.rows:
            found.append(f"the control of {what} says nothing: no row has readable verdicts")
        elif not control.passed:
            found.append(f"{failing} in {1 - control.share:.0%} of {counted(control.rows, 'row')}: do not rely on it")
    return found
