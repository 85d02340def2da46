"""The normal form of ASCII texts, byte by byte: what `schemas.normal` gives, a hundred times faster."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

GAP, NEIGHBOURS = 32, 1


def _become() -> npt.NDArray[np.uint8]:
    """Tell what becomes of the 128 signs; bytes that are none are never looked up."""
    from schemas.text import normal

    become = np.full(256, GAP, dtype=np.uint8)
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
def normal_ascii(
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
        become: (256) what becomes of each sign: itself or its lower case, a space for a gap, 1 where its neighbours
            tell.
        out: Longer than `data`; takes the normal forms, one after the other.
        ends: (rows) takes the offset in `out` after each.

    Returns:
        How much of `out` was written.
    """
    written = 0
    for row in range(len(starts) - 1):
        start, end, begin = starts[row], starts[row + 1], written
        # The byte before a text is a space to it, so that no gap stands at its start. A sign is written whether it
        # stays or not, and only then counted: nothing is guessed at the end of each word.
        last, count = np.uint8(GAP), np.uint64(0)
        text, room = data[start:end], out[written:]
        for place in range(len(text)):
            byte = text[place]
            sign = become[byte]
            if sign == NEIGHBOURS:
                sign = np.uint8(GAP)
                if byte == 39:
                    if 0 < place < len(text) - 1 and _in_word(text[place - 1]) and _in_word(text[place + 1]):
                        continue
                elif place < len(text) - 1 and 48 <= text[place + 1] <= 57:
                    # An apostrophe that vanishes stands between letters, so it never hides the digit that follows.
                    sign = byte
            room[count] = sign
            count += np.uint64((sign != GAP) | (last != GAP))
            last = sign
        written += np.int64(count)  # type: ignore[assignment]  # a numpy integer
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
