"""In what words two normal forms differ."""

import numpy as np
import numpy.typing as npt

from curate.alike import differing
from curate.plain.likeness import text_of


def differences(  # noqa: PLR0913, PLR0917 - the arguments of its kernel
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    pairs: npt.NDArray[np.int64],
    limits: npt.NDArray[np.int64],
    digits: npt.NDArray[np.uint8],  # noqa: ARG001 - as above
    known: npt.NDArray[np.uint64],  # noqa: ARG001 - as above
    phrases: tuple[npt.NDArray[np.uint8], ...],  # noqa: ARG001 - as above
    out: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
) -> None:
    """Write for each pair what words of the first text stand where others stand in the second."""
    most, signs = limits[:2].tolist()
    at = 0
    for place, (ours, theirs) in enumerate(pairs.tolist()):
        line = differing(text_of(data, starts, ours), text_of(data, starts, theirs), most)[:signs].encode()
        out[at : at + len(line)] = np.frombuffer(line, dtype=np.uint8)
        at += len(line)
        ends[place] = at
