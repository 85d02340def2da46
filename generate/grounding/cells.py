"""Whether an answer says yes where a table says no: `Dune has a screen` where the row of Dune has `no` under Screen."""

import re
from collections.abc import Sequence

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact, facts
from generate.grounding.polarity import LIMIT, NEGATION
from generate.rejection import Rejection

_YES = frozenset(["yes", "y", "true", "\u2713", "\u2714", "\u2705", "included", "supported"])
_NO = frozenset(["no", "n", "false", "\u2717", "\u2718", "\u274c", "-", "\u2013", "\u2014"])
_TURNS = re.compile(r"\b(?:lack|miss|exclud|fail|refus|un(?!less|der|til|it)|den)\w*", re.IGNORECASE)


def wrong_cell(found: Sequence[Fact], text: str, evidence: Evidence) -> Rejection | None:
    """Look for a row and a column that the sentence names together although their cell says otherwise."""
    told = {fact.key for fact in found if fact.kind != "small"}
    turned = any(pattern.search(text) for pattern in (NEGATION, LIMIT, _TURNS))
    against: list[str] = []
    for row in (read.piece.text for read in evidence.reads if read.piece.kind == "row"):
        name, *cells = [cell.partition(" = ")[::2] for cell in row.split("; ")]
        if not (keys := _keys(name[1] or name[0])) or not keys <= told:
            continue
        for head, value in cells:
            low = value.strip().lower()
            if low in _YES | _NO and (under := _keys(head)) and under <= told:
                against.append("" if (low in _NO) == turned else f"{name[1]}, {head}: {value}")
    wrong = [each for each in against if each]
    return Rejection("negation", wrong[0]) if wrong and (not turned or len(wrong) == len(against)) else None


def _keys(text: str) -> frozenset[str]:
    return frozenset(fact.key for fact in facts(text) if fact.kind != "small")
