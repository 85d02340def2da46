"""The outline of a document: its blocks under their headings, and where each of them may be cut."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

from generate.front_matter import front_matter_end
from generate.passages.plain import plain_text
from generate.passages.spans import Span
from generate.regions import Stretch, html_tables, inside, marks_outside, visible
from generate.structure import CODE, blocks, line_starts
from schemas import Document

_LONGEST_HEADING = 200  # characters of a heading that are kept in a path
_NOT_PROSE = re.compile(r"<(?:pre|script|style)\b.*?(?:</(?:pre|script|style)>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]")
_ROW = re.compile(r"^[ \t]*<tr\b", re.IGNORECASE | re.MULTILINE)
_ROW_DEPTH = 99  # deeper than any block: rows are parted last
_LISTS = {"bullet_list_open", "ordered_list_open"}
_TEXT = {"paragraph_open", "heading_open"}


@dataclass(slots=True)
class Part:
    """What stands under one heading, up to the next one.

    Attributes:
        path: Headings from the outermost to its own.
        start: Offset of its first character.
        body: Offset of the first character after its own heading; `start` where it has none.
        end: Offset after its last character.
        cuts: Offsets inside the body at which a block begins, with the block's depth, sorted.
    """

    path: tuple[str, ...]
    start: int
    body: int
    end: int
    cuts: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """A document's parts, in order, and what holds for all of them.

    Attributes:
        front: Offset after the front matter, 0 where there is none.
        parts: What follows it; together they tile the text.
        lines: Offsets at which lines begin, and the length of the text.
        kinds: For each kind the stretches that hold it, sorted and apart.
        hidden: Comments, which nobody reads.
        whole: Stretches that read as one: comments, template tags over several lines.
        code: Offsets at which a code block begins.
    """

    front: int
    parts: list[Part]
    lines: list[int]
    kinds: dict[str, list[Stretch]]
    hidden: list[Stretch]
    whole: list[Stretch]
    code: set[int]


def outline(document: Document) -> Outline:
    """Take a document apart."""
    text = document.text
    front = front_matter_end(text)
    body = text[front:] if front else text
    lines = [front + start for start in line_starts(body)]
    tokens = blocks(body, plain=document.media_type == "text/plain")
    code = sorted((lines[one.map[0]], lines[one.map[1]]) for one in tokens if one.type in CODE and one.map)
    marks = marks_outside(code, text, front)
    hidden = [(mark.start, mark.end) for mark in marks if mark.kind == "comment"]
    whole = [(mark.start, mark.end) for mark in marks if _LINE_END.search(text, mark.start, mark.end)]
    result = Outline(front, [], lines, {}, hidden, whole, set())
    _Reader(text, result, marks, html_tables(code, text)).read(tokens)
    return result


class _Reader:
    """Walks the tokens once and fills an outline."""

    def __init__(self, text: str, result: Outline, marks: list[Span], tables: list[Stretch]) -> None:
        self.text = text
        self.out = result
        self.headings: list[tuple[int, str]] = []
        self.tables = tables
        for mark in marks:
            if mark.kind == "highlight":
                self.note("code", mark.start, mark.end)
        if result.front:
            self.note("front_matter", 0, result.front)

    def note(self, kind: str, start: int, end: int) -> None:
        stretches = self.out.kinds.setdefault(kind, [])
        if stretches and start < stretches[-1][1]:
            return
        stretches.append((start, end))

    def read(self, tokens: list[Token]) -> None:
        text, lines, out = self.text, self.out.lines, self.out
        if out.front < len(text):
            out.parts.append(Part((), out.front, out.front, len(text)))
        list_end = quiet_until = -1
        for token, following in pairwise([*tokens, Token("end", "", 0)]):
            if token.map is None or token.type == "inline":
                continue
            start, end = lines[token.map[0]], lines[min(token.map[1], len(lines) - 1)]
            if inside(out.whole, start):
                continue
            if inside(self.tables, start):
                self.cut_rows(start, end)
                continue
            if token.type == "heading_open" and token.level == 0:
                self.open_part(int(token.tag[1]), following.content, start, end)
                continue
            self.cut(start, token)
            if token.type in _LISTS and start >= list_end:
                self.note("list", start, end)
                list_end = end
            elif token.type in CODE:
                self.note("code", start, end)
            elif token.type == "table_open":
                self.note("table", start, end)
                quiet_until = end
            elif token.type == "html_block":
                self.note_html(start, end)
                self.cut_rows(start, end)
            elif token.type in _TEXT and start >= list_end and start >= quiet_until and self.says(start, end):
                self.note("prose", start, end)

    def open_part(self, level: int, title: str, start: int, end: int) -> None:
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        shown = plain_text(title)
        if len(shown) > _LONGEST_HEADING:
            shown = shown[: _LONGEST_HEADING - 1].rstrip() + "…"
        if shown:
            self.headings.append((level, shown))
        parts = self.out.parts
        leads = len(parts) == 1 and not parts[0].path and parts[0].start == self.out.front
        if leads and not self.text[parts[0].start : start].strip():
            start = parts.pop().start
        if parts:
            parts[-1].end = start
        parts.append(Part(tuple(title for _, title in self.headings), start, end, len(self.text)))

    def cut(self, start: int, token: Token) -> None:
        part = self.out.parts[-1]
        if token.type in CODE:
            self.out.code.add(start)
        if start <= part.body:
            return
        if part.cuts and part.cuts[-1][0] == start:
            return
        part.cuts.append((start, token.level))

    def cut_rows(self, start: int, end: int) -> None:
        """Let an HTML table be cut where a row begins, and nowhere else, if it is over the budget."""
        cuts = self.out.parts[-1].cuts
        for row in _ROW.finditer(self.text, start, end):
            if not cuts or cuts[-1][0] < row.start():
                cuts.append((row.start(), _ROW_DEPTH))

    def note_html(self, start: int, end: int) -> None:
        raw = self.text[start:end].lower()
        for kind, tags in {"code": ("<pre",), "table": ("<table",), "list": ("<ul", "<ol")}.items():
            if any(tag in raw for tag in tags):
                self.note(kind, start, end)
        if _NOT_PROSE.sub("", visible(self.text, start, end, self.out.hidden)).strip():
            self.note("prose", start, end)

    def says(self, start: int, end: int) -> bool:
        """Tell whether a paragraph is more than a comment."""
        return not self.out.hidden or bool(visible(self.text, start, end, self.out.hidden).strip())
