"""Which passages speak of what a text speaks of: BM25 over the stems of their content words, all in memory.

No meaning is compared, only words: it finds where an answer would stand, and does not say whether it stands there.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from generate.answers import WORD
from generate.grounding.words import STOP, stem

_K1, _B = 1.2, 0.75  # as in the literature: how soon a word said again counts for nothing, how much length counts


class Hit(NamedTuple):
    """A passage that shares words with a text.

    Attributes:
        place: Its place among the passages.
        score: BM25.
        share: How much of the text's content it has, 0 to 1: its words weighed by how rare they are.
    """

    place: int
    score: float
    share: float


class Index:
    """Find passages by their words.

    Args:
        texts: The passages. 10,000 of 250 words are read in about 4 s and searched in a few milliseconds.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._terms: dict[str, int] = {}
        stems: dict[str, int] = {}  # of each word as it is written, -1 for a stop word
        self._own: list[npt.NDArray[np.int32]] = []
        counts = []
        lengths = np.zeros(len(texts))
        for place, text in enumerate(texts):
            numbers = [number for word in WORD.findall(text.lower()) if (number := self._number(word, stems)) >= 0]
            own, times = np.unique(np.asarray(numbers, dtype=np.int32), return_counts=True)
            self._own.append(own)
            counts.append(times)
            lengths[place] = len(numbers)
        self._size = len(texts)
        terms = np.concatenate([*self._own, np.zeros(0, dtype=np.int32)])
        places = np.repeat(np.arange(self._size, dtype=np.int32), [len(own) for own in self._own])
        times = np.concatenate([*counts, np.zeros(0, dtype=np.int64)]).astype(np.float64)
        order = np.argsort(terms, kind="stable")
        self._places, held = places[order], times[order]
        self._frequency = np.bincount(terms, minlength=len(self._terms))
        self._starts = np.concatenate([[0], np.cumsum(self._frequency)])
        self._weights = np.log1p((self._size - self._frequency + 0.5) / (self._frequency + 0.5))
        usual = lengths.mean() if self._size else 1.0
        slack = _K1 * (1 - _B + _B * lengths[self._places] / max(usual, 1.0))
        self._scores = held * (_K1 + 1) / (held + slack)
        self._norms = np.asarray([np.sqrt((self._weights[own] ** 2).sum()) for own in self._own])

    def search(self, text: str, most: int) -> list[Hit]:
        """Give the passages that share words with a text, the best first; of equal ones the first.

        Args:
            text: The text, a question for example.
            most: Most passages to give.
        """
        stems = sorted({stem(word) for word in WORD.findall(text.lower()) if word not in STOP})
        known = [self._terms[each] for each in stems if each in self._terms]
        scores, shared = np.zeros(self._size), np.zeros(self._size)
        for term in known:
            low, high = self._starts[term], self._starts[term + 1]
            weight = self._weights[term]
            scores[self._places[low:high]] += weight * self._scores[low:high]
            shared[self._places[low:high]] += weight
        unknown = np.log1p((self._size + 0.5) / 0.5)
        whole = sum(float(self._weights[term]) for term in known) + (len(stems) - len(known)) * float(unknown)
        found = np.flatnonzero(scores)
        best = found[np.argsort(-scores[found], kind="stable")[:most]]
        return [Hit(int(place), float(scores[place]), float(shared[place]) / whole) for place in best]

    def kin(self, place: int, *, groups: npt.NDArray[np.int64], most_common: int, least: int) -> Hit | None:
        """Find the passage of another group that shares the most rare words, weighed against all that the two have.

        Args:
            place: The passage.
            groups: The group of each passage, its document for example.
            most_common: A word in more passages than this says nothing.
            least: Fewest rare words that must be shared.

        Returns:
            The passage; its `share` is the cosine of the two sets of words. The first of equal ones.
        """
        own = self._own[place]
        rare = own[self._frequency[own] <= most_common]
        if not len(rare):
            return None
        found = np.concatenate([self._places[self._starts[term] : self._starts[term + 1]] for term in rare])
        others, inverse, shared = np.unique(found, return_inverse=True, return_counts=True)
        scores = np.bincount(inverse, weights=np.repeat(self._weights[rare] ** 2, self._frequency[rare]))
        fit = (shared >= least) & (groups[others] != groups[place])
        if not fit.any():
            return None
        cosines = np.where(fit, scores / (self._norms[place] * self._norms[others]), 0.0)
        best = int(np.argmax(cosines))
        return Hit(int(others[best]), float(scores[best]), float(cosines[best]))

    def _number(self, word: str, stems: dict[str, int]) -> int:
        number = stems.get(word)
        if number is None:
            number = -1 if word in STOP else self._terms.setdefault(stem(word), len(self._terms))
            stems[word] = number
        return number
