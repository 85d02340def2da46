"""Tables of what the normal form makes of each code point, filled in when a code point is first seen."""

import threading
import unicodedata

import numpy as np
import numpy.typing as npt

from curate.kernels.folded import APOSTROPHE, BEFORE_DIGIT, DIGIT, IN_WORD, KEPT, SPACE
from schemas.text import normal

_CODES = 0x110000
_UNKNOWN, _DEPENDS = -2, -1
_JAMO = range(0x1100, 0x1200)
_APOSTROPHES = "'’ʼ"  # noqa: RUF001 - the signs are meant
_BEFORE_DIGIT = ".,:-−"  # noqa: RUF001 - the minus sign is meant


class Folding:
    """What becomes of the code points seen so far.

    Attributes:
        folds: (code points) int32, where in `folded` the folded form stands; negative where it depends on neighbours.
        folded: uint32, at each such place how many code points follow, and these.
        flags: (code points) uint8, what holds for a code point once folded (`curate.kernels.folded`).
    """

    def __init__(self) -> None:
        self.folds = np.full(_CODES, _UNKNOWN, dtype=np.int32)
        self.flags = np.zeros(_CODES, dtype=np.uint8)
        self.folded = np.zeros(1024, dtype=np.uint32)
        self._filled = 0
        self._flagged: set[str] = set()
        self._lock = threading.Lock()

    def learn(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """Fill the tables in for some code points, and give `folded` as it then is."""
        unknown = np.unique(codes[self.folds[codes] == _UNKNOWN])
        if len(unknown):
            with self._lock:
                for code in unknown.tolist():
                    if self.folds[code] == _UNKNOWN:
                        self._add(code)
        return self.folded

    def _add(self, code: int) -> None:
        first = unicodedata.normalize("NFKC", chr(code))
        signs = unicodedata.normalize("NFKC", first.casefold())
        if any(_joins(sign) for sign in first + first.casefold() + signs):
            self.folds[code] = _DEPENDS
            return
        while self._filled + len(signs) + 1 > len(self.folded):
            self.folded = np.concatenate([self.folded, np.zeros_like(self.folded)])
        place = self._filled
        self.folded[place : place + len(signs) + 1] = [len(signs), *map(ord, signs)]
        self._filled += len(signs) + 1
        for sign in set(signs) - self._flagged:
            self.flags[ord(sign)] = _flags(sign)
            self._flagged.add(sign)
        # Last, for other threads take a code point with a place for one that is known.
        self.folds[code] = place


def _joins(sign: str) -> bool:
    """Tell whether a code point may join with its neighbours when a text is normalised."""
    return unicodedata.category(sign).startswith("M") or ord(sign) in _JAMO


def _flags(sign: str) -> int:
    """Tell what holds for a folded code point."""
    before_digit = sign in _BEFORE_DIGIT
    # Between full stops no sign is an apostrophe in a word, so what is left of it is its own fate.
    kept = not before_digit and normal(f"x.{sign}.x") != "x x"
    return (
        KEPT * kept
        + BEFORE_DIGIT * before_digit
        + IN_WORD * (sign.isalnum() or sign == "_")
        + DIGIT * sign.isdigit()
        + SPACE * sign.isspace()
        + APOSTROPHE * (sign in _APOSTROPHES)
    )


FOLDING = Folding()
