"""Groups of equal hashes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def number_groups(halves: npt.NDArray[np.uint64], first: npt.NDArray[np.int64], out: npt.NDArray[np.int64]) -> None:
    """Number the groups of equal hashes in the order of their first members.

    Args:
        halves: (rows, 2) hashes of 128 bits.
        first: Hash table, a power of two long and longer than there are rows; all -1.
        out: (rows) takes the number of each row's group, from 0 on.
    """
    slots, groups = np.uint64(len(first) - 1), 0
    for row in range(len(halves)):
        low, high = halves[row, 0], halves[row, 1]
        slot = low & slots
        while first[slot] >= 0 and (halves[first[slot], 0] != low or halves[first[slot], 1] != high):
            slot = (slot + np.uint64(1)) & slots
        if first[slot] < 0:
            first[slot], out[row] = row, groups
            groups += 1
        else:
            out[row] = out[first[slot]]
