"""The normal form of ASCII texts, byte by byte: what `schemas.normal` gives, a hundred times faster."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

DROPPED, KEPT, BEFORE_DIGIT = 0, 1, 2


def _classes() -> npt.NDArray[np.uint8]:
    """Sort the 128 signs: become white space, stay, or stay in front of a digit."""
    from schemas.text import normal

    classes = np.zeros(128, dtype=np.uint8)
    for code in range(128):
        sign = chr(code)
        if sign.isspace():
            continue
        if normal(f"x{sign}x") == f"x{sign.lower()}x":
            classes[code] = KEPT
        elif normal(f"x{sign}1") == f"x{sign}1":
            classes[code] = BEFORE_DIGIT
    classes[ord("'")] = DROPPED
    return classes


CLASSES = _classes()


@kernel
def normal_ascii(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    out: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
) -> int:
    """Write the normal form of each ASCII text.

    Args:
        data: All texts, one after the other.
        starts: (rows + 1) offsets into `data`.
        classes: (128) what becomes of each sign.
        out: As long as `data`; takes the normal forms, one after the other.
        ends: (rows) takes the offset in `out` after each.

    Returns:
        How much of `out` was written.
    """
    written = 0
    for row in range(len(starts) - 1):
        start, end, begin = starts[row], starts[row + 1], written
        gap = False
        for place in range(start, end):
            sign = data[place]
            if sign == 39 and start < place < end - 1 and _in_word(data[place - 1]) and _in_word(data[place + 1]):
                continue
            fate = classes[sign]
            if fate == 2:
                # An apostrophe that vanishes stands between letters, so it never hides the digit that follows.
                fate = 1 if place + 1 < end and 48 <= data[place + 1] <= 57 else 0
            if fate == 0:
                gap = written > begin
                continue
            if gap:
                out[written] = 32
                written += 1
                gap = False
            out[written] = sign + 32 if 65 <= sign <= 90 else sign
            written += 1
        if written == begin:
            gap = False
            for place in range(start, end):
                sign = data[place]
                if sign == 32 or 9 <= sign <= 13 or 28 <= sign <= 31:
                    gap = written > begin
                    continue
                if gap:
                    out[written] = 32
                    written += 1
                    gap = False
                out[written] = sign
                written += 1
        ends[row] = written
    return written


@kernel
def _in_word(sign: int) -> bool:
    """Tell whether a byte is a letter, a digit or an underscore."""
    return 48 <= sign <= 57 or 65 <= sign <= 90 or 97 <= sign <= 122 or sign == 95
