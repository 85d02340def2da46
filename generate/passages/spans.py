"""Where the marks of template languages stand in a text: found in one pass, whatever the text holds.

Liquid and Jinja (`{% %}`, `{{ }}`, `{# #}`), Hugo (`{{< >}}`, `{{% %}}`), MDX and HTML comments.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPENER = re.compile(r"\{\{|\{%|\{#(?![\w:.-]+[^#{}\n]*\})|\{/\*|<!--")
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}", "{/*": "*/}", "<!--": "-->"}
_TAGS = {"{{", "{%"}
_NAME = re.compile(r"[-~+<%{\s]*/?\s*([A-Za-z_][\w-]*)")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")
_ENDS = {name: re.compile(rf"\{{%[-~+]?\s*end{name}\s*[-~+]?%\}}") for name in ("comment", "highlight")}
_LONGEST_TAG = 4_000  # characters


class Span(NamedTuple):
    """One template tag or comment.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last character.
        kind: `tag`, `comment` (with all that it hides) or `highlight` (a whole code block).
        name: First word in a tag.
    """

    start: int
    end: int
    kind: str
    name: str = ""


def spans(text: str) -> Iterator[Span]:
    """Yield the template tags and comments of a text, in order; none lies inside another.

    A mark that is never closed is no span, and neither is one whose closing mark stands in another paragraph.
    """
    position, unclosed = 0, set[str]()
    while found := _OPENER.search(text, position):
        opener, position = found.group(), found.end()
        if opener in unclosed:
            continue
        limit = position + _LONGEST_TAG if opener in _TAGS else len(text)
        close = text.find(_CLOSERS[opener], position, limit)
        if close < 0:
            if opener not in _TAGS:
                unclosed.add(opener)
            continue
        end = close + len(_CLOSERS[opener])
        if opener not in _TAGS:
            yield Span(found.start(), end, "comment")
            position = end
            continue
        inner = text[position:close]
        if _BLANK_LINE.search(inner):
            continue
        named = _NAME.match(inner)
        name = named.group(1) if named else ""
        kind = "tag"
        if opener == "{%" and name in _ENDS and name not in unclosed:
            whole = _ENDS[name].search(text, end)
            if whole:
                kind, end = name, whole.end()
            else:
                unclosed.add(name)
        yield Span(found.start(), end, kind, name)
        position = end
