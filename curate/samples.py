"""Rows to show in the report: a few for each reason, each beside the row that it repeats, and a few that were kept."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import common, equals, indices, strings
from curate.engine import Engine
from curate.portion import Portion
from curate.rows import Rows
from curate.shown import all_shown, evidence_shown

if TYPE_CHECKING:
    from schemas.formats import Batch

PER_REASON = 5
KEPT = 5
LONGEST = 1200


class Shown(NamedTuple):
    """The texts of a row, cut to what a page can show."""

    row: int
    instruction: str
    response: str
    context: str


class Pick(NamedTuple):
    """A row to show, why it was dropped, and the row that it repeats."""

    row: int
    stage: str | None
    reason: str | None
    score: float | None
    threshold: float | None
    matched: int | None
    evidence: str | None


class Samples:
    """Choose rows before the writing pass, and take their texts in it, private data masked.

    Args:
        decisions: The decisions table.
        seed: Which rows are chosen.
        portion: Is shown every batch too, where one is given.
    """

    def __init__(self, decisions: pa.Table, seed: int, portion: Portion | None = None) -> None:
        self.portion = portion
        rng = np.random.default_rng(seed)
        dropped = decisions.filter(equals(decisions["action"], "dropped"))
        kept = decisions.filter(equals(decisions["action"], "kept"))
        self.dropped: list[Pick] = []
        reasons = dropped.set_column(
            4, "reason", pa.chunked_array([strings(dropped["reason"].combine_chunks()).fill_null("")])
        )
        kinds = sorted({(line["stage"], line["reason"]) for line in _kinds(reasons)})
        for stage, reason in kinds:
            same = reasons.filter(equals(reasons["stage"], stage))
            same = same.filter(equals(same["reason"], reason))
            self.dropped += _picks(same, PER_REASON, rng)
        self.kept = _picks(kept, KEPT, rng)
        wanted = {pick.row for pick in (*self.dropped, *self.kept)}
        wanted |= {pick.matched for pick in self.dropped if pick.matched is not None}
        self.numbers: npt.NDArray[np.int64] = np.array(sorted(wanted), dtype=np.int64)
        self.texts: dict[int, Shown] = {}

    def see(self, engine: Engine, batch: "Batch") -> None:
        """Take the texts of the chosen rows of a batch, as the stages saw them."""
        if self.portion is not None:
            self.portion.see(engine, batch)
        here = common(batch.numbers.to_numpy(), self.numbers)
        if not len(here):
            return
        rows = engine.mended(Rows(batch.examples, batch.numbers).take(here))
        texts = [all_shown(rows[view], LONGEST) for view in ("instruction", "response", "context")]
        for number, *shown in zip(rows.numbers.to_pylist(), *texts, strict=True):
            self.texts[number] = Shown(number, *shown)


def _kinds(dropped: pa.Table) -> list[dict[str, str]]:
    return dropped.select(["stage", "reason"]).group_by(["stage", "reason"]).aggregate([]).to_pylist()


def _picks(decisions: pa.Table, count: int, rng: np.random.Generator) -> list[Pick]:
    """Choose some decisions, in the order of their rows."""
    chosen = np.sort(rng.choice(decisions.num_rows, size=min(count, decisions.num_rows), replace=False))
    lines = decisions.take(indices(chosen)).to_pylist()
    return [
        Pick(
            row=line["row"],
            stage=line["stage"],
            reason=line["reason"],
            score=line["score"],
            threshold=line["threshold"],
            matched=line["matched_row"],
            evidence=evidence_shown(line["evidence"]),
        )
        for line in lines
    ]
