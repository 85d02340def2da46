"""Greedy k-centre: each pick is the vector farthest from all those picked before (Gonzalez 1985).

The order is that of the plain greedy algorithm, but most distances are brought up to date late: a distance can only
fall, so an old one is an upper bound. A few hundred of the farthest vectors are looked at together, as many picks are
made among them as are surely the farthest of all, and then one matrix product updates everyone. Time and the number of
distances grow with the rows times the picks; memory with the rows.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_CANDIDATES = 512


def k_centre(vectors: npt.NDArray[np.float32]) -> Iterator[int]:
    """Give all positions, farthest first; the first position is the first pick.

    Among equals the lower position goes first. It seeks out what is unlike the rest, broken rows too, so clean the
    rows before.

    Args:
        vectors: (rows, dim) unit rows; a row of zeros is far from all others.
    """
    if not len(vectors):
        return
    yield 0
    near = vectors @ vectors[0]  # cosine of each with the nearest pick; -1 to 1
    near[0] = np.inf
    left = len(vectors) - 1
    while left:
        some, bound, outsider = _farthest(near, min(_CANDIDATES, left))
        products = vectors[some] @ vectors[some].T
        own = near[some].copy()
        picked: list[int] = []
        while len(picked) < len(some):
            place = int(own.argmin())
            # The first is the farthest of all; the next ones must come before anyone outside.
            if picked and (own[place], some[place]) >= (bound, outsider):
                break
            picked.append(place)
            yield int(some[place])
            own = np.maximum(own, products[place])
            own[picked] = np.inf
        chosen = some[picked]
        left -= len(picked)
        near = np.maximum(near, (vectors @ vectors[chosen].T).max(axis=1))
        near[chosen] = np.inf


def _farthest(near: npt.NDArray[np.float32], count: int) -> tuple[npt.NDArray[np.int64], float, int]:
    """Give the positions of the lowest values, ascending, and the value and position of the first of all others."""
    if count >= len(near):
        return np.arange(len(near)), float("inf"), len(near)
    bound = np.partition(near, count)[count]
    below, equal = np.flatnonzero(near < bound), np.flatnonzero(near == bound)
    taken = count - len(below)
    return np.sort(np.concatenate([below, equal[:taken]])), float(bound), int(equal[taken])
