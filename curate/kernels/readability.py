"""Counting what makes a text easy or hard to read, in UTF-8 bytes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

COLUMNS = ("words", "sentences", "syllables", "stops", "seen", "types", "content")
SEEN = 100
BASIS, PRIME = 14695981039346656037, 1099511628211  # of FNV-1a, 64 bits
_SLOTS = 512


@kernel
def kind_of(code: np.int64) -> int:
    """Tell what a sign is: 0 a border, 1 a letter or digit, 2 a word of its own (Han, Kana), 3 an apostrophe."""
    if code < 0x80:
        if 97 <= code <= 122 or 48 <= code <= 57 or 65 <= code <= 90:
            return 1
        return 3 if code == 39 else 0
    if code == 0x2019:
        return 3
    if (
        code <= 0xBF
        or code == 0x1680
        or 0x2000 <= code <= 0x206F
        or 0x3000 <= code <= 0x303F
        or 0xFF00 <= code <= 0xFF1F
    ):
        return 0
    if 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or code >= 0x20000:
        return 2
    return 1


@kernel
def decode(data: npt.NDArray[np.uint8], place: int, end: int) -> tuple[np.int64, int]:
    """Give the sign that starts at a place, capitals of ASCII brought down, and its bytes."""
    byte = np.int64(data[place])
    if byte < 0x80:
        return (byte + 32, 1) if 65 <= byte <= 90 else (byte, 1)
    if byte < 0xE0:
        code, size = byte & 0x1F, 2
    elif byte < 0xF0:
        code, size = byte & 0x0F, 3
    else:
        code, size = byte & 0x07, 4
    for more in range(1, size):
        if place + more < end:
            code = (code << 6) | (np.int64(data[place + more]) & 0x3F)
    return code, size


@kernel
def add_word(
    word: np.uint64, table: npt.NDArray[np.uint64], stops: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32]
) -> None:
    """Count a word that ends."""
    counts[0] += 1
    place = np.searchsorted(stops, word)
    stop = place < len(stops) and stops[place] == word
    counts[3] += stop
    if counts[4] >= SEEN:
        return
    counts[4] += 1
    slot = np.int64(word % np.uint64(_SLOTS))
    while table[slot] != 0 and table[slot] != word:
        slot = (slot + 1) % _SLOTS
    if table[slot] == 0:
        table[slot] = word
        counts[5] += 1
        counts[6] += not stop


@kernel
def read_counts(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    stops: npt.NDArray[np.uint64],
    out: npt.NDArray[np.int32],
) -> None:
    """Count words, sentences, syllables, stop words, and among the first hundred words the different ones.

    A word is a run of letters, digits and signs beyond ASCII; Han and Kana signs are words of their own; an apostrophe
    inside a word is passed over. A sentence ends at `.`, `?`, `!` before white space or the end, at their Chinese
    sisters, or at the end of a line (of a list, of a verse), if a word came since the last one; words after the last
    such sign are a sentence too. A syllable is a run of the vowels a e i o u y, less a lone e at the end, and at least
    one for each word.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        stops: Hashes of stop words, ascending.
        out: (rows, 7) zeros; takes words, sentences, syllables, stop words, how many words are looked at for their
            difference, how many of these are different, and how many of the different ones are no stop words.
    """
    table = np.zeros(_SLOTS, dtype=np.uint64)
    for row in range(len(starts) - 1):
        table[:] = 0
        counts = out[row]
        place, end = starts[row], starts[row + 1]
        inside, vowel, lone_e, groups, told = False, False, False, 0, 0
        word = np.uint64(BASIS)
        while place < end:
            code, size = decode(data, place, end)
            kind = kind_of(code)
            place += size
            if kind == 1:
                if not inside:
                    inside, vowel, groups, word = True, False, 0, np.uint64(BASIS)
                word = (word ^ np.uint64(code)) * np.uint64(PRIME)
                is_vowel = code in (97, 101, 105, 111, 117, 121)
                lone_e = code == 101 and not vowel
                groups += is_vowel and not vowel
                vowel = is_vowel
                continue
            if kind == 3 and inside:
                continue
            if inside:
                inside = False
                counts[2] += max(groups - (lone_e and groups > 1), 1)
                add_word(word, table, stops, counts)
            if kind == 2:
                counts[2] += 1
                add_word((np.uint64(BASIS) ^ np.uint64(code)) * np.uint64(PRIME), table, stops, counts)
                continue
            closing = code in (10, 0x3002, 0xFF01, 0xFF1F)
            if code in (33, 46, 63):
                closing = place >= end or data[place] == 32 or 9 <= data[place] <= 13
            if closing and counts[0] > told:
                counts[1] += 1
                told = counts[0]
        if inside:
            counts[2] += max(groups - (lone_e and groups > 1), 1)
            add_word(word, table, stops, counts)
        counts[1] += counts[0] > told
