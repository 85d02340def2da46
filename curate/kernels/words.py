"""Counting words in UTF-8 bytes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def count_words(  # noqa: PLR0912 - one flat loop, as a kernel must be
    data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], out: npt.NDArray[np.int32]
) -> None:
    """Count the words of each text: runs between white space, and each Han or Kana sign for itself.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        out: (rows) takes the counts.
    """
    for row in range(len(starts) - 1):
        words, inside, place, end = 0, False, starts[row], starts[row + 1]
        while place < end:
            byte = data[place]
            if byte < 0x80:
                if byte == 32 or 9 <= byte <= 13 or 28 <= byte <= 31:
                    inside = False
                elif not inside:
                    inside = True
                    words += 1
                place += 1
                continue
            if byte < 0xE0:
                code, size = (byte & 0x1F) << 6, 2
            elif byte < 0xF0:
                code, size = (byte & 0x0F) << 12, 3
            else:
                code, size = (byte & 0x07) << 18, 4
            for more in range(1, size):
                if place + more < end:
                    code |= (data[place + more] & 0x3F) << (6 * (size - 1 - more))
            place += size
            if code in (0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A:
                inside = False
            elif 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code >= 0x20000:
                # From 0x20000 on there are Han signs only, and nothing else that is assigned but tags and variants.
                words += 1
                inside = False
            elif not inside:
                inside = True
                words += 1
        out[row] = words
