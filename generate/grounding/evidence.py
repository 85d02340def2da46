"""A passage made ready for answers to be held against it."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from generate.answers import WORD
from generate.grounding.facts import Fact, facts
from generate.grounding.lexicon import GENERIC, bare_stem, class_of, root
from generate.grounding.numbers import Quantity, quantities
from generate.grounding.sentences import Piece, bare, pieces
from generate.grounding.words import STOP

_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "a",
        "in",
        "is",
        "that",
        "for",
        "it",
        "with",
        "on",
        "be",
        "by",
        "this",
        "are",
        "or",
        "from",
        "at",
        "an",
        "not",
        "have",
        "can",
        "will",
        "has",
        "their",
        "was",
        "but",
        "you",
        "your",
        "if",
        "when",
        "which",
        "must",
        "may",
        "should",
        "do",
        "does",
        "no",
        "yes",
        "they",
        "we",
        "its",
    ]
)


_DERIVED = re.compile(r"(?:ment|ness|ation|ition|ion|able|ible|ance|ence|ity|ship|er|or|al|ful)s?$")
_BOLD = re.compile(r"\*\*([^*\n.:]{2,30}?)[.:]?\*\*")


@dataclass(frozen=True, slots=True)
class Read:
    """A piece of the passage with what it states.

    Attributes:
        piece: The piece.
        facts: Its facts, in order, those of its context before them.
        own: How many facts stand before those of the piece itself.
        keys: What can be looked for in it.
    """

    piece: Piece
    facts: tuple[Fact, ...]
    own: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a passage states, with its headings and the question.

    Attributes:
        given: All of the text, in lower case and with single spaces.
        reads: The pieces of the passage.
        loose: The headings and the question, which may be repeated but bear out nothing.
        quantities: Every quantity, `a day` included.
        known: The roots of all words.
        stems: Their stems.
        classes: Words of classes that shut each other out, by class.
        weight: How much a key tells one piece from another.
        marked: Roots of the words that are set in bold: they are names here.
        english: Whether the words can be judged.
    """

    given: str
    reads: tuple[Read, ...]
    loose: tuple[Fact, ...]
    quantities: tuple[Quantity, ...]
    known: frozenset[str]
    stems: frozenset[str]
    classes: dict[int, str]
    weight: dict[str, float]
    marked: frozenset[str]
    english: bool

    def has(self, kind: str) -> list[Fact]:
        """Give all facts of a kind."""
        return [fact for read in self.reads for fact in read.facts if fact.kind == kind] + [
            fact for fact in self.loose if fact.kind == kind
        ]

    def knows(self, word: str) -> bool:
        """Tell whether a word, another form of it or one that means the same stands in the passage."""
        own = bare_stem(word)
        if own in self.stems or root(word) in self.known:
            return True
        stem = own[: max(5, len(own) * 7 // 10)]
        if len(own) >= 5 and any(
            other.startswith(stem) or (len(other) >= 5 and own.startswith(other)) for other in self.stems
        ):
            return True
        if word[0].islower() and any(
            len(other) >= 4 and own.startswith(other) and len(own) - len(other) >= 4 for other in self.stems
        ):
            return True  # `hailstone`
        derived = _DERIVED.sub("", word.lower())
        return len(derived) >= 4 and derived != word.lower() and bare_stem(derived) in self.stems

    def foreign(self, fact: Fact) -> bool:
        """Tell whether a word says something that the passage does not speak of."""
        if fact.kind not in {"word", "name"}:
            return False
        parts = re.split(r"[-'\u2019]", fact.text)
        return not all(
            part.lower() in STOP or bare_stem(part) in GENERIC or self.knows(part) for part in parts if len(part) > 1
        ) and not self.knows(fact.text)


@lru_cache(maxsize=64)
def read_evidence(passage: str, headings: tuple[str, ...] = (), question: str = "") -> Evidence:
    """Read a passage."""
    reads: list[Read] = []
    for piece in pieces(passage):
        before = facts(piece.context)
        shift = 1 + max((fact.clause for fact in before), default=-1)
        own = tuple(replace(fact, clause=fact.clause + shift) for fact in facts(piece.text))
        reads.append(Read(piece, before + own, len(before), frozenset(fact.key for fact in before + own)))
    beside = tuple(fact for text in (*headings, question) for fact in facts(bare(text)))
    whole = "\n".join((passage, *headings, question))
    words = WORD.findall(bare(whole))
    words += [part for word in words if "-" in word and not word.lower().startswith("non-") for part in word.split("-")]
    words += re.findall(r"[A-Za-z]{3,}", " ".join(word for word in re.findall(r"\w*[_`/]\w*", whole)))
    counts = Counter(key for read in reads for key in read.keys)
    return Evidence(
        given=" ".join(bare(whole).casefold().split()) + " " + " ".join(whole.casefold().split()),
        reads=tuple(reads),
        loose=beside,
        quantities=tuple(
            quantity for read in reads for quantity in quantities(f"{read.piece.context}\n{read.piece.text}")
        )
        + tuple(quantity for text in (*headings, question) for quantity in quantities(text)),
        known=frozenset(root(word) for word in words),
        stems=frozenset(bare_stem(word) for word in words),
        classes={number: word for word in words if (number := class_of(word)) is not None},
        weight={key: 1 / math.sqrt(count) for key, count in counts.items()},
        marked=frozenset(root(word) for bold in _BOLD.findall(passage) for word in WORD.findall(bold)),
        english=is_english(words),
    )


def is_english(words: Sequence[str]) -> bool:
    """Tell whether enough of a text's words are the small ones of English."""
    return sum(word.lower() in _ENGLISH for word in words) >= 0.15 * max(len(words), 1)
