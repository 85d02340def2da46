"""Looking for many literals at once."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt


def find_literals(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    steps: npt.NDArray[np.int16],
    found: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
) -> None:
    """Give the bits of the literals that each text holds."""
    whole, table, bits = data.tobytes(), steps.tolist(), found.tolist()
    for row, (start, end) in enumerate(pairwise(starts.tolist())):
        state, seen = 0, 0
        for byte in whole[start:end]:
            state = table[state * 256 + byte]
            seen |= bits[state]
        out[row] = seen
