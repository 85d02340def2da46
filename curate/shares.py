"""Filling splits with whole groups, as nearly as the groups allow."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def fill(
    groups: npt.NDArray[np.int64], draws: npt.NDArray[np.uint64], shares: Sequence[float]
) -> npt.NDArray[np.int64]:
    """Choose a split for each row, the same for all rows of a group.

    Groups come in the order of their lowest draw. Every split but the first takes those that still fit, then one more
    where that comes nearer, and at least one group where there are groups enough; the first split takes the rest.

    Args:
        groups: (rows) a number for each group.
        draws: (rows) what each row drew; equal for rows that are equal, else different.
        shares: Share of the rows of each split.

    Returns:
        (rows) place of the split in `shares`.
    """
    _, of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    lowest = np.full(len(sizes), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(lowest, of, draws)
    order = np.lexsort((-sizes, lowest))
    chosen = np.zeros(len(sizes), dtype=np.int64)
    free = np.ones(len(sizes), dtype=bool)
    wanted = [share * len(groups) for share in shares]
    # The smallest splits choose first, for the others can make good what they leave.
    waiting = sorted((place for place in range(1, len(shares)) if wanted[place] > 0), key=lambda place: wanted[place])
    for done, place in enumerate(waiting, start=1):
        left = order[free[order]]
        most = len(left) - (len(waiting) - done) - 1  # each split that follows, and the first one, wants a group
        if most <= 0:
            continue
        taken = _fitting(sizes[left], wanted[place])
        if not taken.any():
            taken[int(np.argmin(sizes[left]))] = True
        taken[np.flatnonzero(taken)[most:]] = False
        chosen[left[taken]], free[left[taken]] = place, False
    return chosen[of]


def _fitting(sizes: npt.NDArray[np.int64], wanted: float) -> npt.NDArray[np.bool_]:
    """Take groups in order while they fit, and one more where that comes nearer to what is wanted."""
    room = wanted
    taken = np.zeros(len(sizes), dtype=bool)
    start = 0
    while start < len(sizes):
        # All that fit in a row are taken at once; what does not fit is passed over.
        total = np.cumsum(sizes[start:])
        fits = int(np.searchsorted(total, room, side="right"))
        taken[start : start + fits] = True
        room -= float(total[fits - 1]) if fits else 0.0
        start += fits
        smaller = np.flatnonzero(sizes[start:] <= room)
        if not len(smaller):
            break
        start += int(smaller[0])
    rest = np.flatnonzero(~taken)
    if room > 0 and len(rest):
        smallest = int(rest[np.argmin(sizes[rest])])
        taken[smallest] = sizes[smallest] - room < room
    return taken
