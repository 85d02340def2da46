"""Code fences that open and never close."""

import re

from curate.lint.exchange import Exchange, excerpt

LITERALS = ("```", "~~~")
_LINE = re.compile(r"^[ \t]{0,12}(?:[-*+>]\s{1,3}|\d{1,3}[.)]\s{1,3})?(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_RUN = re.compile(r"`{3,}|~{3,}")


def open_fence(row: Exchange) -> str | None:
    """Follow the fences of the answer as CommonMark does; an even count of fences passes, however they nest."""
    runs = _RUN.findall(row.response)
    if len(runs) % 2 == 0:
        return None
    opened: re.Match[str] | None = None
    for line in _LINE.finditer(row.response):
        mark, rest = line[1], line[2].strip()
        if opened is None:
            # Backticks behind backticks are code within a line.
            opened = None if "`" in rest else line
        elif mark[0] == opened[1][0] and len(mark) >= len(opened[1]) and not rest:
            opened = None
    return None if opened is None else excerpt(row.response, opened.start())
