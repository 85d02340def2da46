"""Stretches of a document that are not what its blocks make of them: comments, template tags, HTML tables."""

import re
from bisect import bisect_right

from generate.passages.spans import Span, spans

Stretch = tuple[int, int]

_TABLE = re.compile(r"^[ \t]*<()table\b[^<>]*>|(?<!`)<(/)table\s*>", re.IGNORECASE | re.MULTILINE)


def marks_outside(code: list[Stretch], text: str, start: int) -> list[Span]:
    """Give the template tags and comments of a text from `start` on that stand outside code."""
    if "{" not in text and "<!--" not in text:
        return []
    found = (mark for mark in spans(text) if mark.start >= start and text[mark.start - 1 : mark.start] != "`")
    return [mark for mark in found if not _holds(code, mark.start)]


def html_tables(code: list[Stretch], text: str) -> list[Stretch]:
    """Find the HTML tables outside code; blank lines cut each of them into several Markdown blocks."""
    if "<table" not in text.lower():
        return []
    tables: list[Stretch] = []
    start, depth = 0, 0
    for found in _TABLE.finditer(text):
        if _holds(code, found.start()):
            continue
        if found.group(2) is None:
            start = start if depth else found.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                tables.append((start, found.end()))
    return tables


def inside(stretches: list[Stretch], offset: int) -> bool:
    """Tell whether an offset lies within one of the stretches, after its first character."""
    index = bisect_right(stretches, (offset, -1)) - 1
    return index >= 0 and stretches[index][0] < offset < stretches[index][1]


def _holds(stretches: list[Stretch], offset: int) -> bool:
    """Tell whether an offset lies within one of the stretches, its first character included."""
    index = bisect_right(stretches, (offset + 1, -1)) - 1
    return index >= 0 and offset < stretches[index][1]


def visible(text: str, start: int, end: int, hidden: list[Stretch]) -> str:
    """Give a stretch of text without what is hidden in it."""
    if not hidden:
        return text[start:end]
    index = max(bisect_right(hidden, (start, -1)) - 1, 0)
    pieces, position = [], start
    while index < len(hidden) and hidden[index][0] < end:
        low, high = hidden[index]
        if high > position:
            pieces.append(text[position : max(low, position)])
            position = high
        index += 1
    if position < end:
        pieces.append(text[position:end])
    return "".join(pieces)
