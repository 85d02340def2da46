"""Texts of documents and models, made safe to look at: what a reader would not see is written out."""

import re
from typing import Any

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~]|^[#+>-]|(?<=^\d)[.)])")


def visible(value: Any) -> Any:  # Any: whatever JSON can hold
    """Put marks in the place of what a reader cannot see, in every text of a value."""
    if isinstance(value, str):
        return _HIDDEN.sub(lambda found: f"\\x{ord(found[0]):02x}", value)
    if isinstance(value, dict):
        return {name: visible(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [visible(each) for each in value]
    return value


def markdown(text: str, *, longest: int = 300) -> str:
    """Put a text on one line of Markdown in which nothing of it is markup, HTML, a link or a mention of somebody."""
    line = " ".join(str(visible(text)).split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    line = _MARKDOWN.sub(r"\\\1", line)
    # GitHub looks for names and addresses in the finished text, where only a break inside them helps.
    return line.replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")
