"""Whether two clauses of an answer mix two statements of the passage: `A goes into bin 2, B into bin 1`.

Each of the two clauses has something that the passage says of the one thing alone, and something that it says of the
other.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import ACTORS, GENERIC, bare_stem, class_of
from generate.rejection import Rejection

_HANGS_ON = frozenset(
    [
        "if",
        "when",
        "unless",
        "because",
        "which",
        "who",
        "whom",
        "whose",
        "that",
        "where",
        "since",
        "until",
        "although",
        "so",
        "provided",
        "once",
        "before",
        "after",
        "as",
        "like",
        "unlike",
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "does",
        "do",
    ]
)
_ENOUGH = 2  # words of a clause behind `and` from which on it is one of its own
_PLACES = 3  # statements that may have a thing
_SHORT = 2  # words of an answer's first clause up to which the question belongs to it


def crossed(found: Sequence[Sequence[Fact]], evidence: Evidence, asked: Sequence[Fact]) -> Rejection | None:
    """Look for two clauses of an answer with parts changed for one another."""
    own = [_keys(unit) for sentence in found for unit in _units(sentence)]
    if own and len(own[0]) <= _SHORT:
        own[0] |= _keys(asked) - frozenset().union(*own[1:])
    told = Counter(key for unit in own for key in unit)
    own = [frozenset(key for key in unit if told[key] == 1) for unit in own]
    there = [keys for read in evidence.reads for keys in _statements(read.facts[read.own :], read.piece.kind)]
    places = Counter(key for keys in there for key in keys)
    there = [frozenset(key for key in keys if places[key] <= _PLACES) for keys in there]
    anchors = {fact.key for sentence in (*found, asked) for fact in sentence if _anchors(fact)}
    for low, one in enumerate(own):
        for two in own[low + 1 : low + 3]:
            both = [keys for keys in there if keys & one and keys & two]
            for place, first in enumerate(both):
                for second in both[place + 1 :]:
                    only, other = first - second, second - first
                    parts = one & only, one & other, two & only, two & other
                    if all(parts) and not anchors.isdisjoint(frozenset().union(*parts)):
                        return Rejection(
                            "swapped", f"{min(one & only)} {min(one & other)}, {min(two & only)} {min(two & other)}"
                        )
    return None


def _statements(found: Sequence[Fact], kind: str) -> Iterator[frozenset[str]]:
    if kind == "row":
        yield _keys(found)
    elif kind != "head":
        yield from map(_keys, _units(found))


def _units(found: Sequence[Fact]) -> list[list[Fact]]:
    """Part a sentence into its statements; what hangs on another belongs to it."""
    units: list[list[Fact]] = []
    clause, fronted = -1, False
    for fact in found:
        if fact.clause != clause:
            clause = fact.clause
            group = [each for each in found if each.clause == clause]
            hangs = group[0].kind == "small" and group[0].text.lower() in _HANGS_ON
            thin = sum(each.kind != "small" for each in group) < _ENOUGH
            if units and (hangs or thin or fronted):
                fronted = fronted and thin
            else:
                units.append([])
                fronted = hangs
        units[-1].append(fact)
    return units


def _anchors(fact: Fact) -> bool:
    """Tell whether a thing has its place: a name, a number, a role, not any word."""
    return fact.kind not in {"word", "small"} or class_of(fact.text) is not None or bare_stem(fact.text) in ACTORS


def _keys(found: Sequence[Fact]) -> frozenset[str]:
    return frozenset(
        fact.key
        for fact in found
        if fact.kind != "small"
        and (fact.kind != "word" or bare_stem(fact.text) in ACTORS or bare_stem(fact.text) not in GENERIC)
    )
