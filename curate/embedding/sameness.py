"""Whether two texts of like meaning say the same: the words in which they differ, seen without their order.

A mean of word vectors takes "the capital of France" and "the capital of Spain" for the same, and so, less often, does
every other model. `curate.alike` asks of near-duplicates for the same words in the same order; of a paraphrase that is
too much. What is asked here:

- The same numbers, written out or not. A long answer may lack some that the other one has.
- As many negations; of a long answer only its beginning counts, where it says yes or no.
- In short texts, no word with a meaning of its own in another's place: words may only be added, and few of them.
  Words that ask for the same ("calculate", "find") count as one.
- Where the words are the same in another order, none that give the order a meaning ("from ... to", "than").
- In long texts, mostly the same words, unless only the meaning is asked for.
"""

import re
from collections import Counter
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import xxhash

from curate.alike import FREE, NEGATIONS, SHORT_WORDS, SIDES, words_of

Guard = Literal["", "numbers", "negation", "words", "order"]

MOST_ADDED = 2
LEAST_SHARED = 0.6
_OPENING = 6  # words in which an answer says yes or no
_LONGEST = 4_000  # words that are looked at
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_NUMERALS = {
    word: str(number)
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=2
    )
}
_DIRECTIONS = frozenset({"to", "into", "from", "than", "over", "before", "after", "against", "by", "minus"})
_FILLERS = FREE | {
    "how", "what", "as", "at", "by", "for", "from", "in", "into", "on", "to", "with", "about", "there", "any", "way",
    "ways", "possible", "possibly", "such", "will", "should", "must", "may", "might", "have", "has", "had", "one",
    "up", "out", "come", "here", "own", "if", "or", "but", "their", "they", "them", "he", "she", "his", "her",
}  # fmt: skip
# Words that ask for the same thing, or name it.
_SAME = (
    "make write compose create generate craft draft produce construct build formulate develop",
    "give list name provide suggest enumerate state tell show",
    "find calculate compute determine identify",
    "explain describe outline",
    "sort arrange order",
    "group classify categorize categorise",
    "rewrite rephrase paraphrase reword",
    "correct fix",
    "summarize summarise condense",
    "convert transform turn",
    "latest recent newest",
    "largest biggest",
    "use utilize utilise employ",
    "help assist",
    "allow enable permit",
    "get obtain",
    "begin start",
    "buy purchase",
    "colour color",
    "various different",
)


def same(left: str, right: str) -> Guard:
    """Say why two normal forms of like meaning do not say the same; empty where they do.

    Both have the same number of sides (`SIDES`): one, or a question and its answer. The order of the two does not
    matter.
    """
    ours, theirs = left.split(SIDES, 1), right.split(SIDES, 1)
    for side, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
        found = _guard(mine, yours, answer=side > 0)
        if found:
            return found
    return ""


def number_hashes(texts: list[str]) -> npt.NDArray[np.int64]:
    """Hash the numbers that the first side of each text holds: where two differ, the texts do not say the same."""
    return np.array(
        [
            xxhash.xxh3_64_intdigest(" ".join(sorted(_numbers(_words(text.split(SIDES, 1)[0])))).encode()) >> 1
            for text in texts
        ],
        dtype=np.int64,
    )


def _guard(left: str, right: str, *, answer: bool) -> Guard:
    if left == right:
        return ""
    ours, theirs = _words(left), _words(right)
    short = min(len(ours), len(theirs)) < SHORT_WORDS
    mine, yours = Counter(_numbers(ours)), Counter(_numbers(theirs))
    if mine != yours and (short or not answer or (mine - yours and yours - mine)):
        return "numbers"
    told = len(ours) + len(theirs) if short or not answer else _OPENING
    if _negations(ours[:told]) != _negations(theirs[:told]):
        return "negation"
    before, after = _gist(ours), _gist(theirs)
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    if short:
        if (gone and come) or max(gone.total(), come.total()) > MOST_ADDED:
            return "words"
    elif not answer:
        union = (Counter(before) | Counter(after)).total()
        if union and (union - gone.total() - come.total()) / union < LEAST_SHARED:
            return "words"
    if not answer and not gone and not come and before != after and _DIRECTIONS & {*ours, *theirs}:
        return "order"
    return ""


def _words(side: str) -> list[str]:
    return words_of(side[: _LONGEST * 8])[:_LONGEST]


def _numbers(words: list[str]) -> list[str]:
    """Give the numbers among some words, digits for words."""
    found = []
    for word in words:
        if word in _NUMERALS:
            found.append(_NUMERALS[word])
        elif not word.isalpha():
            found += _DIGITS.findall(word)
    return found


def _negations(words: list[str]) -> int:
    return sum(word in NEGATIONS for word in words)


def _gist(words: list[str]) -> list[str]:
    """Leave out words without a meaning of their own, numbers and endings."""
    return [
        stem(word) for word in words if word not in _FILLERS and word not in _NUMERALS and word[0] not in "0123456789"
    ]


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """Take off the commonest English endings, and give words that ask for the same thing one form."""
    return _ALIKE.get(bare := _bare(word), bare)


def _bare(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 5 and word.endswith("ing"):
        word = word[:-3]
    elif len(word) > 4 and word.endswith("ed"):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_ALIKE = {_bare(word): group.split()[0] for group in _SAME for word in group.split()}
