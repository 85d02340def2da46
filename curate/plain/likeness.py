"""Whether two normal forms say the same, with rapidfuzz and the standard library."""

import numpy as np
import numpy.typing as npt

from curate.alike import GUARDS, guard_of, similarity


def similarities(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    pairs: npt.NDArray[np.int64],
    threshold: float,
    longest: int,
    out: npt.NDArray[np.float64],
) -> None:
    """Give the Indel similarity of the texts of each pair, 0 below the threshold."""
    for place, (left, right) in enumerate(pairs.tolist()):
        ours, theirs = text_of(data, starts, left), text_of(data, starts, right)
        long = max(len(ours), len(theirs)) > longest
        out[place] = -1 if long else similarity(ours, theirs, threshold)


def look(  # noqa: PLR0913, PLR0917 - the arguments of its kernel
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    pairs: npt.NDArray[np.int64],
    most: int,
    side: float,  # noqa: ARG001 - as above
    limits: npt.NDArray[np.int64],  # noqa: ARG001 - as above
    digits: npt.NDArray[np.uint8],  # noqa: ARG001 - as above
    known: npt.NDArray[np.uint64],  # noqa: ARG001 - as above
    out: npt.NDArray[np.uint8],
    looked: npt.NDArray[np.bool_],
) -> None:
    """Tell which pairs of similar texts are copies, for each text from the most similar on until one is."""
    of, left_to_look = -1, 0
    for place, (better, owner) in enumerate(pairs.tolist()):
        if owner != of:
            of, left_to_look = owner, most
        looked[place] = not most or left_to_look > 0
        if looked[place]:
            guard = guard_of(*sorted((text_of(data, starts, better), text_of(data, starts, owner))))
            out[place] = GUARDS.index(guard)
            left_to_look = left_to_look - 1 if guard else 0


def text_of(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], place: int) -> str:
    """Give a text."""
    return data[starts[place] : starts[place + 1]].tobytes().decode()
