"""What rules a pair of texts out as copies before they are compared: their numbers, and the gist of short ones."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

SEED, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@kernel
def text_traits(  # noqa: PLR0912 - one flat loop over flat arrays, as a kernel must be
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    digits: npt.NDArray[np.uint8],
    free: npt.NDArray[np.uint64],
    limits: npt.NDArray[np.int64],
    out: npt.NDArray[np.int64],
) -> None:
    """Hash the words of each normal form that hold a digit, and the words that a copy of a short text must share.

    Words stand between spaces and line ends; a Han or Kana sign is a word of its own. A word's hash is FNV-1a over its
    bytes. Words in `free` do not count for the gist, and a plural or third-person s is taken off.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        digits: Whether a code point is a decimal digit; those beyond its end are none.
        free: Hash table, a power of two long, of the hashes of the words without a meaning of their own; 0 is empty.
        limits: (2) words from which a text is long, and bytes from which it is so whatever its words.
        out: (rows, 3) takes how many words hold a digit; the sum of their mixed hashes; the hash of the gist, 0 for a
            long text.
    """
    for row in range(len(starts) - 1):
        place, end = starts[row], starts[row + 1]
        short = end - place <= limits[1]
        # Most long texts hold no digit, and are done: told by a loop that the compiler does many bytes at a time in.
        text = data[place:end]
        spaces, odd = 0, 0
        for at in range(len(text)):
            spaces += text[at] == 32
            odd += (text[at] >= 0x80) | (np.uint8(text[at] - np.uint8(48)) < 10)
        if spaces >= limits[0] and not odd:
            out[row, 0] = out[row, 1] = out[row, 2] = 0
            continue
        numbers, words = 0, 0
        total, gist = np.uint64(0), SEED
        while place < end:
            begin, digit, single = place, False, False
            while place < end:
                byte = data[place]
                if byte < 0x80:
                    if byte == 32 or byte == 10:  # noqa: PLR1714 - a set would be built for each sign
                        break
                    digit |= 48 <= byte <= 57
                    place += 1
                    continue
                code, size = decoded(data, place)
                if (
                    0x3040 <= code <= 0x30FF
                    or 0x3400 <= code <= 0x9FFF
                    or 0xF900 <= code <= 0xFAFF
                    or 0x20000 <= code <= 0x3FFFF
                ):
                    # The sign is a word of its own: it ends the one before, and is taken up in the next round.
                    if place == begin:
                        place += size
                        single = True
                    break
                digit |= code < len(digits) and digits[code] != 0
                place += size
            if place > begin:
                words += 1
                counts = short and words <= limits[0]
                if digit or counts:
                    word, stem = hashed(data, begin, place)
                    if digit:
                        numbers += 1
                        mixed = np.uint64((word ^ (word >> np.uint64(31))) * _MIX)
                        total = np.uint64(total + (mixed ^ (mixed >> np.uint64(29))))
                    if counts and not _among(free, word):
                        gist = np.uint64((gist ^ (stem ^ (stem >> np.uint64(29)))) * PRIME)
                        gist = np.uint64(gist ^ (gist >> np.uint64(32)))
            place += not single and place < end and data[place] <= 32
        out[row, 0] = numbers
        out[row, 1] = np.int64(total >> np.uint64(1))
        out[row, 2] = 0
        if short and words < limits[0]:
            out[row, 2] = np.int64(gist >> np.uint64(1)) or np.int64(1)


@kernel
def decoded(data: npt.NDArray[np.uint8], place: int) -> tuple[int, int]:
    """Read the code point at a place, which is no ASCII sign, and tell how many bytes it has."""
    byte = np.int64(data[place])
    if byte < 0xE0:
        return (byte & 0x1F) << 6 | (data[place + 1] & 0x3F), 2
    if byte < 0xF0:
        return (byte & 0x0F) << 12 | (data[place + 1] & 0x3F) << 6 | (data[place + 2] & 0x3F), 3
    code = (byte & 0x07) << 18 | (data[place + 1] & 0x3F) << 12 | (data[place + 2] & 0x3F) << 6
    return code | (data[place + 3] & 0x3F), 4


@kernel
def hashed(data: npt.NDArray[np.uint8], begin: int, end: int) -> tuple[np.uint64, np.uint64]:
    """Hash a word by its bytes, and without a plural or third-person s."""
    word = before = SEED
    for place in range(begin, end):
        before = word
        word = np.uint64((word ^ np.uint64(data[place])) * PRIME)
    plural = end - begin > 3 and data[end - 1] == 115 and data[end - 2] != 115
    return word, before if plural else word


@kernel
def _among(table: npt.NDArray[np.uint64], word: np.uint64) -> bool:
    """Look a hash up in a table with open addressing."""
    slots = np.uint64(len(table) - 1)
    slot = np.uint64(word ^ (word >> np.uint64(32))) & slots
    while table[slot] != 0 and table[slot] != word:
        slot = np.uint64(slot + np.uint64(1)) & slots
    return table[slot] == word  # type: ignore[no-any-return]  # numpy's comparison
