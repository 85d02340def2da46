"""Counting verdicts: two models on one row win, tie or lose by what the judge said in both orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from train.interval import FEWEST, Interval, bootstrap

Result = Literal["win", "tie", "loss"]
Reading = Literal["win", "tie", "loss", "unreadable", "failed"]
Standing = Literal["better", "worse", "no clear difference", "too few rows"]

_VALUE = {"win": 1.0, "tie": 0.5, "loss": 0.0}


class Meeting(NamedTuple):
    """Two models on one row, from the first one's view.

    Attributes:
        case: Position of the row.
        model: The one.
        opponent: The other.
        forward: What was read where `model` stood first; None where both answers are the same.
        backward: What was read where it stood second.
        longer_by: Characters that its answer has more than the opponent's.
    """

    case: int
    model: str
    opponent: str
    forward: Reading | None
    backward: Reading | None
    longer_by: int

    @property
    def result(self) -> Result | None:
        """Who won: only who won in both orders; None where a verdict is missing."""
        if self.forward is None or self.backward is None:
            return "tie"
        for reading in (self.forward, self.backward):
            if reading in {"unreadable", "failed"}:
                return None
        if self.forward == self.backward == "win":
            return "win"
        return "loss" if self.forward == self.backward == "loss" else "tie"

    @property
    def told(self) -> bool:
        """Whether the judge was asked, and both its replies could be read."""
        return self.forward is not None and self.result is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """All meetings of two models, from the first one's view.

    Attributes:
        model: The one.
        opponent: The other.
        wins: Rows won in both orders.
        ties: Rows with a tie in one order or both, with a winner that changes with the order, or with the same answers.
        losses: Rows lost in both orders.
        shares: Shares of wins, ties and losses, each with its interval over rows.
        score: Wins and half the ties as a share of the rows; 0.5 where neither is better.
        standing: What the score shows of `model`.
        identical: Rows with the same answers; they tie without being judged.
        flipped: Rows where the order of the answers changes the verdict.
        reversed: Rows of those where the judge takes what stands in one place, whoever it is from.
        unreadable: Rows left out because a reply is no verdict.
        failed: Rows left out because a request failed.
    """

    model: str
    opponent: str
    wins: int
    ties: int
    losses: int
    shares: dict[Result, Interval]
    score: Interval
    standing: Standing
    identical: int
    flipped: int
    reversed: int
    unreadable: int
    failed: int

    @property
    def rows(self) -> int:
        """Rows that count."""
        return self.wins + self.ties + self.losses


class Share(NamedTuple):
    """A share and out of how many it is; NaN out of none."""

    share: float
    of: int


def share(part: int, whole: int) -> Share:
    """Give `part` as a share of `whole`."""
    return Share(part / whole if whole else float("nan"), whole)


def pairing(meetings: Sequence[Meeting], *, seed: int) -> Pairing:
    """Count the meetings of two models."""
    results = [meeting.result for meeting in meetings]
    counted = [result for result in results if result is not None]
    score = bootstrap([_VALUE[result] for result in counted], seed=seed)
    readings = [{meeting.forward, meeting.backward} for meeting in meetings]
    return Pairing(
        model=meetings[0].model,
        opponent=meetings[0].opponent,
        wins=counted.count("win"),
        ties=counted.count("tie"),
        losses=counted.count("loss"),
        shares={
            kind: bootstrap([float(result == kind) for result in counted], seed=seed) for kind in ("win", "tie", "loss")
        },
        score=score,
        standing=_standing(score, counted.count("win") + counted.count("loss")),
        identical=sum(meeting.forward is None for meeting in meetings),
        flipped=sum(meeting.told and meeting.forward != meeting.backward for meeting in meetings),
        reversed=sum(read == {"win", "loss"} for read in readings),
        unreadable=sum("unreadable" in read and "failed" not in read for read in readings),
        failed=sum("failed" in read for read in readings),
    )


def _standing(score: Interval, decided: int) -> Standing:
    if decided < FEWEST:
        return "too few rows"
    if score.low <= 0.5 <= score.high:
        return "no clear difference"
    return "better" if score.mean > 0.5 else "worse"


def first_place(meetings: Sequence[Meeting]) -> Share:
    """Give the share of decided verdicts that went to the answer in the first place; 0.5 is fair."""
    first = sum((each.forward == "win") + (each.backward == "loss") for each in meetings)
    second = sum((each.forward == "loss") + (each.backward == "win") for each in meetings)
    return share(first, first + second)


def longer_wins(meetings: Sequence[Meeting]) -> Share:
    """Give the share of decided rows that the longer answer won."""
    decided = [each for each in meetings if each.result in {"win", "loss"} and each.longer_by]
    return share(sum((each.result == "win") == (each.longer_by > 0) for each in decided), len(decided))


def length_correlation(meetings: Sequence[Meeting]) -> float:
    """Give Spearman's correlation of results with how much longer the answer is; NaN where either never changes."""
    known = [(_VALUE[each.result], each.longer_by) for each in meetings if each.told and each.result is not None]
    if len(known) < 2:
        return float("nan")
    # Which model of a pair comes first is arbitrary; with both views, it does not matter.
    values = np.array([*known, *((1 - value, -longer) for value, longer in known)], np.float64)
    ours, theirs = _ranks(values[:, 0]), _ranks(values[:, 1])
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    scale = float(np.sqrt((ours @ ours) * (theirs @ theirs)))
    return float(ours @ theirs) / scale if scale > 0 else float("nan")


def win_shares(meetings: Sequence[Meeting], models: Sequence[str], rows: int) -> npt.NDArray[np.float64]:
    """Give (rows, models, models): what the model of the row won against that of the column, a tie being 0.5."""
    at = {model: number for number, model in enumerate(models)}
    found = np.zeros((rows, len(models), len(models)))
    for meeting in meetings:
        if meeting.result is not None:
            one, other = at[meeting.model], at[meeting.opponent]
            found[meeting.case, one, other] = _VALUE[meeting.result]
            found[meeting.case, other, one] = 1 - _VALUE[meeting.result]
    return found


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rank values, equal ones sharing their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle: npt.NDArray[np.float64] = np.cumsum(counts) - (counts - 1) / 2
    return middle[place]
