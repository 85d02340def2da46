"""Whether an answer says yes where a table says no: `Dune has a screen` where the row of Dune has `no` under Screen."""

import re
from collections.abc import Sequence

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact, facts
from generate.grounding.polarity import LIMIT, NEGATION
from generate.rejection import Rejection

Row = list[tuple[str, str]]  # heads and values of its cells

_YES = frozenset(["yes", "y", "true", "\u2713", "\u2714", "\u2705", "included", "supported"])
_NO = frozenset(["no", "n", "false", "\u2717", "\u2718", "\u274c", "-", "\u2013", "\u2014"])
_TURNS = re.compile(r"\b(?:lack|miss|exclud|fail|refus|un(?!less|der|til|it)|den)\w*", re.IGNORECASE)


def wrong_cell(found: Sequence[Fact], text: str, evidence: Evidence) -> Rejection | None:
    """Look for a row and a column that the sentence names together although their cell says otherwise."""
    told = {fact.key for fact in found if fact.kind != "small"}
    rows = [_row(read.piece.text) for read in evidence.reads if read.piece.kind == "row"]
    named = [row for row in rows if (keys := _keys(row[0][1] or row[0][0])) and keys <= told]
    turned = any(pattern.search(text) for pattern in (NEGATION, LIMIT, _TURNS))
    against: list[str] = []
    for name, *cells in named:
        for head, value in cells:
            if value.lower() in _YES | _NO and (under := _keys(head)) and under <= told:
                if turned and not _together(_keys(name[1]), under, found):
                    continue
                against.append("" if (value.lower() in _NO) == turned else f"{name[1]}, {head}: {value}")
    wrong = [each for each in against if each]
    if wrong and (not turned or len(wrong) == len(against)):
        return Rejection("negation", wrong[0])
    return _of_another_row(named[0], rows, told, evidence) if len(named) == 1 and not turned else None


def _together(row: frozenset[str], column: frozenset[str], found: Sequence[Fact]) -> bool:
    """Tell whether a row and its column are named in one clause, so that a negation is about both."""
    clauses = {fact.clause for fact in found if fact.key in row}
    return any(fact.clause in clauses for fact in found if fact.key in column)


def _of_another_row(named: Row, rows: Sequence[Row], told: set[str], evidence: Evidence) -> Rejection | None:
    """Look for a value that only another row has in its column, and that the passage has nowhere else."""
    own = frozenset().union(*(_keys(value) for _, value in named))
    asked = {fact.key for fact in evidence.loose}
    prose = frozenset().union(*(read.keys for read in evidence.reads if read.piece.kind not in {"row", "head"}))
    for column, (head, value) in enumerate(named[1:], start=1):
        if _keys(value) & told:
            continue
        for row in rows:
            if row is named or len(row) <= column or row[column][0] != head:
                continue
            keys = _keys(row[column][1])
            if keys and keys <= told and not keys & (own | prose | asked):
                return Rejection("misplaced", f"{row[column][1]}, not {value} of {named[0][1]}")
    return None


def _row(text: str) -> Row:
    return [(head.strip(), value.strip()) for head, _, value in (cell.partition(" = ") for cell in text.split("; "))]


def _keys(text: str) -> frozenset[str]:
    return frozenset(fact.key for fact in facts(text) if fact.kind != "small")
