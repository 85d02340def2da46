"""Pairs of vectors that point nearly the same way.

Up to `EXACT_ROWS` vectors every pair is looked at, by blocks of a matrix product. That grows with the square of the
rows; so beyond, only pairs are looked at that share one of their nearest centres, which grows with rows ** 1.5 and
misses few. Either way the result depends on the vectors and their order alone.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

EXACT_ROWS = 100_000
MOST_NEIGHBOURS = 64
_CELLS = 1 << 25
_PROBES = 3
_ROUNDS = 6
_SLACK = 1e-5  # what a float32 product may be off by


class Hits(NamedTuple):
    """Pairs that are alike.

    Attributes:
        pairs: (hits, 2) int64, the lower place first, each pair once, sorted.
        scores: (hits) cosine in float64.
    """

    pairs: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


def alike_pairs(
    vectors: npt.NDArray[np.float16],
    threshold: float,
    *,
    groups: npt.NDArray[np.int64] | None = None,
    exact_rows: int = EXACT_ROWS,
) -> Hits:
    """Find for each vector those before it whose cosine is at least `threshold`, the `MOST_NEIGHBOURS` nearest.

    Args:
        vectors: (rows, dim), of any length; a row of zeros is like nothing.
        threshold: Least cosine, above 0.
        groups: (rows) only pairs within a group are wanted; None where all are.
        exact_rows: From how many rows on to look at pairs that share a centre only.
    """
    if groups is None:
        groups = np.zeros(len(vectors), dtype=np.int64)
    members = [np.arange(len(vectors))] if len(vectors) <= exact_rows else _cells(vectors)
    codes = np.unique(
        np.concatenate([np.zeros(0, dtype=np.int64)] + [_within(vectors, each, groups, threshold) for each in members])
    )
    pairs = np.stack(np.divmod(codes, max(len(vectors), 1)), axis=1)
    scores = cosines(vectors, pairs)
    good = scores >= threshold
    return Hits(pairs[good], scores[good])


def cosines(vectors: npt.NDArray[np.float16], pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Give the cosine of each pair in float64, so that it does not depend on the other pairs."""
    scores = np.zeros(len(pairs), dtype=np.float64)
    for start in range(0, len(pairs), 1 << 15):
        left, right = (vectors[pairs[start : start + (1 << 15), side]].astype(np.float64) for side in (0, 1))
        norms = np.sqrt((left * left).sum(axis=1) * (right * right).sum(axis=1))
        scores[start : start + len(left)] = (left * right).sum(axis=1) / np.maximum(norms, 1e-12)
    return scores


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Bring rows to length 1; a row of zeros stays as it is."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1.0), dtype=np.float32)


def _within(
    vectors: npt.NDArray[np.float16], members: npt.NDArray[np.int64], groups: npt.NDArray[np.int64], threshold: float
) -> npt.NDArray[np.int64]:
    """Look at every pair of some vectors; a pair's code is its lower place times all rows, plus the higher."""
    found = [np.zeros(0, dtype=np.int64)]
    some, kinds = unit(vectors[members].astype(np.float32)), groups[members]
    block = max(16, min(2048, _CELLS // max(len(members), 1)))
    alone = bool((kinds == kinds[:1]).all())
    for start in range(0, len(members), block):
        end = min(start + block, len(members))
        products = some[start:end] @ some[:end].T
        if not alone:
            products[kinds[start:end, None] != kinds[None, :end]] = -1.0
        products[np.arange(end)[None, :] >= np.arange(start, end)[:, None]] = -1.0
        hits = products >= threshold - _SLACK
        many = np.flatnonzero(hits.sum(axis=1) > MOST_NEIGHBOURS)
        if len(many):
            nearest = np.argpartition(-products[many], MOST_NEIGHBOURS - 1, axis=1)[:, :MOST_NEIGHBOURS]
            hits[many] = False
            hits[many[:, None], nearest] = True
        later, earlier = np.nonzero(hits)
        found.append(members[earlier] * len(vectors) + members[later + start])
    return np.concatenate(found)


def _cells(vectors: npt.NDArray[np.float16]) -> list[npt.NDArray[np.int64]]:
    """Give the members of each centre: the vectors that have it among their nearest."""
    from curate.embedding.centres import find_centres, nearest

    count = int(np.sqrt(len(vectors)))
    centres = find_centres(vectors, count, seed=0, rounds=_ROUNDS)
    near = nearest(vectors, centres, _PROBES)
    order = np.argsort(near.reshape(-1), kind="stable")
    ends = np.cumsum(np.bincount(near.reshape(-1), minlength=len(centres)))
    return [np.sort(part // near.shape[1]) for part in np.split(order, ends[:-1])]
