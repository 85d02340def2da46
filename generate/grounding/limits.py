"""Which way a limit goes: `at least three` is not `at most three`."""

import re
from collections.abc import Sequence

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.polarity import POLES
from generate.rejection import Rejection

_MORE = r"(?:more|longer|larger|higher|greater|older|bigger|warmer|heavier|above|over|exceed\w*|beyond)"
_LESS = r"(?:less|fewer|shorter|smaller|lower|younger|cooler|colder|lighter|below|under)"
_NOT = r"(?:not|never|nobody|no|cannot|\w+n['\u2019]t)"
_BEFORE = (  # what goes before a number, the longer ones first
    ("most", re.compile(rf"\b{_NOT}\s+(?:\w+\s+){{0,2}}?{_MORE}(?:\s+than)?(?:\s+\w+)?\s*\Z", re.IGNORECASE)),
    ("least", re.compile(rf"\b{_NOT}\s+(?:\w+\s+){{0,2}}?{_LESS}(?:\s+than)?(?:\s+\w+)?\s*\Z", re.IGNORECASE)),
    (
        "most",
        re.compile(
            r"\b(?:at most|up to|max(?:imum|\.)?(?: of)?|as (?:many|much|long) as|limited to)(?:\s+the age of)?\s*\Z",
            re.IGNORECASE,
        ),
    ),
    ("least", re.compile(r"\b(?:at least|min(?:imum|\.)?(?: of)?)(?:\s+the age of)?\s*\Z", re.IGNORECASE)),
    ("more", re.compile(rf"\b(?:{_MORE}(?:\s+than)?(?:\s+the age of)?)\s*\Z", re.IGNORECASE)),
    ("less", re.compile(rf"\b(?:{_LESS}(?:\s+than)?(?:\s+the age of)?)\s*\Z", re.IGNORECASE)),
)
_BEHIND = (
    (
        "least",
        re.compile(
            r"(?:\s+[\w\u00b0%]+){0,2}?,?\s+(?:or|and)\s+(?:more|later|newer|above|longer|higher|greater|over)\b"
            r"|(?:\s+\w+){0,2}?\s+at least\b",
            re.IGNORECASE,
        ),
    ),
    (
        "most",
        re.compile(
            r"(?:\s+[\w\u00b0%]+){0,2}?,?\s+(?:or|and)\s+(?:less|fewer|earlier|younger|below|shorter|lower|under)\b"
            r"|(?:\s+\w+){0,2}?\s+at (?:the )?most\b",
            re.IGNORECASE,
        ),
    ),
)
_UP = frozenset(["least", "more"])
_REST = frozenset([frozenset(["more", "most"]), frozenset(["less", "least"])])  # `up to 20`, and what if it is more
_ALIKE = 2  # words that two sentences share from which on neither tells the rest of the other
_NEW = re.compile(r"(?:\s+\w+){0,1}?\s+or\s+(?P<way>newer|older|later|earlier|younger)\b", re.IGNORECASE)
_BARRED = re.compile(
    rf"[^.;:,]*?\b(?:{_NOT}|forbidden|prohibited|banned|refused|rejected|declined|unlawful|illegal)\b", re.IGNORECASE
)
_LEAD = re.compile(r"\s+(?:ahead|before|beforehand|in advance|earlier|prior)\b")


def _bound(fact: Fact, text: str) -> str:
    """Say which way the limit goes that a number sets, if it sets one."""
    before = text[max(0, fact.start - 40) : fact.start]
    behind = text[fact.start + len(fact.text) :]
    if re.match(r"\s+(?:ahead|before|beforehand|in advance)\s+or\s+earlier\b", behind):
        return "least"
    if _LEAD.match(behind):
        if re.search(r"\bup to\s+\Z", before):  # may be either
            return ""
        if re.search(r"\b(?:no|not) later than\s+\Z", before):
            return "least"
    new = _NEW.match(behind)
    if new:
        way = new.group("way").lower()
        return "least" if way in {"newer", "later"} else "most" if way in {"earlier", "younger"} else "older"
    for way, pattern in _BEHIND:
        if pattern.match(behind):
            return way
    before = re.sub(r"[$\u20ac\u00a3]\s*\Z", "", before)
    return next((way for way, pattern in _BEFORE if pattern.search(before)), "")


def _barred(fact: Fact, text: str) -> bool:
    """Tell whether what lies beyond a limit is forbidden: `more than ten are not permitted` is `at most ten`."""
    return _BARRED.match(text, fact.start + len(fact.text)) is not None


def _against(own: str, other: str, shared: int) -> bool:
    return (own in _UP) != (other in _UP) and (shared >= _ALIKE or frozenset([own, other]) not in _REST)


def wrong_limit(found: Sequence[Fact], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for a number that is the most where the passage has it as the least, and the other way round."""
    for fact in found:
        if fact.kind != "number":
            continue
        own = _bound(fact, sentence)
        if not own:
            continue
        told = {
            other.key for other in found if other.kind in {"word", "name", "code"} and other.text.lower() not in POLES
        }
        there = [
            (way, len(told & read.keys), _barred(other, read.piece.text))
            for read in evidence.reads
            for other in read.facts[read.own :]
            if other.key == fact.key and (way := _bound(other, read.piece.text))
        ]
        if own == "older":
            own = (
                "most"
                if "least" in {way for way, _, _ in there} and not re.search(r"\b(?:age|aged|child|year)", sentence)
                else "least"
            )
        if there and all(
            _against(own, way, shared) and barred == _barred(fact, sentence) for way, shared, barred in there
        ):
            return Rejection("opposite", f"{fact.text}: {own}, not {there[0][0]}")
    return None
