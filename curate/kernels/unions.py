"""Connected components by union-find."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def unite(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], parent: npt.NDArray[np.int64]) -> None:
    """Join the members of each pair, and leave each member with the lowest member that it hangs together with.

    Args:
        left: (pairs) one member of each pair.
        right: (pairs) the other.
        parent: (members) 0, 1, 2 and so on; takes the lowest member.
    """
    for pair in range(len(left)):
        first, second = left[pair], right[pair]
        while parent[first] != first:
            parent[first] = parent[parent[first]]
            first = parent[first]
        while parent[second] != second:
            parent[second] = parent[parent[second]]
            second = parent[second]
        if first < second:
            parent[second] = first
        else:
            parent[first] = second
    # A parent is never higher than its child, so one sweep upwards reaches every root.
    for member in range(len(parent)):
        parent[member] = parent[parent[member]]
