"""Whether things come in the order of the passage: `first A, then B` is not `first B, then A`."""

import re
from collections.abc import Iterator, Sequence

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact, facts
from generate.grounding.lexicon import GENERIC, bare_stem
from generate.rejection import Rejection

_THEN = re.compile(
    r"[,;.:]?\s*\b(?:and\s+)?(?:then|after that|afterwards|thereafter|next,|finally"
    r"|followed by|ahead of|and only then)\b"
    r"|\.\s+(?:Next|Then|After that|Afterwards|Finally)\b,?",
)
_FIRST = re.compile(r"\bfirst(?: of all)?\b(?!-)", re.IGNORECASE)


def out_of_order(answer: str, evidence: Evidence) -> Rejection | None:
    """Look for two things that the answer and the passage put in opposite orders."""
    own = list(_ordered([answer]))
    if not own:
        return None
    there = list(
        _ordered([read.piece.text for read in evidence.reads if read.piece.kind not in {"row", "code", "head"}])
    )
    for early, late in own:
        for first, second in there:
            ahead, behind = early & second - first, late & first - second
            if ahead and behind:
                return Rejection("swapped", f"{min(behind)} before {min(ahead)}")
    return None


def _ordered(texts: Sequence[str]) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Give what comes first and what comes then."""
    for text in texts:
        for found in _THEN.finditer(text):
            early = re.split(r"[.;]\s|\bthen\b", text[: found.start()])[-1]
            late = re.split(r"[.;]\s|,? \bthen\b|,? and\b", text[found.end() :].strip())[0]
            first, then = _keys(_FIRST.sub(" ", early)), _keys(late)
            if first - then and then - first:
                yield first - then, then - first


def _keys(text: str) -> frozenset[str]:
    return frozenset(fact.key for fact in facts(text) if _tells(fact))


def _tells(fact: Fact) -> bool:
    return fact.kind in {"name", "code", "number"} or (fact.kind == "word" and bare_stem(fact.text) not in GENERIC)
