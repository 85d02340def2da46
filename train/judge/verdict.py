"""What the judge is asked to reply, and reading what it did reply: a guessed verdict is worse than none."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.json_objects import json_objects
from schemas.text import encodable

Choice = Literal["A", "B", "tie"]

LONGEST_REASON = 200
_MOST_CHARACTERS = 20_000  # of a reply that are read
_CHOICES: Mapping[str, Choice] = {
    "a": "A",
    "b": "B",
    "tie": "tie",
    "answer a": "A",
    "answer b": "B",
    "draw": "tie",
    "equal": "tie",
    "same": "tie",
}
# A list of what may be chosen is no choice: behind one comes the end, or another key.
_END = r"""(?=\s*(?:[.}\n]|\Z|,\s*["'*]*\w+["'*]*\s*:))"""
_BARE = re.compile(
    r"""["'*]*\bbetter["'*]*\s*[:=]["'*\s]*(answer [ab]|[ab]|tie)\b["'*]*""" + _END,
    re.IGNORECASE,
)


class Verdict(NamedTuple):
    """The answer that the judge finds better, by its place, and why."""

    better: Choice
    reason: str


def schema() -> str:
    """Give the JSON schema of a verdict, the reason first so that the choice follows from it."""
    whole = {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},  # no maxLength: strict servers refuse a schema that has it
            "better": {"type": "string", "enum": ["A", "B", "tie"]},
        },
        "required": ["reason", "better"],
        "additionalProperties": False,
    }
    return json.dumps(whole)


def read_verdict(text: str) -> Verdict | None:
    """Read a reply; None where it holds no verdict, or several that differ.

    Words around the JSON object do no harm, nor does another way to write A, B or tie. Where there is no object, a line
    `better: A` will do, and so will a reply that is nothing but A, B or tie.
    """
    text = text[:_MOST_CHARACTERS]
    found = [verdict for value in json_objects(text) if (verdict := _verdict(value)) is not None]
    if not found:
        bare = [match[1] for match in _BARE.finditer(text)] or [text]
        found = [Verdict(choice, "") for word in bare if (choice := _choice(word)) is not None]
    if not found or any(each.better != found[0].better for each in found):
        return None
    return found[0]


def _verdict(value: Mapping[str, Any]) -> Verdict | None:  # Any: JSON
    lowered = {str(key).strip().lower(): held for key, held in value.items()}
    choice, reason = _choice(lowered.get("better")), lowered.get("reason")
    if choice is None:
        return None
    if not isinstance(reason, str):
        reason = ""
    return Verdict(choice, " ".join(encodable(reason).split())[:LONGEST_REASON])


def _choice(value: object) -> Choice | None:
    return _CHOICES.get(value.strip(" \t\r\n\"'*.").lower()) if isinstance(value, str) else None
