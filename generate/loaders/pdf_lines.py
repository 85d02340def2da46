"""The lines of a PDF page: where they stand, how large they are set, and what they say."""

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_FACES = str.maketrans({**_LIGATURES, "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\ufeff": None})
_HYPHENS = {0x02, 0xFFFE, 0x00AD}  # what PDFium gives for a hyphen at the end of a line
HYPHEN = "\u00ad"
LABEL = re.compile(r"\s*(?:\(?(?:\d{1,3}|[a-zA-Z])[.)]|\d{1,2}|[•▪◦●○■□‣⁃∙·\uf0b7\uf0a7\uf0d8*–—-])\s*\Z")  # noqa: RUF001 - meant
_MONO = ("mono", "courier", "consol", "menlo", "typewriter", "cmtt", "sourcecode", "fixed")
_BOLD = 600  # the weight from which a face counts as bold
_GAP = 1.6  # of the font size: a wider gap parts columns or cells
_TILT = 0.1  # radians: text that stands steeper is a stamp or a watermark


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on one baseline.

    Attributes:
        text: What it says.
        left: Where it begins, in points from the page's left edge.
        right: Where it ends.
        base: Height of its baseline above the page's lower edge.
        size: Font size in points, of most of its signs.
        bold: Whether all its letters are bold.
        mono: Whether all its letters have one width.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    mono: bool


def page_lines(page: Any) -> list[Line]:  # Any: pypdfium2 types none of what is used here
    """Read the lines of a page in the order of its content stream."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # it carries no types

    text_page = page.get_textpage()
    try:
        return _Reader(pdfium, text_page.raw).read()
    finally:
        text_page.close()


@dataclass(slots=True)
class _Run:
    """The line that is being read."""

    signs: list[str]
    left: float
    right: float
    base: float
    sizes: dict[float, int]
    letters: int = 0
    bold: int = 0
    mono: int = 0


class _Reader:
    """Reads the signs of one page, one after the other."""

    def __init__(self, pdfium: Any, page: Any) -> None:
        self.pdfium = pdfium
        self.page = page
        self.lines: list[Line] = []
        self.run: _Run | None = None
        self.ended = False

    def read(self) -> list[Line]:
        pdfium, page = self.pdfium, self.page
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        x, y = ctypes.c_double(), ctypes.c_double()
        for index in range(pdfium.FPDFText_CountChars(page)):
            code = pdfium.FPDFText_GetUnicode(page, index)
            if code in (0x0A, 0x0D):
                self.ended = True
                continue
            if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
                continue
            if pdfium.FPDFText_IsGenerated(page, index) == 1 and code == 0x20:
                if self.run and not self.run.signs[-1].endswith(" "):
                    self.run.signs.append(" ")
                continue
            if abs(_tilt(pdfium.FPDFText_GetCharAngle(page, index))) > _TILT:
                self.flush()
                continue
            pdfium.FPDFText_GetCharBox(page, index, left, right, bottom, top)
            pdfium.FPDFText_GetCharOrigin(page, index, x, y)
            self.put(index, code, left.value, max(right.value, x.value), y.value)
        self.flush()
        return self.lines

    def put(self, index: int, code: int, left: float, right: float, base: float) -> None:
        """Add one sign to the line, or begin a new one with it."""
        size = self.size(index)
        run = self.run
        if run is not None:
            near = abs(base - run.base) < 0.6 * max(size, 1.0)
            back = left < run.right - (size if self.ended else 3 * size)
            if not near or back or left - run.right > _GAP * size:
                self.flush()
                run = None
            elif self.ended and left - run.right > 0.15 * size and not run.signs[-1].endswith(" "):
                run.signs.append(" ")
        self.ended = False
        if run is None:
            if code == 0x20:
                return
            run = self.run = _Run([], left, right, base, {})
        sign = HYPHEN if code in _HYPHENS else chr(code)
        run.signs.append(sign)
        run.right = max(run.right, right)
        if sign.strip():
            run.sizes[size] = run.sizes.get(size, 0) + 1
            run.letters += 1
            run.bold += self.pdfium.FPDFText_GetFontWeight(self.page, index) >= _BOLD or self.says(index, "bold")
            run.mono += self.says(index, "mono")

    def size(self, index: int) -> float:
        """Give the size that a sign is shown in, in half points."""
        matrix = self.pdfium.FS_MATRIX()
        nominal = self.pdfium.FPDFText_GetFontSize(self.page, index)
        if self.pdfium.FPDFText_GetMatrix(self.page, index, matrix):
            nominal *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        return round(float(nominal) * 2) / 2

    def says(self, index: int, what: str) -> bool:
        """Tell whether the name of a sign's font says that it is bold or has one width."""
        buffer = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        length = self.pdfium.FPDFText_GetFontInfo(self.page, index, buffer, 128, flags)
        name = buffer.value.decode("utf-8", "replace").lower() if 0 < length <= 128 else ""
        if what == "bold":
            return "bold" in name or "black" in name
        return bool(flags.value & 1) or any(part in name for part in _MONO)

    def flush(self) -> None:
        """Finish the line."""
        run, self.run = self.run, None
        if run is None:
            return
        text = "".join(run.signs).translate(_FACES)
        if not text.strip() or not run.letters:
            return
        size = max(run.sizes, key=lambda one: (run.sizes[one], one))
        self.lines.append(
            Line(
                text=text.rstrip(),
                left=run.left,
                right=run.right,
                base=run.base,
                size=size,
                bold=run.bold == run.letters,
                mono=run.mono == run.letters,
            )
        )


def _tilt(angle: float) -> float:
    """Bring an angle of 0 to 2 pi to the distance from upright."""
    return min(angle, abs(6.283185307 - angle)) if angle >= 0 else 0.0


def merged(parts: Sequence[Line]) -> Line:
    """Join the runs of one row into one line; a number or bullet that stands before a text labels it."""
    longest = max(parts, key=lambda part: len(part.text))
    text = "  ".join(part.text for part in parts)
    if len(parts) == 2 and LABEL.match(parts[0].text):
        label = parts[0].text.strip()
        text = f"{label}{'.' if label.isdigit() else ''} {parts[1].text}"
    return replace(
        longest,
        text=text,
        left=parts[0].left,
        right=max(part.right for part in parts),
        bold=all(part.bold for part in parts),
        mono=all(part.mono for part in parts),
    )
