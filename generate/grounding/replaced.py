"""Whether a thing of the passage gave way to a foreign one: `attracts wasps` where the passage has `attracts rats`.

One foreign word alone may be a paraphrase. It is a replacement where the passage has, between the same neighbours, a
thing that the answer does not name.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.grounding.units import TIME_UNITS
from generate.rejection import Rejection

_LONGEST = 3  # words of a thing
_PREPOSITIONS = frozenset(
    re.findall(r"\w+", "by to in into on onto for with of from at as between under over behind near via through")
)
_DETERMINERS = frozenset(
    re.findall(
        r"\w+", "main other own the a an your their its our his her this that these those every each any no some"
    )
)
_CONJUNCTIONS = frozenset(["whereas", "although", "though", "however", "otherwise", "therefore", "instead"])
_LISTS = frozenset(["and", "or", *_DETERMINERS])
_SHORT = 8  # different words of a sentence and its question up to which the question belongs to the sentence
_SHARED = 2  # words that two clauses share from which on a preposition is neighbour enough


@dataclass(frozen=True, slots=True)
class _Slot:
    """A thing between its neighbours.

    Attributes:
        words: The facts of it.
        way: The preposition before it.
        left: Key of what stands before it, in its clause or its list.
        right: Key of what stands behind it in its clause.
        clause: Keys of its clause.
    """

    words: tuple[Fact, ...]
    way: str
    left: str
    right: str
    clause: frozenset[str]


def replaced(found: Sequence[Fact], evidence: Evidence, asked: Sequence[Fact]) -> Rejection | None:
    """Look for a foreign thing that stands where the passage has another."""
    told = {fact.key for fact in (*found, *asked)}
    strange = {fact.key for fact in found if evidence.foreign(fact)}
    if not strange:
        return None
    own = [slot for slot in _slots(found) if _is_foreign(slot, strange)]
    if not own:
        return None
    around = (
        {fact.key for fact in asked if fact.kind != "small"}
        if sum(fact.kind != "small" for fact in (*found, *asked)) <= _SHORT
        else set()
    )
    for read in evidence.reads:
        there = [slot for slot in _slots(read.facts) if not any(word.key in told for word in slot.words)]
        for slot in own:
            for other in there:
                if _fits(slot, other, around):
                    words = " ".join(word.text for word in slot.words)
                    return Rejection("foreign_word", f"{words}, not {' '.join(word.text for word in other.words)}")
    return None


def _is_foreign(slot: _Slot, strange: set[str]) -> bool:
    return any(word.key in strange and word.text.lower() not in TIME_UNITS for word in slot.words) and all(
        word.key in strange or word.kind == "code" or bare_stem(word.text) in GENERIC for word in slot.words
    )


def _fits(slot: _Slot, other: _Slot, asked: set[str]) -> bool:
    """Tell whether two things have the same neighbours."""
    if slot.way != other.way:
        return False
    if slot.left and slot.left == other.left and slot.right == other.right:
        return True
    if slot.right and slot.right == other.right and not slot.left and not other.left:
        return True
    ends = not slot.right and not other.right
    return ends and bool(slot.way) and len(other.clause & (slot.clause | asked)) >= _SHARED


def _slots(found: Sequence[Fact]) -> Iterator[_Slot]:
    """Give every run of words of a sentence that may name a thing."""
    for low, first in enumerate(found):
        if not _names(first):
            continue
        before = _before(found, low)
        if not (before or first.text.endswith("s") or first.kind == "name"):
            continue
        if (
            low
            and found[low - 1].kind != "small"
            and found[low - 1].clause == first.clause
            and not first.text.endswith("s")
        ):
            continue
        if low and found[low - 1].text.lower() == "to" and first.kind == "word":  # `to assist`
            continue
        way = next((fact.text.lower() for fact in before if fact.text.lower() in _PREPOSITIONS), "")
        left = _left(found, low, len(before))
        high = low
        while high < len(found) and high - low < _LONGEST and _goes_on(found, low, high):
            high += 1
            if high < len(found) and found[high - 1].kind == "small":
                continue
            behind = next((fact for fact in found[high:] if fact.kind != "small"), None)
            right = behind.key if behind is not None and behind.clause == first.clause else ""
            words = tuple(fact for fact in found[low:high] if fact.kind != "small")
            yield _Slot(
                words,
                way,
                left,
                right,
                frozenset(fact.key for fact in found if fact.clause == first.clause and fact.kind != "small"),
            )


def _goes_on(found: Sequence[Fact], low: int, high: int) -> bool:
    """Tell whether a fact belongs to the thing that begins at another."""
    fact = found[high]
    if fact.clause != found[low].clause:
        return False
    return _names(fact) or (high > low and fact.text.lower() == "of")


def _names(fact: Fact) -> bool:
    if fact.text.lower() in _CONJUNCTIONS:
        return False
    return fact.kind in {"word", "name"} or (fact.kind == "code" and fact.text.isalpha() and fact.text.isupper())


def _before(found: Sequence[Fact], low: int) -> list[Fact]:
    """Give the small words directly before a fact, nearest first, if they open a thing."""
    out = []
    for fact in reversed(found[:low]):
        if fact.kind != "small" or fact.text.lower() not in _DETERMINERS | _PREPOSITIONS:
            break
        out.append(fact)
    return out


def _left(found: Sequence[Fact], low: int, skipped: int) -> str:
    place = low - skipped
    while place > 0 and found[place - 1].kind == "small" and found[place - 1].text.lower() in _LISTS:
        place -= 1
    if place == 0:
        return ""
    fact = found[place - 1]
    joined = any(each.text.lower() in {"and", "or"} for each in found[place : low - skipped])
    if fact.kind == "small":
        fact = next((each for each in reversed(found[:place]) if each.kind != "small"), fact)
    return fact.key if fact.kind != "small" and (fact.clause == found[low].clause or joined) else ""
