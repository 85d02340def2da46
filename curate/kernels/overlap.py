"""How many words and numbers of one text stand in another, from UTF-8 bytes of normal forms."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

COLUMNS = ("words", "found", "numbers", "numbers_found")
STEM = 6
SHORTEST = 4


@kernel
def overlap(  # noqa: PLR0912 - one flat loop over flat arrays, as a kernel must be
    source: npt.NDArray[np.uint8],
    source_starts: npt.NDArray[np.int64],
    answer: npt.NDArray[np.uint8],
    answer_starts: npt.NDArray[np.int64],
    out: npt.NDArray[np.int32],
) -> None:
    """Count the content words and numbers of each answer, and those of them that its source holds.

    Words are apart by a space; a sign that takes three bytes from U+3000 on (Han, Kana, Hangul) is a word of its own.
    A word without a digit counts from four bytes on and is told by its first six, so that endings do not matter. A
    number is a word with a digit in it, but for integers of one or two digits, which mostly number a list.

    Args:
        source: All sources, one after the other.
        source_starts: (rows + 1) offsets into `source`.
        answer: All answers, one after the other.
        answer_starts: (rows + 1) offsets into `answer`.
        out: (rows, 4) takes the words, those found, the numbers, those found.
    """
    prime, seed = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xCBF29CE484222325)
    longest = 0
    for row in range(len(source_starts) - 1):
        longest = max(longest, source_starts[row + 1] - source_starts[row])
    slots = 16
    while slots < 2 * (longest + 1):
        slots *= 2
    table = np.zeros(slots, dtype=np.uint64)
    for row in range(len(source_starts) - 1):
        size = 16
        while size < 2 * (source_starts[row + 1] - source_starts[row] + 1):
            size *= 2
        table[:size] = 0
        out[row] = 0
        for side in range(2):
            if side == 0:
                data, start, end = source, source_starts[row], source_starts[row + 1]
            else:
                data, start, end = answer, answer_starts[row], answer_starts[row + 1]
            place = start
            while place < end:
                if data[place] == 32:
                    place += 1
                    continue
                last, single = place, 0xE3 <= data[place] < 0xF0
                if single:
                    last = min(place + 3, end)
                else:
                    while last < end and data[last] != 32 and not 0xE3 <= data[last] < 0xF0:
                        last += 1
                digit, plain = False, True
                for at in range(place, last):
                    if 48 <= data[at] <= 57:
                        digit = True
                    else:
                        plain = False
                length = last - place
                small = plain and length <= 2
                if (digit and not small) or (not digit and (single or length >= SHORTEST)):
                    value = seed
                    for at in range(place, last if digit else min(last, place + STEM)):
                        value = np.uint64((value ^ np.uint64(data[at])) * prime)
                        value ^= value >> np.uint64(31)
                    value = value or seed
                    slot = np.int64(value >> np.uint64(20)) & (size - 1)
                    while table[slot] != 0 and table[slot] != value:
                        slot = (slot + 1) & (size - 1)
                    if side == 0:
                        table[slot] = value
                    else:
                        column = 2 if digit else 0
                        out[row, column] += 1
                        out[row, column + 1] += table[slot] == value
                place = last
