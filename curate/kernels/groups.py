"""Grouping equal hashes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def number_groups(
    halves: npt.NDArray[np.uint64], table: npt.NDArray[np.int32], out: npt.NDArray[np.int64]
) -> int:
    """Number the groups of equal hashes in the order of their first members.

    Args:
        halves: (rows, 2) hashes of 128 bits, well mixed.
        table: Hash table, a power of two long and longer than there are rows; all -1.
        out: (rows) takes the numbers.

    Returns:
        How many groups there are.
    """
    slots = np.uint64(len(table) - 1)
    groups = 0
    for row in range(len(halves)):
        slot = halves[row, 0] & slots
        while table[slot] >= 0 and (
            halves[table[slot], 0] != halves[row, 0] or halves[table[slot], 1] != halves[row, 1]
        ):
            slot = np.uint64(slot + np.uint64(1)) & slots
        if table[slot] < 0:
            table[slot] = row
            out[row] = groups
            groups += 1
        else:
            out[row] = out[table[slot]]
    return groups
