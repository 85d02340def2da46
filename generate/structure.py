"""The CommonMark block structure of a text, as markdown-it-py sees it, in character offsets.

Only blocks are parsed: no inline markup. Lines end with LF, CRLF or CR and with nothing else, as in CommonMark;
`str.splitlines` would also split at form feeds and Unicode separators.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

CODE = frozenset({"fence", "code_block"})
_LINE_END = re.compile(r"\r\n|\n|\r")
_DEEPEST = 40  # levels of nesting that are looked into: deeper ones belong to the block around them


def line_starts(text: str) -> list[int]:
    """Give the offset of each line's first character, and the length of the text as the last element."""
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    if starts[-1] != len(text):
        starts.append(len(text))
    return starts


def blocks(text: str, *, plain: bool = False) -> list[Token]:
    """Parse a text into block tokens; `token.map` counts lines from 0 as `line_starts` does.

    Args:
        text: Markdown without front matter.
        plain: Whether it is plain text, in which indented lines are no code and angle brackets no HTML.
    """
    return _parser(plain=plain).parse(text)


def without_code_blocks(text: str) -> str:
    """Leave the lines of fenced and indented code out of a text."""
    starts = line_starts(text)
    kept, position = [], 0
    for token in blocks(text):
        if token.type in CODE and token.map is not None:
            kept.append(text[position : starts[token.map[0]]])
            position = starts[min(token.map[1], len(starts) - 1)]
    return "".join([*kept, text[position:]])


@cache
def _parser(*, plain: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    if plain:
        parser.disable(["code", "html_block"])
    return parser
