"""The nearest text by ROUGE-L among many, with the decisions of comparing with each of them, at a fraction of the time.

What two texts have in common in order is no more than what they have in common at all, and that is no more than the
shorter one is long. So an inverted index of tokens finds the few texts that can lie above the threshold, and only for
these the common subsequence is worked out (bit-parallel, by rapidfuzz). Nothing is estimated: the values are those of
the `rouge-score` package.
"""

from array import array
from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from schemas.rouge import f_measure, rouge_tokens


class Near(NamedTuple):
    """A text of the pool that is too near.

    Attributes:
        text: That text.
        score: Its ROUGE-L F-measure.
    """

    text: str
    score: float


class RougePool:
    """Texts that further ones are compared with.

    Args:
        threshold: F-measure above which two texts are too near, 0 to below 1.
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._texts: list[str] = []
        self._tokens: list[array[int]] = []  # numbers of tokens, which rapidfuzz compares without a Python object each
        self._lengths = array("q")
        self._numbers: dict[str, int] = {}
        # The second "the" of a text is an element of its own, so that common elements are common occurrences.
        self._holders: dict[tuple[int, int], array[int]] = {}
        self._least: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> None:
        """Put a text in; one without any token of ROUGE is near to none."""
        tokens = self._numbered(text)
        if not tokens:
            return
        place = len(self._texts)
        self._texts.append(text)
        self._tokens.append(tokens)
        self._lengths.append(len(tokens))
        for element in _elements(tokens):
            self._holders.setdefault(element, array("q")).append(place)

    def nearest(self, text: str) -> Near | None:
        """Give the nearest text above the threshold, the first of several as near; None where there is none."""
        from rapidfuzz.distance import LCSseq

        tokens = self._numbered(text)
        best: Near | None = None
        for place in self._possible(tokens):
            theirs = self._tokens[place]
            least = self._least_common(len(tokens), len(theirs))
            common = LCSseq.similarity(tokens, theirs, score_cutoff=least)
            if common >= least:
                score = f_measure(common, len(tokens), len(theirs))
                if best is None or score > best.score:
                    best = Near(self._texts[place], score)
        return best

    def _numbered(self, text: str) -> "array[int]":
        return array("q", [self._numbers.setdefault(token, len(self._numbers)) for token in rouge_tokens(text)])

    def _possible(self, tokens: "array[int]") -> list[int]:
        """List the texts that share enough tokens, in whatever order, to lie above the threshold."""
        holders = [self._holders[element] for element in _elements(tokens) if element in self._holders]
        if not holders:
            return []
        places = np.concatenate([np.frombuffer(each, dtype=np.int64) for each in holders])
        shared = np.bincount(places, minlength=len(self._texts))
        lengths = np.frombuffer(self._lengths, dtype=np.int64)
        # A hair below what the F-measure asks for: floats round, and _least_common decides to the last bit.
        enough: npt.NDArray[np.bool_] = shared * 2 > (lengths + len(tokens)) * (self._threshold - 1e-9)
        return [int(place) for place in np.flatnonzero(enough & (shared > 0))]

    def _least_common(self, ours: int, theirs: int) -> int:
        """Give the least number of common tokens with which two texts of these lengths lie above the threshold."""
        found = self._least.get((ours, theirs))
        if found is None:
            found = max(1, int((ours + theirs) * self._threshold / 2) - 1)
            while f_measure(found, ours, theirs) <= self._threshold and found <= min(ours, theirs):
                found += 1
            self._least[ours, theirs] = found
        return found


def _elements(tokens: "array[int]") -> list[tuple[int, int]]:
    """Give each token with the number of times that it came before."""
    counts: Counter[int] = Counter()
    found = []
    for token in tokens:
        found.append((token, counts[token]))
        counts[token] += 1
    return found
