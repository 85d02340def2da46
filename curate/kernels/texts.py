"""The signs and the words of a UTF-8 text as codes."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from curate.kernels.traits import decoded, hashed
from schemas.compiled import kernel

Bytes: TypeAlias = npt.NDArray[np.uint8]
Codes: TypeAlias = npt.NDArray[np.uint64]
Spans: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = tuple[Codes, Codes, Bytes, Spans]

FREE, NEGATION, NUMBER = 1, 2, 4


@kernel
def read_signs(data: Bytes, begin: int, end: int) -> Codes:
    """Give the code points of a text, each one higher than it is, so that none is 0."""
    signs = np.empty(end - begin, dtype=np.uint64)
    place, count = begin, 0
    while place < end:
        code, size = np.int64(data[place]), 1
        if code >= 0x80:
            code, size = decoded(data, place)
        signs[count] = np.uint64(code + 1)
        place += size
        count += 1
    return signs[:count]


@kernel
def read_words(data: Bytes, begin: int, end: int, digits: Bytes, known: Codes) -> Words:
    """Find the words of a normal form: between spaces and line ends, and each Han or Kana sign for itself.

    Args:
        data: The bytes of all texts.
        begin: Where the text begins.
        end: Where it ends.
        digits: Whether a code point is a decimal digit; those beyond its end are none.
        known: (places, 2) hash table of words of which something is known, a power of two long: their hash, 0 for
            none, and what holds for them.

    Returns:
        For each word its hash, its hash without a plural or third-person s, the sum of `FREE`, `NEGATION` and `NUMBER`
        as far as they hold for it, and (words, 2) where it begins and ends.
    """
    room = (end - begin) // 2 + 1
    codes, stems = np.empty(room, dtype=np.uint64), np.empty(room, dtype=np.uint64)
    kinds, spans = np.empty(room, dtype=np.uint8), np.empty((room, 2), dtype=np.int64)
    slots = np.uint64(len(known) - 1)
    place, count = begin, 0
    while place < end:
        if data[place] == 32 or data[place] == 10:
            place += 1
            continue
        first, digit = place, False
        while place < end:
            byte = data[place]
            if byte < 0x80:
                if byte == 32 or byte == 10:  # noqa: PLR1714 - as above
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
                if place == first:
                    place += size
                break
            digit |= code < len(digits) and digits[code] != 0
            place += size
        word, stem = hashed(data, first, place)
        slot = np.uint64(word ^ (word >> np.uint64(32))) & slots
        while known[slot, 0] != 0 and known[slot, 0] != word:
            slot = np.uint64(slot + np.uint64(1)) & slots
        kind = NUMBER if digit else 0
        if known[slot, 0] == word:
            kind |= known[slot, 1]
        codes[count], stems[count], kinds[count] = word or np.uint64(1), stem, kind
        spans[count, 0], spans[count, 1] = first, place
        count += 1
    return codes[:count], stems[:count], kinds[:count], spans[:count]
