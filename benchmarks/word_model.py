"""Texts of invented words with the frequencies and the sentences of a language, written a million words at a time."""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def _listed(words: str) -> list[str]:
    return words.split()


SMALL_WORDS = _listed(
    "the of and to a in is that for it as with on be by this are or from at an which you not have can will one "
    "has more their was all but your about how what when who use each other them some make like into than only "
    "its may these out up time any new our first most such also many must so between over after because "
    "through where"
)
_ONSETS = _listed("b br c ch cl d dr f fl g gl gr h j k l m n p pl pr qu r s sh sl st t th tr v w z")
_VOWELS = _listed("a e i o u ai ea ee io ou")
_CODAS = ("", "", "", "n", "r", "l", "s", "t", "m", "nd", "rt", "ck", "st")
_SENTENCE, _CLAUSE = 13, 15


def vocabulary(seed: int, words: int = 30_000) -> list[str]:
    """Invent words, all different; the frequent ones, which come first, are short, as in any language."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < 2 * words:
        found["".join(_syllable(rng) for _ in range(rng.randint(1, 3)))] = None
    return [*SMALL_WORDS, *[word for word in sorted(found, key=len) if word not in SMALL_WORDS][:words]]


class WordModel:
    """Writes texts.

    Args:
        rng: Settles everything.
        words: Words, the most frequent first.
    """

    def __init__(self, rng: np.random.Generator, words: Sequence[str]) -> None:
        self.rng = rng
        share = 1.0 / (np.arange(len(words)) + 3.0)
        self._steps = np.cumsum(share / share.sum())
        self._size = len(words)
        capital = [word[:1].upper() + word[1:] for word in words]
        forms = [word + mark for each in (words, capital) for mark in ("", ".", ",") for word in each]
        self._forms = pa.array(forms)

    def texts(self, counts: npt.NDArray[np.int64]) -> pa.StringArray:
        """Write texts of so many words each."""
        total = int(counts.sum())
        words = np.searchsorted(self._steps, self.rng.random(total)).clip(max=self._size - 1)
        ends = np.cumsum(counts)
        stops = self.rng.random(total) < 1 / _SENTENCE
        commas = self.rng.random(total) < 1 / _CLAUSE
        stops[ends[counts > 0] - 1] = True
        first = np.r_[True, stops[:-1]][:total]
        chosen = words + self._size * (np.where(stops, 1, 2 * commas) + 3 * first)
        lists = pa.ListArray.from_arrays(pa.array(np.r_[0, ends].astype(np.int32)), self._forms.take(pa.array(chosen)))
        return pc.binary_join(lists, " ")

    def words(self, count: int) -> list[str]:
        """Give words, all different and none of them frequent."""
        places = self.rng.choice(self._size - 200, count, replace=False) + 200
        return self._forms.take(pa.array(places)).to_pylist()


def _syllable(rng: random.Random) -> str:
    return rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)
