"""Near-duplicates: rows that say the same in nearly the same words.

Candidates come from MinHash bands (`curate.lsh`), are compared by their true similarity and by the words in which they
differ (`curate.alike`), and form stars around the rows that stay (`curate.stars`).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.alike import LONG_CHARACTERS, SIDES, swaps, words_of
from curate.arrow import indices, strings
from curate.best import best_first, worth
from curate.hashing import hash_groups, hashes
from curate.lsh import BANDS, sharing, signatures
from curate.rows import VIEWS, Rows, View
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

    of: View = "whole"
    threshold: float = 0.88
    prefer: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.of not in VIEWS:
            raise InputError(f"of is {self.of!r}", where="stage near", mend=f"Choose one of {', '.join(VIEWS)}")
        if not 0.5 < self.threshold <= 1:
            raise InputError(
                f"threshold is {self.threshold}", where="stage near", mend="Choose one above 0.5 and up to 1"
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "near"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `hash` of the normal form, its `bands` and `length`; `answer` and `preference` (`curate.best`)."""
        forms = self._forms(rows)
        bands, lengths = signatures(forms)
        lists = pa.FixedSizeListArray.from_arrays(pa.array(bands.reshape(-1)), BANDS)
        return signals(hash=hashes([forms]), bands=lists, length=lengths, **worth(rows, self.prefer))

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Ask for the texts of rows that share a band: one for each normal form."""
        forms = _forms(signals)
        wanted = np.zeros(signals.num_rows, dtype=bool)
        wanted[forms.best[sharing(_bands(signals)[forms.best])]] = True
        return wanted

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Further signals: `text`, the normal form."""
        return signals(text=self._forms(rows).cast(pa.large_string()))

    def _forms(self, rows: Rows) -> pa.StringArray:
        """Give the normal forms to compare."""
        return sides(rows) if self.of == "whole" else rows.normal(self.of)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop every row that matches a better one, with the similarity as its score."""
        forms = _forms(signals)
        best = forms.best
        chosen = indices(best)
        texts: Any = signals["text"].take(chosen)  # Any: the stubs know no chunked strings
        comparer = Comparer(texts, signals["length"].take(chosen).to_numpy(), self.threshold)
        rank = np.empty(len(best), dtype=np.int64)
        rank[np.searchsorted(best, best_first(signals, best))] = np.arange(len(best))
        stars = find_stars(_bands(signals)[best], comparer, rank, forms.tie)
        star = np.where(stars.matched < 0, np.arange(len(best)), stars.matched)
        matched = best[star[forms.of]]
        dropped = matched != np.arange(signals.num_rows)
        own = stars.matched[forms.of] < 0
        evidence: list[str | None] = [None] * signals.num_rows
        for place in np.flatnonzero(dropped & ~own).tolist():
            form = int(forms.of[place])
            evidence[place] = _words(texts[form].as_py(), texts[int(stars.matched[form])].as_py())
        return keep(
            where=~dropped,
            reason=strings(np.where(own, "exact_duplicate", "near_duplicate").astype(object)),
            score=stars.scores[forms.of],
            threshold=self.threshold,
            matched=indices(matched, ~dropped),
            evidence=strings(evidence),
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


class _Forms(NamedTuple):
    """The normal forms among some rows.

    Attributes:
        of: (rows) which form a row has.
        best: (forms) position of the best row of each, ascending.
        tie: (forms) place of each form's hash in the order of hashes.
    """

    of: npt.NDArray[np.int64]
    best: npt.NDArray[np.int64]
    tie: npt.NDArray[np.int64]


def _forms(signals: pa.Table) -> _Forms:
    groups = hash_groups(signals["hash"])
    counts = np.bincount(groups)
    best = np.empty(len(counts), dtype=np.int64)
    best[groups] = np.arange(len(groups))
    order = best_first(signals, np.flatnonzero(counts[groups] > 1))
    best[groups[order[::-1]]] = order[::-1]
    by_position = np.argsort(best)
    place = np.empty(len(counts), dtype=np.int64)
    place[by_position] = np.arange(len(counts))
    return _Forms(place[groups], best[by_position], by_position)


def _bands(signals: pa.Table) -> npt.NDArray[np.uint32]:
    """Give the band hashes as (rows, BANDS) uint32."""
    chunks: list[Any] = signals["bands"].chunks  # Any: the stubs know no fixed-size lists
    flat = [strip.flatten().to_numpy() for strip in chunks]
    return np.concatenate([np.zeros(0, dtype=np.uint32), *flat]).reshape(-1, BANDS)


def _words(text: str, other: str) -> str:
    """Tell in what words a row differs from the one that stays."""
    if max(len(text), len(other)) > LONG_CHARACTERS:
        return "long texts, compared by the words that they hold"
    words = swaps(words_of(text), words_of(other))
    shown = [f"{left or '∅'} → {right or '∅'}" for left, right in words[:5]]
    more = f" and {len(words) - 5} more" if len(words) > 5 else ""
    return ("; ".join(shown) + more)[:300]
