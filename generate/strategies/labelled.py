"""Answers in labelled lines, `Question: ...`, `Answer: ...`: what models write that JSON is too much for."""

import re
from collections.abc import Sequence
from functools import lru_cache

_BETWEEN = re.compile(r"(?:-{3,}|\*{3,}|#{1,6}|(?:pair|item)?\s*\d+[.):]?|[-*])?", re.IGNORECASE)


def read_labelled(text: str, fields: Sequence[str]) -> list[dict[str, str]]:
    """Read items out of labelled lines.

    A label opens a line, whatever list marks, numbers or emphasis stand around it; its text goes on to the next label.
    A label that its item has already opens another item. What stands in front of the first label is talk.

    Args:
        text: The answer.
        fields: The labels, in lower case; case and a plural `s` do not matter.

    Returns:
        The items, with the fields that they have.
    """
    found = list(_label(tuple(fields)).finditer(text))
    if not found:
        return []
    ends = [label.start() for label in found[1:]] + [len(text)]
    items: list[dict[str, str]] = []
    for label, end in zip(found, ends, strict=True):
        name = label.group(1).lower()
        if not items or name in items[-1]:
            items.append({})
        told = text[label.end() : end].strip()
        items[-1][name] = _separated(told)
    return items


@lru_cache(maxsize=64)
def _label(fields: tuple[str, ...]) -> "re.Pattern[str]":
    names = "|".join(re.escape(field) for field in sorted(fields, key=len, reverse=True))
    return re.compile(rf"^[ \t>#*_\-\d.)]*({names})s?(?: \d+)?[*_ \t]*:[*_]*", re.IGNORECASE | re.MULTILINE)


def _separated(text: str) -> str:
    """Take off the rule or the next number that stands between an item and the one behind it."""
    lines = text.splitlines()
    while len(lines) > 1 and _BETWEEN.fullmatch(lines[-1].strip()):
        lines.pop()
    return "\n".join(lines).strip()
