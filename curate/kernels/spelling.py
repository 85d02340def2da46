"""The plain words of texts that a dictionary does not hold, from UTF-8 bytes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

SHORTEST, LONGEST = 4, 20
# What may stand beside a plain word; beside anything else it is part of a name, an address or code.
BESIDE = b" \t\r\n,.;:!?\"'()"


def beside() -> npt.NDArray[np.bool_]:
    """Mark the bytes that may stand beside a plain word."""
    marks = np.zeros(256, dtype=np.bool_)
    marks[list(BESIDE)] = True
    return marks


@kernel
def word_hash(data: npt.NDArray[np.uint8], start: int, end: int) -> np.uint64:
    """Hash the bytes from start to end; never 0."""
    prime, value = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xCBF29CE484222325)
    for place in range(start, end):
        value = np.uint64((value ^ np.uint64(data[place])) * prime)
        value ^= value >> np.uint64(31)
    return value or prime


@kernel
def filled(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], slots: int) -> npt.NDArray[np.uint64]:
    """Put the hashes of words into a table with open addressing: (slots) uint64, a power of two, 0 for empty."""
    table = np.zeros(slots, dtype=np.uint64)
    for word in range(len(starts) - 1):
        value = word_hash(data, starts[word], starts[word + 1])
        slot = np.int64(value >> np.uint64(20)) & (slots - 1)
        while table[slot] != 0 and table[slot] != value:
            slot = (slot + 1) & (slots - 1)
        table[slot] = value
    return table


@kernel
def unknown(  # noqa: PLR0913, PLR0917 - one flat loop over flat arrays, as a kernel must be
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    table: npt.NDArray[np.uint64],
    marks: npt.NDArray[np.bool_],
    words: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int64],
    out: npt.NDArray[np.int64],
) -> int:
    """Write where the plain words of each text that are not in the table stand.

    A plain word has 4 to 20 lower-case ASCII letters. Beside it stand white space and marks of prose, but no two of
    them that make it code or a name (`a.b`, `f(`), and no apostrophe with a letter behind it. A word in
    double quotes is spoken of.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        table: What `filled` gives.
        marks: What `beside` gives.
        words: (rows) takes the plain words of each text.
        ends: (rows) takes the number of words found up to and with each text.
        out: (a fifth of the bytes and one for each row, 2) takes the offsets of each word's first and past-last byte.

    Returns:
        How many words were found.
    """
    written, slots = 0, len(table)
    for row in range(len(starts) - 1):
        count, place, end = 0, starts[row], starts[row + 1]
        while place < end:
            if not 97 <= data[place] <= 122:
                place += 1
                continue
            last = place
            while last < end and 97 <= data[last] <= 122:
                last += 1
            first, place = place, last
            if not SHORTEST <= last - first <= LONGEST:
                continue
            before = data[first - 1] if first > starts[row] else 32
            after = data[last] if last < end else 32
            then = data[last + 1] if last + 1 < end else 32
            if not marks[before] or not marks[after] or before in (46, 58) or after == 40:
                continue
            if after in (39, 46, 58) and not (then <= 32 or then in (34, 39, 41)):
                continue
            if before == 39 and first - 1 > starts[row] and data[first - 2] > 32 and data[first - 2] != 40:
                continue
            if before == after == 34:
                continue
            count += 1
            value = word_hash(data, first, last)
            slot = np.int64(value >> np.uint64(20)) & (slots - 1)
            while table[slot] != 0 and table[slot] != value:
                slot = (slot + 1) & (slots - 1)
            if table[slot] == 0:
                out[written, 0], out[written, 1] = first, last
                written += 1
        words[row] = count
        ends[row] = written
    return written
