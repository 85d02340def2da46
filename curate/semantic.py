"""Semantic duplicates: rows that say the same in other words.

Candidates are pairs of rows whose embeddings point nearly the same way (`curate.embedding.search`), are held to the
words in which they differ (`curate.embedding.sameness`), and form stars around the rows that stay (`curate.stars`).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.alike import SIDES
from curate.arrow import indices, strings
from curate.best import best_first, best_of_groups, worth
from curate.embedding.named import load_embedder
from curate.embedding.sameness import number_hashes, same
from curate.embedding.search import alike_pairs, cosines
from curate.embedding.vectors import column_vectors, embed_view, vector_column
from curate.hashing import hash_groups, hashes
from curate.near import compared
from curate.rows import VIEWS, Rows, View
from curate.stage import Verdicts, keep, signals
from curate.stars import Edges, Stars, greedy
from schemas.errors import InputError

MEANINGS = {"semantic_duplicate": "says the same as a row that stays, in other words"}
_SHOWN = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Semantic:
    """Keep one of the rows that say the same in other words.

    The one with the longest answer stays; among equals the one from the preferred source, then the lowest id. The
    result does not depend on the order of the rows.

    The default threshold was set by reading the hits on real rows (docs/precision/semantic.md). It is made for the
    embedder that rides along; another model's cosines are spread otherwise, so read some of its hits.

    Attributes:
        of: View to compare. `whole` is everything before the last answer on the one side and the answer on the other,
            and each side must reach the threshold by itself.
        threshold: Least cosine, from 0.5 to 1.
        model: Folder or name of a model2vec or sentence-transformers model; empty for the embedder that needs no
            network.
        prefer: Documents, strategies or models whose rows to prefer, best first.
    """

    costly: ClassVar[bool] = True
    thresholds: ClassVar[tuple[str, ...]] = ("threshold",)
    of: View = "whole"
    threshold: float = 0.82
    model: str = ""
    prefer: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.of not in VIEWS:
            raise InputError(f"of is {self.of!r}", where="stage semantic", mend=f"Choose one of {', '.join(VIEWS)}")
        if not 0.5 <= self.threshold <= 1:
            raise InputError(f"threshold is {self.threshold}", where="stage semantic", mend="Choose one from 0.5 to 1")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "semantic"

    @property
    def by_text(self) -> bool:
        """Which source is preferred does not stand in the text."""
        return not self.prefer

    @property
    def fingerprint(self) -> str:
        """Hash of the model."""
        return load_embedder(self.model).fingerprint

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `hash` of the normal form, its `vector`; `answer` and `preference` (`curate.best`)."""
        embedder = load_embedder(self.model)
        views: tuple[View, ...] = ("prompt", "response") if self.of == "whole" else (self.of,)
        parts = [_with_empty(embed_view(rows, view, embedder)) for view in views]
        return signals(
            hash=hashes([compared(rows, self.of)]),
            vector=vector_column(np.concatenate(parts, axis=1)),
            **worth(rows, self.prefer),
        )

    def candidates(self, signals: pa.Table, /) -> npt.NDArray[np.bool_]:
        """Ask for the texts of rows that have a like one: one for each normal form."""
        best = best_of_groups(signals, hash_groups(signals["hash"]))
        ranked = best_first(signals, best)
        hits = alike_pairs(self._joined(signals, ranked), self.threshold)
        wanted = np.zeros(signals.num_rows, dtype=bool)
        wanted[ranked[hits.pairs.reshape(-1)]] = True
        return wanted

    def verify(self, rows: Rows, /) -> pa.RecordBatch:
        """Further signals: `text`, the normal form."""
        return signals(text=compared(rows, self.of).cast(pa.large_string()))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop every row that says the same as a better one, with the lower cosine of its sides as the score."""
        of = hash_groups(signals["hash"])
        best = best_of_groups(signals, of)
        ranked = best_first(signals, best)
        texts = signals["text"].take(indices(ranked)).to_pylist()
        seen = np.array([place for place, text in enumerate(texts) if text is not None], dtype=np.int64)
        edges = self._edges(self._joined(signals, ranked[seen]), [texts[place] for place in seen.tolist()])
        stars = greedy(Edges(seen[edges.pairs], edges.scores), 0, len(ranked))
        place = np.empty(signals.num_rows, dtype=np.int64)  # of each row's form among the ranked
        place[ranked] = np.arange(len(ranked))
        place = place[best[of]]
        return self._verdicts(stars, place, ranked, texts)

    def _edges(self, vectors: npt.NDArray[np.float16], texts: list[str]) -> Edges:
        """Find the pairs whose sides are all alike, and that differ in no word that counts."""
        # Pairs that other numbers tell apart are many where rows are templates, and are sorted out before all else.
        hits = alike_pairs(vectors, self.threshold, groups=number_hashes(texts))
        width = vectors.shape[1] // (2 if self.of == "whole" else 1)
        scores = np.min(
            [cosines(vectors[:, start : start + width], hits.pairs) for start in range(0, vectors.shape[1], width)],
            axis=0,
        )
        good = scores >= self.threshold
        pairs, scores = hits.pairs[good], scores[good]
        kept = [not same(texts[left], texts[right]) for left, right in pairs.tolist()]
        return Edges(pairs[kept], scores[kept])

    def _verdicts(
        self, stars: Stars, place: npt.NDArray[np.int64], ranked: npt.NDArray[np.int64], texts: list[str | None]
    ) -> Verdicts:
        """Say of each row, whose form stands at `place` among the ranked, what becomes of it."""
        own = stars.matched[place] < 0
        matched = ranked[np.where(own, place, stars.matched[place])]
        dropped = matched != np.arange(len(place))
        evidence: list[str | None] = [None] * len(place)
        for row in np.flatnonzero(dropped & ~own).tolist():
            evidence[row] = (texts[int(stars.matched[place[row]])] or "").replace(SIDES, " → ")[:_SHOWN]
        return keep(
            where=~dropped,
            reason=strings(np.where(own, "exact_duplicate", "semantic_duplicate").astype(object)),
            score=stars.scores[place],
            threshold=self.threshold,
            matched=indices(matched, ~dropped),
            evidence=strings(evidence),
        )

    def _joined(self, signals: pa.Table, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.float16]:
        """Give the vectors at some positions; those of two sides are unit vectors side by side."""
        return column_vectors(signals["vector"].take(indices(positions)))


def _with_empty(vectors: npt.NDArray[np.float16]) -> npt.NDArray[np.float16]:
    """Give texts that mean nothing a direction of their own, so that an empty side is like an empty side."""
    empty = ~(vectors != 0).any(axis=1, keepdims=True)
    return np.concatenate([vectors, empty.astype(np.float16)], axis=1)
