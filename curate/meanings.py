"""What each reason code means, as the end of the sentence "The row ..."."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

_MODULES = (
    "against",
    "column",
    "conflicts",
    "decontaminate",
    "encoding",
    "language",
    "lint",
    "presets",
    "private",
    "quality.judge",
    "quality.perplexity",
    "quality.readability",
    "select",
    "semantic",
    "spelling",
    "support",
)
_OWN = {
    "exact_duplicate": "says the same as a row that stays, but for case, punctuation and white space",
    "near_duplicate": "says nearly the same as a row that stays",
    "empty_instruction": "has no question",
    "empty_response": "has no answer",
    "unanswered": "ends with a question that is not answered",
    "placeholder_response": "has a placeholder such as <nooutput> for an answer",
    "placeholder_context": "had a placeholder such as <noinput> for an input, which was taken out",
    "loop": "says the same words over and over",
    "repeated_lines": "consists mostly of lines that stood there before",
    "run": "holds a long run of the same few signs",
    "unreadable": "could not be read",
    "raised": "made a stage raise an error",
    **{
        f"{view}_too_{way}": f"has a {view} that is too {way}"
        for view in ("instruction", "response", "context", "whole", "prompt")
        for way in ("short", "long")
    },
}


@cache
def meanings() -> Mapping[str, str]:
    """Gather the meanings of all stages and mends; their modules are imported now, and not before."""
    found = dict(_OWN)
    for name in _MODULES:
        found |= import_module(f"curate.{name}").MEANINGS
    return found
