"""Rows of cells, as Markdown tables.

A table is written as several, each under the same head, where it is long: a section that is cut out of the middle of it
still says what its columns are.
"""

import re
from collections.abc import Sequence

_LIKE_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LONGEST = 1_200  # characters; about the 400 tokens of a section, less what leads to the table
_LIKE_BLOCK = re.compile(
    r"^(\s*)(#{1,6}\s|>|```|~~~|[-+*]\s|\d{1,9}[.)]\s|(?:=+|-+|_{3,}|\*{3,})\s*$|\|)", re.MULTILINE
)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def write_table(rows: Sequence[Sequence[str]]) -> str:
    """Write rows of cells, the first of them as the head; shorter rows are filled up."""
    width = max(len(row) for row in rows)
    head, *body = [_line([*row, *[""] * (width - len(row))]) for row in rows]
    rule = _line(["---"] * width)
    tables: list[list[str]] = [[head, rule]]
    size, most = 0, max(_LONGEST - len(head), len(head))
    for line in body:
        if size and size + len(line) > most:
            tables.append([head, rule])
            size = 0
        tables[-1].append(line)
        size += len(line) + 1
    return "\n\n".join("\n".join(lines) for lines in tables)


def literal(text: str) -> str:
    """Keep the lines of a plain text from becoming headings, lists, code, quotes or tags."""
    return _LIKE_BLOCK.sub(_escaped, _INDENT.sub("", _LIKE_TAG.sub("&lt;", text)))


def _escaped(found: "re.Match[str]") -> str:
    mark = found.group(2)
    if mark[0].isdigit():
        place = mark.index(")") if ")" in mark else mark.index(".")
        return f"{found.group(1)}{mark[:place]}\\{mark[place:]}"
    return f"{found.group(1)}\\{mark}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    """Put a cell on one line: its own lines become breaks, and a bar no border."""
    lines = (" ".join(line.split()) for line in text.replace("\v", "\n").split("\n"))
    shown = "<br>".join(filter(None, (_LIKE_TAG.sub("&lt;", line) for line in lines)))
    return shown.replace("\\|", "|").replace("|", "\\|")
