"""How HTML elements are written in Markdown: markdownify's way, and ours where that would lose something."""

import re
from collections.abc import Callable
from typing import Any

from markdownify import MarkdownConverter

_LIKE_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LIKE_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_LIKE_HEADING = re.compile(r"^(\s*)(#{1,6}\s)")
_ITEM = re.compile(r"(?:-|\d+\.)\s")
_BAR = re.compile(r"(?<!\\)\|")
_TICKS = re.compile(r"`+")


class _Converter(MarkdownConverter):
    """Escapes what Markdown would take for markup, and nothing that a reader would stumble over."""

    language: Callable[[Any], str]  # names the language of a `pre` element

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Keep text that looks like HTML or like a heading from becoming that."""
        escaped = _LIKE_TAG.sub("&lt;", _LIKE_ENTITY.sub("&amp;", text or ""))
        return _LIKE_HEADING.sub(r"\1\\\2", escaped) if "p" in parent_tags else escaped

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:  # Any: bs4 tags carry no useful types
        """Write a code block, in a fence longer than any in it."""
        code = text.strip("\n")
        if not code.strip():
            return ""
        if {"td", "th"} & parent_tags:
            return f"`{' '.join(code.split())}`"
        ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(code)), default=0))
        return f"\n\n{ticks}{self.language(el)}\n{code}\n{ticks}\n\n"

    def convert_br(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify names them
        """Write a line break, as HTML where a cell holds it."""
        if {"td", "th"} & parent_tags:
            return "<br>"
        return " " if "_inline" in parent_tags else "  \n"

    def convert_dt(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify names them
        """Write a term that is defined."""
        term = " ".join(text.split())
        return f"\n\n{term if '**' in term or not term else f'**{term}**'}\n\n"

    def convert_dd(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify names them
        """Write its definition."""
        return f"\n\n{text.strip()}\n\n"

    def convert_td(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify names them
        """Write a cell."""
        return _row_cell(el, _cell(text))

    def convert_th(self, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: ARG002 - markdownify names them
        """Write a heading cell."""
        return _row_cell(el, _cell(text))


def converter(language: Callable[[Any], str]) -> _Converter:
    """Make a converter; `language` names the language of a `pre` element."""
    made = _Converter(
        heading_style="ATX",
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        sub_symbol="<sub>",
        sup_symbol="<sup>",
        table_infer_header=True,
    )
    made.language = language
    return made


def _cell(text: str) -> str:
    """Put the content of a cell on one line; what was on lines of its own stays apart."""
    out = ""
    for line in text.strip().split("\n"):
        bare = line.strip()
        apart = out.endswith("\n") or _ITEM.match(bare)
        if bare:
            out = out.rstrip("\n") + ("<br>" if out.strip() and apart else " " if out else "") + bare
        if out and (not bare or line.endswith("  ")):
            out += "\n"
    return _BAR.sub(r"\\|", out.strip())


def _row_cell(el: Any, text: str) -> str:
    """Write a cell as wide as the columns that it spans."""
    span = str(el.get("colspan", "1"))
    return f" {text}{' |' * (int(span) if span.isdigit() else 1)}"
