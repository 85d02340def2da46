"""The passage: what a section says to a person who reads the rendered page, still as Markdown."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from markdown_it.token import Token

from generate.front_matter import front_matter_end
from generate.passages.admonitions import read_admonitions
from generate.passages.layout import lay_out, read_images
from generate.passages.links import read_autolinks, read_links
from generate.passages.markup import read_entities, read_html
from generate.passages.modules import without_modules
from generate.passages.stash import BLOCK, CLOSE, RAW_TAG, RESERVED, Stash
from generate.passages.tags import read_tags, template_marks
from generate.structure import blocks, line_starts

_NO_DEFINITIONS: Mapping[str, str] = MappingProxyType({})
_CODE = {"fence", "code_block"}
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[^\n]*\n(?:.*\n)?[ \t]*\1[ \t]*\n*\Z", re.DOTALL)
_INDENT = re.compile(r"[ \t]*")
_HTML_END = re.compile(r"^[ \t]*</(?:div|section|article|details|td|tr|table|ul|ol|li|p)>[ \t]*$", re.MULTILINE)
_CLOSING_FENCE = re.compile(r"\n?[ \t]*(?:`{3,}|~{3,})[ \t]*\Z")
_ATTRIBUTES = re.compile(r"(?<![\\$\w])\{:[^{}\n]{0,500}\}|\{#[\w:.-]{1,200}[^{}\n]{0,200}\}(?=[ \t]*$)", re.MULTILINE)
_TOC = re.compile(r"^[ \t]*(?:[*+-][ \t]+TOC|\[TOC\]|\[\[_TOC_\]\])[ \t]*$\n?", re.MULTILINE | re.IGNORECASE)
_EDIT_LINE = re.compile(
    r"^[^\w\n]*(?:(?:edit|improve|suggest (?:an )?edits? (?:to|on|for)) (?:this|the) (?:page|doc|document|file|article)"
    r"|edit (?:this page )?on git(?:hub|lab)|back to (?:the )?top|was this (?:page|article|information) helpful\b"
    r"|last (?:edited|updated|modified)\b[^\n]{0,80}was this page helpful|last (?:edited|updated|modified)\b)"
    r"[^\n]{0,60}$\n?",
    re.MULTILINE | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([_*\[\]().!<>&$~\"'#{}-])")
_BRACES = re.compile(r"\{\{+|\{%+|%\}")


def passage(text: str, *, kinds: Sequence[str] = (), definitions: Mapping[str, str] = _NO_DEFINITIONS) -> str:
    """Give the clean reading text of a section's raw Markdown.

    Left out are its own heading, front matter, comments, template tags, HTML tags, attributes and link definitions;
    relative links become their text, absolute ones stay; wrapped lines are joined. Code is left as it is.

    Args:
        text: Raw Markdown of one section.
        kinds: The section's kinds: a middle stretch of a long code block is known for code by them only.
        definitions: Link definitions of the whole document, from `links.definitions`.
    """
    text = RESERVED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.startswith(("---", "+++")):
        text = text[front_matter_end(text) :]
    if tuple(kinds) == ("code",) and not _holds_code(text):
        return _fenced(text)
    stash = Stash()
    text = _take_code(_dedent(read_admonitions(text), kinds), stash)
    text = stash.code_spans(text)
    text = without_modules(text)
    text = read_tags(text, stash)
    text = read_html(read_autolinks(text), stash)
    text = read_links(_TOC.sub("", _ATTRIBUTES.sub("", text)), definitions)
    text = read_entities(_EDIT_LINE.sub("", text))
    text = _ESCAPE.sub(r"\1", lay_out(read_images(text)))
    text = _BRACES.sub("", text)
    read = RESERVED.sub("", stash.restore(text)).strip("\n")
    # A mark that goes may leave a fence behind, and what was code then is none.
    return _BRACES.sub("", read).strip("\n") if template_marks(read) else read


def _take_code(text: str, stash: Stash) -> str:
    """Put code blocks away, drop the section's own heading, and take the indent off HTML lines."""
    starts = line_starts(text)
    out, position = [], 0
    first = True
    for token in blocks(text):
        if token.map is None or token.type not in {*_CODE, "html_block", "heading_open"}:
            first = first and token.map is None
            continue
        start, end = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        if start < position:
            continue
        if token.type == "heading_open":
            if first and token.level == 0:
                out.append(text[position:start])
                position = end
            first = False
            continue
        first = False
        lines = text[start:end]
        out.append(text[position:start])
        if token.type == "html_block" or (token.type == "code_block" and _HTML_END.search(lines)):
            out.append(re.sub(r"^[ \t]+", "", lines, flags=re.MULTILINE) if "<pre" not in lines.lower() else lines)
        else:
            out.append(_put_block(_straightened(lines, token), token.info, stash))
        position = end
    out.append(text[position:])
    return "".join(out)


def _straightened(lines: str, token: Token) -> str:
    """Take the indent off a fence that stands inside tags, where Markdown may take it for an indented block."""
    if token.level or not _FENCE.match(lines):
        return lines
    width = len(lines) - len(lines.lstrip(" \t"))
    return re.sub(rf"^[ \t]{{1,{width}}}", "", lines, flags=re.MULTILINE) if width else lines


def _put_block(lines: str, info: str, stash: Stash) -> str:
    """Put one code block away behind its indent, without the marks that keep template engines out of it."""
    body = lines.rstrip("\n")
    kept = [RAW_TAG.sub("", line) for line in body.split("\n")]
    shown = "\n".join(
        line for line, old in zip(kept, body.split("\n"), strict=True) if line.strip() or not RAW_TAG.search(old)
    )
    if info.startswith("{") and info.strip("{} ").split(":")[0].lower() in _MYST:
        return "\n".join(shown.split("\n")[1:-1]) + "\n"
    indent = _INDENT.match(shown)
    width = indent.end() if indent else 0
    return shown[:width] + stash.block(shown[width:]) + "\n" * max(1, len(lines) - len(body))


_MYST = frozenset(
    ["note", "tip", "hint", "important", "warning", "caution", "danger", "attention", "error", "seealso", "admonition"]
)


def _holds_code(text: str) -> bool:
    """Tell whether a stretch of code still has the marks of code around it."""
    return any(token.type in _CODE and (token.content.strip() or token.map is None) for token in blocks(text)) or (
        f"{BLOCK}{CLOSE}" in text or "<pre" in text.lower() or "{%" in text
    )


def _fenced(text: str) -> str:
    """Put a fence around a middle stretch of a code block."""
    code = _CLOSING_FENCE.sub("", text.rstrip())
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    return f"{ticks}\n{code.strip(chr(10))}\n{ticks}"


def _dedent(text: str, kinds: Sequence[str]) -> str:
    """Take the first line's indent off a stretch that was cut out of a list."""
    stripped = text.lstrip("\n")
    indent = _INDENT.match(stripped)
    width = indent.end() if indent else 0
    if width == 0 or "code" in kinds or (not kinds and width >= 4):
        return text
    return re.sub(rf"^[ \t]{{1,{width}}}", "", stripped, flags=re.MULTILINE)
