"""Groups of equal hashes."""

import numpy as np
import numpy.typing as npt


def number_groups(
    halves: npt.NDArray[np.uint64],
    first: npt.NDArray[np.int64],  # noqa: ARG001 - the arguments of its kernel
    out: npt.NDArray[np.int64],
) -> None:
    """Number the groups of equal hashes in the order of their first members."""
    numbers: dict[tuple[int, int], int] = {}
    for row, (low, high) in enumerate(halves.tolist()):
        out[row] = numbers.setdefault((low, high), len(numbers))
