"""Telling plain English prose by its commonest words, from UTF-8 bytes."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel

# Words that no other language written in these letters has among its own: "in", "is", "of", "for" are not here.
WORDS = (
    "the and are that with you your this from have they their them which how what write create describe following"
    " explain generate given sentence find name make use give between would should could about who when where why does"
    " not can been will some other these than then there were would into people each used provide using such more"
    " identify suggest compare rewrite summarize classify convert edit two three words story because however important"
)
SHARED = "of to is for it in on a an as or be by at was if we i my so do me has new its he no up any may"
COLUMNS = ("letters", "others", "words", "usual", "shared")
SLOTS = 512
_PRIME = 0x9E3779B97F4A7C15


def table() -> npt.NDArray[np.uint64]:
    """Put the words into two tables with open addressing: (2, 512) uint64, hashes, 0 for empty."""
    slots = np.zeros((2, SLOTS), dtype=np.uint64)
    for line, words in zip(slots, (WORDS, SHARED), strict=True):
        for word in words.split():
            value = hashed(word)
            slot = value % SLOTS
            while line[slot] not in {0, value}:
                slot = (slot + 1) % SLOTS
            line[slot] = value
    return slots


def hashed(word: str) -> int:
    """Hash a word of lower-case ASCII letters: what the kernel makes of it."""
    value = 1
    for sign in word.encode():
        value = (value ^ sign) * _PRIME % 2**64
        value ^= value >> 29
    return value or 1


@kernel
def count_english(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    slots: npt.NDArray[np.uint64],
    most: int,
    out: npt.NDArray[np.int32],
) -> None:
    """Count what tells English, in the first bytes of each text.

    A word is a run of ASCII letters and of signs from U+00C0 on, but those from U+2000 to U+2FFF.

    Args:
        data: All texts in UTF-8, one after the other.
        starts: (rows + 1) offsets into `data`.
        slots: What `table` gives.
        most: Bytes to look at.
        out: (rows, 5) takes the letters, those of them that are not ASCII, the words, and the words in each table.
    """
    prime, one, size = np.uint64(0x9E3779B97F4A7C15), np.uint64(1), np.uint64(slots.shape[1])
    for row in range(len(starts) - 1):
        letters, others, words, inside, plain, value = 0, 0, 0, False, True, one
        out[row, 3] = out[row, 4] = 0
        end = min(starts[row + 1], starts[row] + most)
        for place in range(starts[row], end + 1):
            byte = data[place] if place < end else 0
            if 65 <= byte <= 90:
                byte += 32
            if 97 <= byte <= 122:
                letters += 1
                inside = True
                value = np.uint64((value ^ np.uint64(byte)) * prime)
                value ^= value >> np.uint64(29)
            elif 0xC3 <= byte < 0xF0 and byte != 0xE2:
                letters += 1
                others += 1
                inside, plain = True, False
            elif 0x80 <= byte < 0xC0:
                continue
            elif inside:
                words += 1
                for line in range(2 if plain else 0):
                    slot = value % size
                    while slots[line, slot] != 0 and slots[line, slot] != value:
                        slot = np.uint64((slot + one) % size)
                    out[row, 3 + line] += slots[line, slot] == value
                inside, plain, value = False, True, one
            else:
                plain, value = True, one
        out[row, 0], out[row, 1], out[row, 2] = letters, others, words
