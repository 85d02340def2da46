"""One line of Markdown as plain words: for headings and titles."""

import re

from generate.passages.links import read_autolinks, read_links
from generate.passages.markup import read_entities, read_html
from generate.passages.stash import BREAK, IMAGE, IMAGE_END, RESERVED, Stash
from generate.passages.tags import read_tags

_ATTRIBUTES = re.compile(r"\s*\{:?\s*[#.][^{}]*\}|\s*\{:[^{}]*\}")
_EMPHASIS = re.compile(
    r"(?<![\w\\*])(\*{1,3})(?=\S)(.+?)(?<=[^\s\\])\1(?![\w*])|(?<![\w\\])(_{1,3})(?=\S)(.+?)(?<=[^\s\\])\3(?!\w)|~~(.+?)~~"
)
_SPECIAL = re.compile(r"[\\`*_\[\]<>&{}!~\ufdd0-\ufdef]")
_LONGEST = 2_000  # characters that are looked at
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TICKS = re.compile(r"^(`+) ?(.*?) ?\1$", re.DOTALL)


def plain_text(markdown: str) -> str:
    """Take the markup off one line of Markdown: no links, tags, emphasis, attributes or backticks are left."""
    markdown = " ".join(markdown[:_LONGEST].split())
    if not _SPECIAL.search(markdown):
        return markdown
    stash = Stash()
    text = stash.code_spans(RESERVED.sub("", markdown))
    text = read_tags(text, stash)
    text = read_links(read_html(read_autolinks(text), stash), {})
    text = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", text)
    text = _ATTRIBUTES.sub("", text).replace(BREAK, " ").replace(IMAGE, "").replace(IMAGE_END, "")
    for _ in range(3):  # bold inside italics inside bold
        text = _EMPHASIS.sub(lambda found: found.group(2) or found.group(4) or found.group(5), text)
    text = _ESCAPE.sub(r"\1", read_entities(text))
    stash.pieces = [_TICKS.sub(r"\2", piece) for piece in stash.pieces]
    return " ".join(RESERVED.sub("", stash.restore(text)).split())
