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


class _Converter(MarkdownConverter):  # type: ignore[misc]  # markdownify carries no types
    """Escapes what Markdown would take for markup, and nothing that a reader would stumble over."""

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
        return f"\n\n{ticks}{self.options['code_language_callback'](el)}\n{code}\n{ticks}\n\n"

    def convert_dt(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write a term that is defined."""
        return f"\n\n**{' '.join(text.split())}**\n\n" if text.strip() and "**" not in text else f"\n\n{text.strip()}\n\n"

    def convert_dd(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write its definition."""
        return f"\n\n{text.strip()}\n\n"

    def convert_td(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write a cell."""
        return str(super().convert_td(el, _cell(text), parent_tags))

    def convert_th(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Write a heading cell."""
        return str(super().convert_th(el, _cell(text), parent_tags))


def converter(language: Callable[[Any], str]) -> _Converter:
    """Make a converter; `language` names the language of a `pre` element."""
    return _Converter(
        heading_style="ATX",
        bullets="-",
        code_language_callback=language,
        escape_asterisks=False,
        escape_underscores=False,
        sub_symbol="<sub>",
        sup_symbol="<sup>",
        table_infer_header=True,
    )


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
