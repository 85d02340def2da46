"""Clusters of near-duplicates: stars, in which every row that goes matches the row that stays."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.alike import Likeness, likeness, traits
from curate.arrow import indices
from curate.lsh import candidate_pairs, leader_pairs

_BLOCK = 1 << 16


class Edges(NamedTuple):
    """Texts that are copies of each other: the lower index first, sorted, each pair once.

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
        lengths: (texts) characters of each.
        threshold: Least similarity of copies.
    """

    def __init__(self, texts: "pa.ChunkedArray[Any]", lengths: npt.NDArray[np.int32], threshold: float) -> None:
        self.texts = texts
        self.lengths = lengths.astype(np.float64)
        self.threshold = threshold
        self._traits = np.zeros((len(lengths), 3), dtype=np.int64)
        for start in range(0, len(lengths), _BLOCK):
            for place, text in enumerate(texts.slice(start, _BLOCK).to_pylist(), start):
                if text is not None:
                    self._traits[place] = traits(text)
        self._seen = np.zeros(0, dtype=np.int64)

    def compare(self, pairs: npt.NDArray[np.int64]) -> Edges:
        """Find the copies among the pairs that were not compared before."""
        codes = pairs[:, 0] * len(self.lengths) + pairs[:, 1]
        pairs = pairs[~np.isin(codes, self._seen)]
        self._seen = np.union1d(self._seen, codes)
        left, right = self.lengths[pairs[:, 0]], self.lengths[pairs[:, 1]]
        possible = 2 * np.minimum(left, right) / np.maximum(left + right, 1) >= self.threshold
        pairs = pairs[possible & ~self._ruled_out(pairs)]
        scores = np.zeros(len(pairs), dtype=np.float64)
        for start in range(0, len(pairs), _BLOCK):
            block = pairs[start : start + _BLOCK]
            scores[start : start + len(block)] = self._scores(block)
        return Edges(pairs[scores > 0], scores[scores > 0])

    def _ruled_out(self, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell which pairs are no copies whatever their similarity: other numbers, or short with another gist."""
        left, right = self._traits[pairs[:, 0]], self._traits[pairs[:, 1]]
        numbers: npt.NDArray[np.bool_] = (left[:, 0] == right[:, 0]) & (left[:, 1] != right[:, 1])
        short: npt.NDArray[np.bool_] = (left[:, 2] != 0) & (right[:, 2] != 0)
        gists: npt.NDArray[np.bool_] = short & (left[:, 2] != right[:, 2])
        return np.logical_or(numbers, gists)

    def _scores(self, pairs: npt.NDArray[np.int64]) -> list[float]:
        """Give the similarity of each pair that are copies, 0 for all others."""
        needed, places = np.unique(pairs, return_inverse=True)
        texts = self.texts.take(indices(needed)).to_pylist()
        scores = []
        for left, right in places.reshape(-1, 2).tolist():
            ours, theirs = texts[left], texts[right]
            found = Likeness(0.0) if ours is None or theirs is None else likeness(ours, theirs, self.threshold)
            scores.append(found.similarity if found.copies else 0.0)
        return scores


def find_stars(
    bands: npt.NDArray[np.uint32],
    comparer: Comparer,
    rank: npt.NDArray[np.int64],
    tie: npt.NDArray[np.int64],
) -> Stars:
    """Cluster texts so that every text that goes matches one that stays, and no two that stay match.

    The best text that is not yet matched stays, and all that match it go. Each text is compared with the best that
    share a band with it first, and those that stay are compared with each other until nothing more is found.

    Args:
        bands: (texts, BANDS) band hashes.
        comparer: Compares the texts.
        rank: (texts) place from best to worst, all different.
        tie: (texts) a number that depends on the text alone, all different.
    """
    edges = comparer.compare(leader_pairs(bands, rank))
    while True:
        stars = _greedy(edges, rank)
        staying = np.flatnonzero(stars.matched < 0)
        more = comparer.compare(staying[candidate_pairs(bands[staying], tie[staying])])
        if not len(more.pairs):
            return stars
        edges = edges.joined(more)


def _greedy(edges: Edges, rank: npt.NDArray[np.int64]) -> Stars:
    """Go from best to worst: a text goes if it matches one that stays; of several it takes the most similar."""
    matched = np.full(len(rank), -1, dtype=np.int64)
    scores = np.ones(len(rank), dtype=np.float64)
    left, right = edges.pairs[:, 0], edges.pairs[:, 1]
    swap = rank[left] > rank[right]
    better, worse = np.where(swap, right, left), np.where(swap, left, right)
    order = np.lexsort((rank[better], -edges.scores, rank[worse]))
    for place in order.tolist():
        goes = worse[place]
        if matched[goes] < 0 and matched[better[place]] < 0:
            matched[goes], scores[goes] = better[place], edges.scores[place]
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
