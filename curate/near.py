"""Near-duplicates: rows that say the same in nearly the same words.

Candidates come from MinHash bands (`curate.lsh`), are compared by their true similarity and by the words in which they
differ (`curate.alike`), and form stars around the rows that stay (`curate.stars`).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.alike import SIDES
from curate.arrow import indices, strings
from curate.best import best_first, best_of_groups, worth
from curate.candidates import Index, band_hashes, sharing, signed, texts_of
from curate.forms import Forms
from curate.hashing import hash_groups, hashes
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from curate.stars import Comparer, find_stars
from schemas.errors import InputError

ALARM_SHARE = 0.05
ALARM_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Keep one of the rows whose texts are nearly the same.

    The one with the longest answer stays; among equals the one from the preferred source, then the lowest id. The
    result does not depend on the order of the rows. Texts too short to shingle are compared for equality only.

    Attributes:
        of: View to compare. `whole` is everything before the last answer on the one side, and the answer on the other;
            any other view is one text.
        threshold: Least Indel similarity of the normal forms, above 0.5 and up to 1. Below 0.8 the signatures begin
            to miss pairs.
        prefer: Documents, strategies or models whose rows to prefer, best first.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("threshold",)
    of: View = "whole"
    threshold: float = 0.88
    prefer: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_view(self.of, "stage near")
        if not 0.5 < self.threshold <= 1:
            raise InputError(
                f"threshold is {self.threshold}", where="stage near", mend="Choose one above 0.5 and up to 1"
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "near"

    @property
    def by_text(self) -> bool:
        """What a row is worth depends on its source where some are preferred."""
        return not self.prefer

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `hash` of the normal form, its `bands`, `length` and `traits`; the row's worth (`curate.best`)."""
        forms = compared(rows, self.of)
        return signals(hash=hashes([forms]), **signed(forms), **worth(rows, self.prefer))

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Ask for the texts of rows that may have a copy: one for each normal form."""
        best = best_of_groups(signals, hash_groups(signals["hash"]))
        shared = sharing(band_hashes(signals))
        order = best_first(signals, best[shared[best]])
        wanted = np.zeros(signals.num_rows, dtype=bool)
        wanted[order[Index(texts_of(signals, order), self.threshold).pairs(np.arange(len(order))).ravel()]] = True
        return wanted

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Further signals: `text`, the normal form."""
        return signals(text=compared(rows, self.of).cast(pa.large_string()))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop every row that matches a better one, with the similarity as its score."""
        order = best_first(signals, np.flatnonzero(signals["text"].is_valid().to_numpy()))
        texts = Forms(signals["text"], order)
        stars = find_stars(texts_of(signals, order), Comparer(texts, self.threshold))
        goes = np.flatnonzero(stars.matched >= 0)
        match = np.arange(signals.num_rows)
        scores = np.ones(signals.num_rows, dtype=np.float64)
        line = np.full(signals.num_rows, -1)
        match[order[goes]] = order[stars.matched[goes]]
        scores[order[goes]] = stars.scores[goes]
        line[order[goes]] = np.arange(len(goes))
        lines = texts.differences(np.stack([goes, stars.matched[goes]], axis=1), most=5, signs=300)
        del texts, stars  # of ten million rows they take gigabytes
        forms = hash_groups(signals["hash"])
        best = best_of_groups(signals, forms)[forms]
        dropped = match[best] != np.arange(signals.num_rows)
        near = match[best] != best
        return keep(
            where=~dropped,
            reason=strings(["exact_duplicate", "near_duplicate"]).take(indices(near)),
            score=scores[best],
            threshold=self.threshold,
            matched=indices(match[best], ~dropped),
            evidence=lines.take(indices(line[best], line[best] < 0)),
        )

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:
        """Tell of clusters so large that the texts have something in common that is no repetition."""
        places, counts = np.unique(verdicts.matched.drop_null().to_numpy(), return_counts=True)
        found = []
        for place in np.lexsort((places, -counts)).tolist():
            rows = int(counts[place]) + 1
            if rows > ALARM_ROWS and rows > ALARM_SHARE * signals.num_rows:
                row = signals["row"][int(places[place])].as_py()
                share = rows / signals.num_rows
                found.append(
                    f"{rows:,} rows ({share:.0%}) repeat row {row:,}. Look at some of them before you trust this: "
                    "boilerplate around short contents looks like repetition"
                )
        return found


def sides(rows: Rows) -> pa.StringArray:
    """Give the normal forms of both sides of each row, all before the last answer and the answer, as one text."""
    return pc.binary_join_element_wise(rows.normal("prompt"), rows.normal("response"), SIDES)  # type: ignore[no-any-return,call-overload]  # the stubs want scalars


def compared(rows: Rows, of: View) -> pa.StringArray:
    """Give the normal forms that copies are found by: both sides of `whole`, the one text of any other view."""
    return sides(rows) if of == "whole" else rows.normal(of)
