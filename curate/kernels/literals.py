"""Any of many literals, found in one walk over the bytes of texts."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def find_literals(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    steps: npt.NDArray[np.uint16],
    found: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
) -> None:
    """Mark which literals each text holds, by one walk through an automaton.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        steps: (states x 256) the state that follows a state on a byte, flat; state 0 is the first.
        found: (states) the bits of the literals that end in a state. All states with bits stand last.
        out: (rows) takes the bits of all literals of the text.
    """
    first = np.uint64(0)
    while first < len(found) and found[first] == 0:
        first += np.uint64(1)
    for row in range(len(starts) - 1):
        # Of unsigned places numba does not ask whether they count from the end, which costs as much as the step.
        state, bits = np.uint64(0), np.uint64(0)
        text = data[starts[row] : starts[row + 1]]
        for place in range(len(text)):
            state = np.uint64(steps[(state << np.uint64(8)) + np.uint64(text[place])])
            if state >= first:
                bits |= found[state]
        out[row] = bits
