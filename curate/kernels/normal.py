"""The normal form of ASCII texts, byte by byte: what `schemas.normal` gives, a hundred times faster."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

GAP, NEIGHBOURS = 0, 1


def _become() -> npt.NDArray[np.uint8]:
    """Tell what becomes of the 128 signs; bytes that are none are never looked up."""
    from schemas.text import normal

    become = np.zeros(256, dtype=np.uint8)
    for code in range(128):
        sign = chr(code)
        if sign.isspace():
            continue
        if normal(f"x{sign}x") == f"x{sign.lower()}x":
            become[code] = ord(sign.lower())
        elif normal(f"x{sign}1") == f"x{sign}1":
            become[code] = NEIGHBOURS
    become[ord("'")] = NEIGHBOURS
    return become


BECOME = _become()


@kernel
def normal_ascii(  # noqa: PLR0912 - one flat loop, as a kernel must be
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    become: npt.NDArray[np.uint8],
    out: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
) -> int:
    """Write the normal form of each ASCII text.

    Args:
        data: All texts, one after the other.
        starts: (rows + 1) offsets into `data`.
        become: (256) what becomes of each sign: itself or its lower case, 0 for a gap, 1 where its neighbours tell.
        out: Longer than `data`; takes the normal forms, one after the other.
        ends: (rows) takes the offset in `out` after each.

    Returns:
        How much of `out` was written.
    """
    written = 0
    for row in range(len(starts) - 1):
        start, end, begin = starts[row], starts[row + 1], written
        place = start
        while place < end:
            sign = become[data[place]]
            # A run of signs that stay is nearly all of a text: one look-up and one write for each.
            while sign > 1:
                out[written] = sign
                written += 1
                place += 1
                sign = become[data[place]] if place < end else 0
            if place == end:
                break
            # What follows is no such sign: a mark that may stay, an apostrophe that may vanish, or a gap.
            byte = data[place]
            place += 1
            if sign == 1:
                if byte == 39:
                    if start < place - 1 and place < end and _in_word(data[place - 2]) and _in_word(data[place]):
                        continue
                elif place < end and 48 <= data[place] <= 57:
                    # An apostrophe that vanishes stands between letters, so it never hides the digit that follows.
                    out[written] = byte
                    written += 1
                    continue
            if written > begin and out[written - 1] != 32:
                out[written] = 32
                written += 1
        if written > begin and out[written - 1] == 32:
            written -= 1
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
