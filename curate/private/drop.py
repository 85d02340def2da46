"""The stage that drops rows with private data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from curate.arrow import indices, mask, strings
from curate.private.find import suspects
from curate.private.row import places
from curate.private.span import KINDS, MARKS, Kind, counted
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from schemas.errors import InputError

MEANINGS = {
    "private_data": "holds private data, such as an e-mail address, a phone number or a key",
    "private_data_redacted": "held private data, which gave way to marks such as [EMAIL]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Drop rows whose turns or context hold private data.

    What is found is told by kind, count and place, and never quoted. `Redact` keeps such rows, with marks in place of
    the data; this stage is for those who would rather not train on them.

    Attributes:
        kinds: Which kinds to drop for; the measure finds them all.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("kinds",)
    by_text: ClassVar[bool] = True
    kinds: tuple[Kind, ...] = KINDS

    def __post_init__(self) -> None:
        check(self.kinds, "stage private")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "private"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `found`, "kind:count:place" for each kind and place, null in a row without private data."""
        found: list[str | None] = [None] * len(rows)
        chosen = suspects([rows["whole"], rows["context"]])
        for place, turns, context in texts(rows, chosen):
            counts = places(turns, context)
            if counts:
                found[place] = ";".join(f"{kind}:{count}:{view}" for (kind, view), count in sorted(counts.items()))
        return signals(found=strings(found))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows with data of the kinds, with their number as the score."""
        rows = signals.num_rows
        score, evidence = np.zeros(rows), np.full(rows, None, dtype=object)
        found = signals["found"]
        some = np.flatnonzero(found.is_valid().to_numpy())
        for place, text in zip(some.tolist(), found.take(indices(some)).to_pylist(), strict=True):
            parts = [part.split(":") for part in str(text).split(";")]
            wanted = [(kind, int(count), view) for kind, count, view in parts if kind in self.kinds]
            score[place] = sum(count for _, count, _ in wanted)
            if wanted:
                evidence[place] = ", ".join(f"{counted(_kind(kind), count)} in {view}" for kind, count, view in wanted)
        return keep(
            where=mask(score == 0), reason="private_data", score=score, threshold=0.0, evidence=strings(evidence)
        )


def check(kinds: tuple[str, ...], where: str) -> None:
    """Refuse kinds that nothing looks for."""
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong or not kinds:
        raise InputError(
            f"kinds has {', '.join(wrong) or 'nothing in it'}", where=where, mend=f"Choose from {', '.join(KINDS)}"
        )


def texts(rows: Rows, chosen: Any) -> Sequence[tuple[int, list[dict[str, str]], str | None]]:  # Any: positions
    """Give the turns and the context of some rows, with their positions, as Python values."""
    if not len(chosen):
        return []
    taken = indices(chosen)
    column: Any = rows.examples.column("messages")  # Any: the stubs know no list of structs
    turns = column.take(taken).to_pylist()
    contexts = rows.examples.column("context").take(taken).to_pylist()
    return list(zip(chosen.tolist(), turns, contexts, strict=True))


def _kind(name: str) -> Kind:
    return next(kind for kind in MARKS if kind == name)
