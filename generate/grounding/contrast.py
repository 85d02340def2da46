"""Whether an answer turns a contrast or a condition of its passage round: `B rather than A`, `unless` for `if`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from generate.grounding.evidence import Evidence
from generate.grounding.facts import facts
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.grounding.polarity import NEGATION
from generate.rejection import Rejection

_TURN = re.compile(
    r",?\s(?:rather than|instead of|and not|but not)\s|,\s(?:not|never)\s", re.IGNORECASE
)  # A, and not B
_BUT = re.compile(r"\bnot\s(?P<not>[^.;:,()]{1,120}?),?\sbut\s", re.IGNORECASE)
_OPENS = re.compile(r"\b(?:instead of|rather than)\s(?P<not>[^.;:,()]{1,120}),\s", re.IGNORECASE)
_ENDS = re.compile(r"[.;:,()]|\s(?:and|but|or|because|when|if|which|who|so)\s")
_CONDITION = re.compile(
    r"\b(?:even if|only if|only when|unless|regardless of whether|no matter whether|whether or not|if)\s", re.IGNORECASE
)
_REACH = 200  # characters before and behind that may belong to a contrast or a condition
_SAME = 0.5  # share of a condition's words that another must have to be the same


@dataclass(frozen=True, slots=True)
class _Condition:
    """A condition.

    Attributes:
        how: `if`, `unless` or `even`.
        what: What must be so.
        main: What is so then.
        denied: Whether the main clause is denied.
        turned: Whether the condition is.
    """

    how: str
    what: frozenset[str]
    main: frozenset[str]
    denied: bool
    turned: bool


def turned_round(text: str, evidence: Evidence) -> Rejection | None:
    """Look for a contrast or a condition that the passage has the other way round."""
    for so, other in _contrasts([text]):
        for there, rejected in _contrasts(read.piece.text for read in evidence.reads):
            if so & rejected - there and other & there - rejected:
                return Rejection("swapped", f"{min(so & rejected)} rather than {min(other & there)}")
    for own in _conditions([text]):
        against = [
            there
            for there in _conditions(read.piece.text for read in evidence.reads)
            if len(own.what & there.what) >= _SAME * max(len(own.what), 1) and own.what and own.turned == there.turned
        ]
        if against and all(_differs(own, there) for there in against):
            return Rejection("opposite", f"{own.how}, not {against[0].how}: {text[:200]}")
    return None


def _differs(own: _Condition, there: _Condition) -> bool:
    if "even" in {own.how, there.how}:
        return own.how != there.how and own.denied == there.denied
    return own.how != there.how and own.denied == there.denied and bool(own.main & there.main)


def _contrasts(texts: Iterable[str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    for text in texts:
        yield from _contrasts_of(text)


@lru_cache(maxsize=1_000)
def _contrasts_of(text: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Give what a sentence says is so, and what it says is not, of each of its contrasts."""
    pairs = [
        (_ENDS.split(_before(text, found.start()))[-1], _first(text[found.end() : found.end() + _REACH]))
        for found in _TURN.finditer(text)
    ]
    pairs += [
        (_first(text[found.end() : found.end() + _REACH]), found.group("not"))
        for found in (*_BUT.finditer(text), *_OPENS.finditer(text))
    ]
    keys = [(_keys(so), _keys(other)) for so, other in pairs]
    return tuple((so - other, other - so) for so, other in keys if so - other and other - so)


def _before(text: str, place: int) -> str:
    return text[max(0, place - _REACH) : place]


def _first(text: str) -> str:
    return _ENDS.split(text, maxsplit=1)[0]


def _conditions(texts: Iterable[str]) -> Iterator[_Condition]:
    for text in texts:
        yield from _conditions_of(text)


@lru_cache(maxsize=1_000)
def _conditions_of(text: str) -> tuple[_Condition, ...]:
    """Give the conditions of a sentence."""
    out = []
    for found in _CONDITION.finditer(text):
        how = found.group().lower().strip()
        what, _, rest = text[found.end() : found.end() + _REACH].partition(",")
        main = re.split(r"[.;:]", _before(text, found.start()))[-1]
        main = main if main.strip() else rest
        kind = how if how == "unless" else "if" if how in {"if", "only if", "only when"} else "even"
        denied = NEGATION.search(main) is not None
        out.append(_Condition(kind, _keys(what), _keys(main), denied, NEGATION.search(what) is not None))
    return tuple(out)


def _keys(text: str) -> frozenset[str]:
    return frozenset(
        fact.key for fact in facts(text.strip()) if fact.kind != "small" and bare_stem(fact.text) not in GENERIC
    )
