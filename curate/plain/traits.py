"""What rules a pair of texts out as copies before they are compared."""

import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt

SEED, PRIME, _MIX = 0xCBF29CE484222325, 0x100000001B3, 0xBF58476D1CE4E5B9
_OWN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_OWN}]|[^ \n{_OWN}]+")


def text_traits(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    digits: npt.NDArray[np.uint8],  # noqa: ARG001 - as above
    free: npt.NDArray[np.uint64],
    limits: npt.NDArray[np.int64],
    out: npt.NDArray[np.int64],
) -> None:
    """Hash the words of each normal form that hold a digit, and the words that a copy of a short text must share."""
    most_words, most_bytes = limits.tolist()
    left_out = set(free.tolist())
    whole = data.tobytes()
    for row, (start, end) in enumerate(pairwise(starts.tolist())):
        words = _WORD.findall(whole[start:end].decode())
        numbers = [word for word in words if any(sign.isdecimal() for sign in word)]
        short = end - start <= most_bytes and len(words) < most_words
        out[row] = [len(numbers), number_hash(numbers), gist_hash(words, left_out) if short else 0]


def word_hash(word: str) -> int:
    """Hash a word: FNV-1a, 64 bits, over its UTF-8."""
    code = SEED
    for byte in word.encode():
        code = (code ^ byte) * PRIME % 2**64
    return code


def number_hash(words: list[str]) -> int:
    """Hash words whatever their order."""
    total = 0
    for word in words:
        code = word_hash(word)
        mixed = (code ^ code >> 31) * _MIX % 2**64
        total += mixed ^ mixed >> 29
    return total % 2**64 >> 1


def gist_hash(words: list[str], left_out: set[int]) -> int:
    """Hash words in their order, without those left out and without a plural or third-person s."""
    gist = SEED
    for word in words:
        code = word_hash(word)
        if code not in left_out:
            plural = len(word.encode()) > 3 and word.endswith("s") and not word.endswith("ss")
            stem = word_hash(word[:-1]) if plural else code
            gist = (gist ^ (stem ^ stem >> 29)) * PRIME % 2**64
            gist ^= gist >> 32
    return gist >> 1 or 1
