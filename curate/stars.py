"""Clusters of near-duplicates: stars, in which every row that goes matches the row that stays."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.alike import copies, similarities
from curate.arrow import indices
from curate.candidates import Index, Texts

CLOSEST = 4
_FIRST, _LARGEST = 64, 1 << 14
_BLOCK = 1 << 16


class Edges(NamedTuple):
    """Texts that are copies of each other: the better one first, each pair once.

    Attributes:
        pairs: (edges, 2) int64.
        scores: (edges) similarity.
    """

    pairs: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]

    def joined(self, others: "Edges") -> "Edges":
        """Put two sets of edges together."""
        return Edges(np.concatenate([self.pairs, others.pairs]), np.concatenate([self.scores, others.scores]))


class Stars(NamedTuple):
    """Who matches whom.

    Attributes:
        matched: (texts) the text that stays and that this one repeats; -1 for a text that stays.
        scores: (texts) similarity of the two; 1 for a text that stays.
    """

    matched: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


class Comparer:
    """Compares pairs of texts, none of them twice.

    Args:
        texts: Normal forms; null where a text cannot be had, which is then like no other.
        threshold: Least similarity of copies.
        every: Whether to look at every pair, and not only until a copy of a text is found.
    """

    def __init__(self, texts: "pa.ChunkedArray[Any]", threshold: float, *, every: bool = False) -> None:
        self.texts = texts
        self.threshold = threshold
        self.every = every
        self.forget()

    def forget(self) -> None:
        """Forget what was compared."""
        self._done = np.zeros(0, dtype=np.int64)

    def compare(self, pairs: npt.NDArray[np.int64]) -> Edges:
        """Find copies among the pairs that were not compared before.

        A text's pairs are looked at from the most similar on, until one is a copy or `CLOSEST` were none: where these
        are no copies, others seldom are. What was not looked at may be asked for again.

        Args:
            pairs: (pairs, 2) the better text and the worse one.
        """
        rows = max(len(self.texts), 1)
        codes = np.setdiff1d(pairs[:, 0] + pairs[:, 1] * rows, self._done)
        pairs = np.stack([codes % rows, codes // rows], axis=1)
        scores = np.zeros(len(pairs), dtype=np.float64)
        found = np.zeros(len(pairs), dtype=bool)
        for start in range(0, len(pairs), _BLOCK):
            block = slice(start, start + _BLOCK)
            left, right = self._texts_of(pairs[block])
            scores[block] = similarities(left, right, self.threshold)
            found[block], looked = _look(left, right, pairs[block, 1], scores[block], every=self.every)
            self._done = np.union1d(self._done, codes[block][looked])
        return Edges(pairs[found], scores[found])

    def _texts_of(self, pairs: npt.NDArray[np.int64]) -> list[list[str | None]]:
        """Give the texts of both sides of some pairs."""
        needed, places = np.unique(pairs, return_inverse=True)
        texts: list[str | None] = self.texts.take(indices(needed)).to_pylist()
        return [[texts[place] for place in side] for side in places.reshape(-1, 2).T.tolist()]


def _look(
    left: list[str | None],
    right: list[str | None],
    of: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float64],
    *,
    every: bool,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell which of some pairs are copies, and which pairs are done with.

    Args:
        left: One text of each pair.
        right: The other.
        of: (pairs) the text whose copies are looked for.
        scores: (pairs) how similar they are, 0 for too little.
        every: Whether to look at every similar pair.
    """
    found = np.zeros(len(of), dtype=bool)
    looked = scores == 0
    similar = np.flatnonzero(scores)
    order = similar[np.lexsort((-scores[similar], of[similar]))]
    text, left_to_look = -1, 0
    for place, owner in zip(order.tolist(), of[order].tolist(), strict=True):
        if owner != text:
            text, left_to_look = owner, CLOSEST
        if not left_to_look:
            continue
        looked[place] = True
        found[place] = copies(left[place] or "", right[place] or "")
        if not every:
            left_to_look = 0 if found[place] else left_to_look - 1
    return found, looked


def find_stars(texts: Texts, comparer: Comparer) -> Stars:
    """Cluster texts so that every text that goes matches one that stays, and no two that stay are known to match.

    From the best to the worst, a text goes if it matches one that stays. They are gone through in blocks that double:
    a crowd of copies is known by its best members before the many are looked at.

    Args:
        texts: What is known about them, from the best to the worst.
        comparer: Compares them.
    """
    count = len(texts.bands)
    index = Index(texts, comparer.threshold)
    matched = np.full(count, -1, dtype=np.int64)
    scores = np.ones(count, dtype=np.float64)
    start, size = 0, _FIRST
    while start < count:
        end = min(start + size, count)
        _settle(start, end, index, comparer, Stars(matched, scores))
        start, size = end, min(2 * size, _LARGEST)
    return Stars(matched, scores)


def _settle(start: int, end: int, index: Index, comparer: Comparer, stars: Stars) -> None:
    """Decide about the texts of a block; those before it are settled."""
    comparer.forget()
    edges = comparer.compare(index.pairs_before(start, end))
    while True:
        matched, scores = greedy(edges, start, end)
        stars.matched[start:end], stars.scores[start:end] = matched, scores
        # Who matched one that goes itself is asked about again.
        index.gone[start:end] = matched >= 0
        more = comparer.compare(index.pairs(start + np.flatnonzero(matched < 0)))
        if not len(more.pairs):
            return
        edges = edges.joined(more)


def greedy(edges: Edges, start: int, end: int) -> Stars:
    """Go from best to worst: a text goes if it matches one that stays; of several it takes the most similar.

    Args:
        edges: Pairs of copies, the better text first; those before `start` all stay.
        start: The first text to decide about.
        end: The one past the last.
    """
    matched = np.full(end - start, -1, dtype=np.int64)
    scores = np.ones(end - start, dtype=np.float64)
    better, worse = edges.pairs[:, 0], edges.pairs[:, 1] - start
    order = np.lexsort((better, -edges.scores, worse))
    for score, stays, goes in zip(
        edges.scores[order].tolist(), better[order].tolist(), worse[order].tolist(), strict=True
    ):
        if matched[goes] < 0 and (stays < start or matched[stays - start] < 0):
            matched[goes], scores[goes] = stays, score
    return Stars(matched, scores)


def components(pairs: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """Number the connected components of a graph by their first member."""
    parent = list(range(count))
    for left, right in pairs.tolist():
        first, second = _root(parent, left), _root(parent, right)
        parent[max(first, second)] = min(first, second)
    roots = np.array([_root(parent, place) for place in range(count)], dtype=np.int64)
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place
