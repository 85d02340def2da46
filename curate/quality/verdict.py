"""What a judge is asked for, and reading what it replied: strictly, for a guessed grade is worse than none."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from schemas.json_objects import json_objects
from schemas.text import encodable

LOWEST, HIGHEST = 1, 5
LONGEST_REASON = 120


class Verdict(NamedTuple):
    """Grades by criterion, and the judge's reason."""

    grades: dict[str, int]
    reason: str


def schema(criteria: Sequence[str]) -> str:
    """Give the JSON schema of a verdict, the reason first so that the grades follow from it.

    Strict servers refuse a schema with a keyword that they do not know: the length of the reason is seen to by
    `read_verdict`, and the scale is written as a list.
    """
    grade = {"type": "integer", "enum": list(range(LOWEST, HIGHEST + 1))}
    whole = {
        "type": "object",
        "properties": {"reason": {"type": "string"}, **dict.fromkeys(criteria, grade)},
        "required": ["reason", *criteria],
        "additionalProperties": False,
    }
    return json.dumps(whole)


def read_verdict(text: str, criteria: Sequence[str]) -> Verdict | None:
    """Read a reply; None where it holds no verdict, or two that differ.

    Words around the JSON object do no harm, and neither do keys that nobody asked for. A grade that is missing, no
    whole number, or outside the scale makes the whole verdict unreadable.
    """
    found = [verdict for each in json_objects(text) if (verdict := _verdict(each, criteria))]
    if not found or any(each.grades != found[0].grades for each in found):
        return None
    return found[0]


def _verdict(value: Mapping[str, Any], criteria: Sequence[str]) -> Verdict | None:  # Any: JSON
    grades: dict[str, int] = {}
    for name in criteria:
        grade = value.get(name)
        if isinstance(grade, bool) or not isinstance(grade, int | float):
            return None
        if not LOWEST <= grade <= HIGHEST or grade != int(grade):
            return None
        grades[name] = int(grade)
    reason = value.get("reason")
    if not isinstance(reason, str):
        reason = ""
    return Verdict(grades, " ".join(encodable(reason).split())[:LONGEST_REASON])
