"""PDF files: their text in reading order, with headings found from the size of the type."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from generate.loaders.content import Content, UnreadableError
from generate.loaders.pdf_lines import HYPHEN, Line, merged, page_lines
from generate.loaders.pdf_order import Row, ordered, tables, without_furniture
from schemas import MissingExtraError

_BULLET = re.compile(r"[•▪◦●○■□‣⁃∙·\uf0b7\uf0a7\uf0d8o–—*-]\s+(?=\S)")  # noqa: RUF001 - the dashes are meant
_NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\s+\S")
_COUNTED = re.compile(r"\s*\(?(\d{1,3})[.)]")
_BARE_NUMBER = re.compile(r"\s*(\d{1,2})\s+(?=[^\W\d_])")
_SENTENCE_END = re.compile(r"[.!?:;。]['\"”’)\]]*\Z")  # noqa: RUF001 - the full-width stop is meant
_LIKE_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_LIKE_BLOCK = re.compile(r"^(#{1,6}\s|>|```|~~~|\+\s)")
_WORD_END = re.compile(r"([^\W\d_]+)[-\u00ad]\Z")
_WORD_START = re.compile(r"([^\W\d_]+)")
_LARGER = 1.12  # how much larger than the body a heading is set at least
_LONGEST_HEADING = 160  # characters
_PASSWORD = "password"  # noqa: S105 - a word in PDFium's message


def load(raw: bytes) -> Content:
    """Read a PDF file.

    Raises:
        UnreadableError: It is damaged, encrypted, or holds pictures of text only.
        MissingExtraError: pypdfium2 is not installed.
    """
    try:
        import pypdfium2  # type: ignore[import-untyped]  # it carries no types
    except ModuleNotFoundError:
        raise MissingExtraError("pypdfium2", extra="docs") from None
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if _PASSWORD in str(error).lower():
            raise UnreadableError("encrypted", "it is protected by a password") from error
        raise UnreadableError("damaged", f"not a readable PDF ({error})") from error
    try:
        pages, heights = [], []
        for page in document:
            pages.append(page_lines(page))
            heights.append(float(page.get_height()))
            page.close()
        known = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    if not any(pages):
        raise UnreadableError("no_text", "it holds pictures only: run text recognition (OCR) on it first")
    metadata = {key.lower(): value for key, value in known.items() if key in {"Title", "Author", "Subject", "Keywords"}}
    return Content(_markdown(without_furniture(pages, heights)), metadata=metadata)


def _markdown(pages: list[list[Line]]) -> str:
    """Write the pages as one Markdown text."""
    lines = [line for page in pages for line in page]
    style = _style(lines)
    writer = _Writer(style)
    for page in pages:
        for rows in ordered(page):
            for item in tables(rows):
                if isinstance(item, Row):
                    writer.line(merged(item.cells))
                else:
                    writer.table(item)
        writer.page()
    return writer.text()


@dataclass(frozen=True, slots=True)
class _Style:
    """How a document is set.

    Attributes:
        body: Size of most of its text, in points.
        levels: Heading level by size.
        leading: Usual distance of two lines, in points.
        words: Every word in it, to tell a hyphen from a broken word.
    """

    body: float
    levels: dict[float, int]
    leading: float
    words: frozenset[str]


def _style(lines: list[Line]) -> _Style:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = max(sizes, key=lambda size: (sizes[size], size)) if sizes else 10.0
    larger = sorted(
        {line.size for line in lines if line.size >= _LARGER * body and len(line.text) <= 200}, reverse=True
    )
    levels = {size: min(rank, 5) for rank, size in enumerate(larger, 1)}
    steps = Counter(
        round(above.base - below.base, 1)
        for above, below in pairwise(lines)
        if above.size == below.size == body and 0 < above.base - below.base < 3 * body
    )
    leading = max(steps, key=lambda step: (steps[step], -step)) if steps else 1.2 * body
    words = frozenset(word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)+", line.text.lower()))
    return _Style(body, levels, leading, words)


@dataclass(slots=True)
class _Writer:
    """Puts lines together to headings, paragraphs, list items and code."""

    style: _Style
    blocks: list[str] = field(default_factory=list)
    held: list[Line] = field(default_factory=list)
    kind: str = ""
    indent: float = 0.0
    turned: bool = False
    number: int = 0

    def line(self, line: Line) -> None:
        """Take the next line."""
        bare = _BARE_NUMBER.match(line.text)
        if bare and int(bare.group(1)) == self.number + 1 and line.size not in self.style.levels:
            line = replace(line, text=f"{bare.group(1)}. {line.text[bare.end() :]}")
        kind = self.kind_of(line)
        if kind == "number" and (counted := _COUNTED.match(line.text)):
            self.number = int(counted.group(1))
        elif kind.startswith("h"):
            self.number = 0
        if not (self.held and self.goes_on(line, kind)):
            self.flush()
            self.kind = kind
            self.indent = line.left
        self.held.append(line)
        self.turned = False

    def table(self, cells: list[list[str]]) -> None:
        """Take a table."""
        self.flush()
        rows = [f"| {' | '.join(_escaped(cell).replace('|', chr(92) + '|') for cell in row)} |" for row in cells]
        self.blocks.append("\n".join([rows[0], "|" + " --- |" * len(cells[0]), *rows[1:]]))

    def page(self) -> None:
        """Note that a page ends: a paragraph may go on after it."""
        self.turned = True

    def text(self) -> str:
        """Give the whole."""
        self.flush()
        return "\n\n".join(self.blocks).replace("\n\n- ", "\n- ") + "\n" if self.blocks else ""

    def kind_of(self, line: Line) -> str:
        text = line.text.strip()
        if line.size in self.style.levels and len(text) <= _LONGEST_HEADING and any(sign.isalpha() for sign in text):
            return f"h{self.style.levels[line.size]}"
        if _BULLET.match(text):
            return "item"
        if line.mono and line.size <= self.style.body * _LARGER:
            return "code"
        short = len(text) <= 80 and not _SENTENCE_END.search(text) and sum(sign.isalpha() for sign in text) > 2
        if line.bold and short and not _NUMBERED.match(text.lower()) and line.size >= self.style.body:
            return f"h{min(len(set(self.style.levels.values())) + 1, 6)}"
        return "number" if _NUMBERED.match(text) else "text"

    def goes_on(self, line: Line, kind: str) -> bool:
        """Tell whether a line belongs to the block of the lines before it."""
        above = self.held[-1]
        drop = above.base - line.base
        if self.turned or drop < 0:  # the next page or column
            ended = bool(_SENTENCE_END.search(above.text))
            return kind == "text" and self.kind in {"text", "item", "number"} and not ended and line.size == above.size
        if kind == "code" or self.kind == "code":
            return kind == self.kind and drop < 2.2 * self.style.leading
        if kind.startswith("h") or self.kind.startswith("h"):
            return kind == self.kind and line.size == above.size and drop < 1.5 * 1.2 * line.size
        if kind in {"item", "number"} or abs(line.size - above.size) > 1:
            return False
        usual = max(self.style.leading * line.size / self.style.body, line.size)
        if drop > 1.35 * usual:
            return False
        if self.kind in {"item", "number"}:
            return line.left > self.indent + 1
        widest = max(one.right for one in self.held)
        is_short = above.right < widest - 0.2 * (widest - above.left) and bool(_SENTENCE_END.search(above.text))
        return not is_short and line.left <= above.left + line.size

    def flush(self) -> None:
        """Write the block that is held."""
        held, kind = self.held, self.kind
        self.held = []
        if not held:
            return
        if kind == "code":
            self.blocks.append("\n".join(["```", *_code_lines(held), "```"]))
            return
        text = _escaped(self.joined(held))
        if kind.startswith("h"):
            self.blocks.append(f"{'#' * int(kind[1])} {text}")
        elif kind == "item":
            self.blocks.append(f"- {_BULLET.sub('', text, count=1)}")
        else:
            self.blocks.append(_LIKE_BLOCK.sub(r"\\\1", text))

    def joined(self, lines: list[Line]) -> str:
        """Join lines to one; a word that was broken at the end of a line is made whole."""
        text = lines[0].text.strip()
        for line in lines[1:]:
            following = line.text.strip()
            broken, start = _WORD_END.search(text), _WORD_START.match(following)
            if broken and start and (start.group(1)[0].islower() or text.endswith(HYPHEN)):
                compound = f"{broken.group(1)}-{start.group(1)}".lower() in self.style.words
                text = text[:-1] + ("-" if compound else "") + following
            else:
                text = f"{text} {following}"
        return " ".join(text.replace(HYPHEN, "").split())


def _code_lines(lines: list[Line]) -> Iterator[str]:
    """Write the lines of a listing with the indents that they are set with."""
    left = min(line.left for line in lines)
    for line in lines:
        width = (line.right - line.left) / max(len(line.text), 1) or 1.0
        yield " " * min(60, round((line.left - left) / width)) + line.text


def _escaped(text: str) -> str:
    return _LIKE_MARKUP.sub("&lt;", text)
