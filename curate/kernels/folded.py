"""The normal form of texts in any script, code point by code point, by tables of what becomes of each."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

KEPT, BEFORE_DIGIT, IN_WORD, DIGIT, SPACE, APOSTROPHE = 1, 2, 4, 8, 16, 32


@kernel
def normal_folded(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917 - one flat loop over flat arrays, as a kernel must be
    codes: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    folds: npt.NDArray[np.int32],
    folded: npt.NDArray[np.uint32],
    flags: npt.NDArray[np.uint8],
    out: npt.NDArray[np.uint8],
    ends: npt.NDArray[np.int64],
) -> int:
    """Write the normal form of each text in UTF-8.

    Args:
        codes: All texts as code points, one after the other.
        starts: (rows + 1) offsets into `codes`.
        folds: For each code point there is, where in `folded` its folded form stands; negative where what becomes of it
            depends on its neighbours.
        folded: At each such place how many code points follow, and these.
        flags: For each code point there is, the sum of what holds for it once folded.
        out: Takes the normal forms, one after the other; at least four bytes for each folded code point.
        ends: (rows) takes the offset in `out` after each; minus one where a text cannot be done by tables.

    Returns:
        How much of `out` was written.
    """
    longest = 0
    for row in range(len(starts) - 1):
        size = 0
        for place in range(starts[row], starts[row + 1]):
            fold = folds[codes[place]]
            size += folded[max(fold, 0)]
        longest = max(longest, size)
    signs = np.empty(longest + 1, dtype=np.uint32)
    written = 0
    for row in range(len(starts) - 1):
        count, whole, begin = 0, True, written
        for place in range(starts[row], starts[row + 1]):
            fold = folds[codes[place]]
            if fold < 0:
                whole = False
                break
            for more in range(np.int64(folded[fold])):
                signs[count] = folded[fold + 1 + more]
                count += 1
        if not whole:
            ends[row] = -1
            continue
        # The first round leaves marks out; where nothing is left, the second keeps them.
        for keep_all in range(2):
            if written > begin:
                break
            gap = False
            for place in range(count):
                sign = signs[place]
                flag = flags[sign]
                if keep_all == 0:
                    if (
                        flag & 32
                        and 0 < place < count - 1
                        and flags[signs[place - 1]] & 4
                        and flags[signs[place + 1]] & 4
                    ):
                        continue
                    kept = flag & 1 or (flag & 2 and place + 1 < count and flags[signs[place + 1]] & 8)
                else:
                    kept = not flag & 16
                if not kept:
                    gap = written > begin
                    continue
                if gap:
                    out[written] = 32
                    written += 1
                    gap = False
                if sign < 0x80:
                    out[written] = sign
                    written += 1
                elif sign < 0x800:
                    out[written] = 0xC0 | (sign >> 6)
                    out[written + 1] = 0x80 | (sign & 0x3F)
                    written += 2
                elif sign < 0x10000:
                    out[written] = 0xE0 | (sign >> 12)
                    out[written + 1] = 0x80 | ((sign >> 6) & 0x3F)
                    out[written + 2] = 0x80 | (sign & 0x3F)
                    written += 3
                else:
                    out[written] = 0xF0 | (sign >> 18)
                    out[written + 1] = 0x80 | ((sign >> 12) & 0x3F)
                    out[written + 2] = 0x80 | ((sign >> 6) & 0x3F)
                    out[written + 3] = 0x80 | (sign & 0x3F)
                    written += 4
        ends[row] = written
    return written
