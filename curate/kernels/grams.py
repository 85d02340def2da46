"""Runs of words in UTF-8 texts, hashed, and looked up in a table of the runs to find."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

BASE = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)
_SEED = np.uint64(0xCBF29CE484222325)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)
_NONE = np.uint64(0)
_ONE = np.uint64(1)


@kernel
def split_words(
    data: npt.NDArray[np.uint8],
    start: int,
    end: int,
    hashes: npt.NDArray[np.uint64],
    begins: npt.NDArray[np.int64],
) -> int:
    """Hash the words of one normal form: runs between spaces, and each Han or Kana sign for itself.

    Args:
        data: All texts in UTF-8.
        start: Where this one begins.
        end: Where it ends.
        hashes: (bytes) takes the hash of each word.
        begins: (bytes) takes the offset of each word in `data`.

    Returns:
        How many words there are.
    """
    count, inside, place, word = 0, False, start, _SEED
    while place < end:
        byte = data[place]
        size, single = 1, False
        if byte >= 0xE0:
            size = 3 if byte < 0xF0 else 4
            code = byte & 0x0F if size == 3 else byte & 0x07
            for more in range(1, size):
                code = code << 6 | (data[place + more] & 0x3F if place + more < end else 0)
            single = 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF
            single = single or 0x20000 <= code <= 0x3FFFF
        if inside and (single or byte == 32):
            hashes[count] = (word ^ (word >> _SHIFT)) * _MIX
            count += 1
            inside = False
        if byte != 32:
            if not inside:
                word, inside, begins[count] = _SEED, True, place
            for more in range(size):
                if place + more < end:
                    word = (word ^ np.uint64(data[place + more])) * _PRIME
            if single:
                hashes[count] = (word ^ (word >> _SHIFT)) * _MIX
                count += 1
                inside = False
        place += size
    if inside:
        hashes[count] = (word ^ (word >> _SHIFT)) * _MIX
        count += 1
    return count


@kernel
def text_grams(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    size: int,
    keys: npt.NDArray[np.uint64],
    rows: npt.NDArray[np.int32],
    words: npt.NDArray[np.int32],
) -> int:
    """List the runs of `size` words of each text; of a shorter text, the one run that is all of it.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        size: Words in a run.
        keys: (bytes) takes the hash of each run.
        rows: (bytes) takes the text that it stands in.
        words: (rows) takes the words of each text.

    Returns:
        How many runs there are.
    """
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    hashes, begins = np.empty(longest + 1, dtype=np.uint64), np.empty(longest + 1, dtype=np.int64)
    found = 0
    for row in range(len(starts) - 1):
        count = split_words(data, starts[row], starts[row + 1], hashes, begins)
        words[row] = count
        own = min(size, count)
        if not own:
            continue
        for first in range(count - own + 1):
            code = _NONE
            for place in range(first, first + own):
                code = code * BASE + hashes[place]
            keys[found], rows[found] = run_key(code, own), row
            found += 1
    return found


@kernel
def run_key(code: np.uint64, size: int) -> np.uint64:
    """Mix the length of a run into its hash, which is never 0."""
    mixed = (code ^ np.uint64(size)) * _MIX
    mixed ^= mixed >> _SHIFT
    return mixed if mixed != _NONE else _ONE


@kernel
def fill_table(keys: npt.NDArray[np.uint64], table: npt.NDArray[np.uint64], values: npt.NDArray[np.int32]) -> None:
    """Enter keys, all different and none of them 0, into a table with open addressing, with their places as values.

    Args:
        keys: (keys) what to enter.
        table: (slots) zeros, a power of two of them and more than there are keys.
        values: (slots) takes the places.
    """
    last = np.uint64(len(table) - 1)
    for place in range(len(keys)):
        slot = keys[place] & last
        while table[slot] != _NONE:
            slot = (slot + _ONE) & last
        table[slot], values[slot] = keys[place], place


@kernel
def find_grams(  # noqa: PLR0912, PLR0913, PLR0917 - one flat loop over flat arrays, as a kernel must be
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int32],
    table: npt.NDArray[np.uint64],
    values: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    texts: npt.NDArray[np.int32],
    reach: npt.NDArray[np.int32],
    needed: npt.NDArray[np.int32],
    out: npt.NDArray[np.int32],
) -> None:
    """Find in each row the text with the most runs in common, of those that share as many as they need.

    Runs count together where they begin within `reach` words of the first of them.

    Args:
        data: All rows in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        sizes: Lengths of the runs in the table, in words, each once.
        table: (slots) hashes of the runs (`fill_table`).
        values: (slots) number of each run.
        offsets: (runs + 1) where the texts of each run begin in `texts`.
        texts: The texts that hold the runs.
        reach: (texts) words that the runs of a text may lie apart.
        needed: (texts) fewest runs in common; 0 leaves the text out.
        out: (rows, 3) takes the text, -1 for none; the runs in common; the offset of the first in the row, in bytes.
    """
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    hashes, begins = np.empty(longest + 1, dtype=np.uint64), np.empty(longest + 1, dtype=np.int64)
    prefix = np.empty(longest + 2, dtype=np.uint64)
    number = len(needed)
    here, first = np.zeros(number, dtype=np.int32), np.zeros(number, dtype=np.int32)
    most, where = np.zeros(number, dtype=np.int32), np.zeros(number, dtype=np.int32)
    touched = np.empty(number, dtype=np.int32)
    last = np.uint64(len(table) - 1)
    for row in range(len(starts) - 1):
        start = starts[row]
        count = split_words(data, start, starts[row + 1], hashes, begins)
        prefix[0] = _NONE
        for place in range(count):
            prefix[place + 1] = prefix[place] * BASE + hashes[place]
        seen = 0
        for size in sizes:
            power = _ONE
            for _ in range(size):
                power *= BASE
            for place in range(count - size + 1):
                key = run_key(prefix[place + size] - prefix[place] * power, size)
                slot = key & last
                while table[slot] != _NONE and table[slot] != key:
                    slot = (slot + _ONE) & last
                if table[slot] == _NONE:
                    continue
                run = values[slot]
                for entry in range(offsets[run], offsets[run + 1]):
                    text = texts[entry]
                    if not most[text]:
                        touched[seen] = text
                        seen += 1
                    elif place - first[text] <= reach[text]:
                        here[text] += 1
                        if here[text] > most[text]:
                            most[text], where[text] = here[text], first[text]
                        continue
                    here[text], first[text] = 1, place
                    if not most[text]:
                        most[text], where[text] = 1, place
        best, share = -1, 0.0
        for entry in range(seen):
            text = touched[entry]
            if needed[text] and most[text] >= needed[text]:
                own = most[text] / needed[text]
                if own > share or (own == share and text < best):
                    best, share = text, own
        out[row, 0] = best
        out[row, 1] = most[best] if best >= 0 else 0
        out[row, 2] = begins[where[best]] - start if best >= 0 else 0
        for entry in range(seen):
            most[touched[entry]] = 0
