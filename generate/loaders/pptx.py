"""PowerPoint presentations: each slide under its title, with its text, tables and speaker notes, in order.

Hidden slides are left out. Pictures are left out, their descriptions stay. No macro runs and no link is followed.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from generate.loaders.content import Content, UnreadableError
from generate.loaders.package import open_package
from generate.loaders.table import literal, write_table
from schemas import MissingExtraError

_ROW_HEIGHT = 180_000  # EMU, half a centimetre: shapes that begin so close to each other stand in one row
_FURNITURE = frozenset({"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"})
_DEEPEST = 20  # groups in groups
_MOST_SHAPES = 100_000
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FILE_NAME = re.compile(
    r"[\w ().-]+\.(?:png|jpe?g|gif|svg|emf|wmf|bmp|tiff?)|(?:picture|image|graphic|grafik|bild)\s*\d*", re.IGNORECASE
)


def load(raw: bytes) -> Content:
    """Read a presentation.

    Raises:
        UnreadableError: It is no presentation, is encrypted, or has no text on its slides.
        MissingExtraError: python-pptx is not installed.
    """
    try:
        from pptx import Presentation
    except ModuleNotFoundError:
        raise MissingExtraError("python-pptx", extra="docs") from None
    open_package(raw, "a PowerPoint presentation", old=".ppt").close()
    deck = Presentation(io.BytesIO(raw))
    parts: list[str] = []
    hidden = 0
    for number, slide in enumerate(deck.slides, 1):
        if slide.element.get("show") in {"0", "false"}:
            hidden += 1
            continue
        parts += _slide(slide, number)
    if not parts:
        raise UnreadableError("no_text", "no text is on its slides" if not hidden else "all of its slides are hidden")
    known = deck.core_properties
    given = {"author": known.author, "subject": known.subject, "keywords": known.keywords, "hidden_slides": hidden}
    title = (known.title or "").strip()
    return Content(
        "\n\n".join(parts) + "\n",
        "" if title.lower() in {"powerpoint presentation", "presentation"} else title,
        {key: value for key, value in given.items() if value},
    )


def _slide(slide: Any, number: int) -> list[str]:  # Any here and below: what python-pptx types is not what it gives
    """Write one slide: nothing if there is nothing on it but its number."""
    head = slide.shapes.title
    title = " ".join(head.text_frame.text.split()) if head is not None else ""
    blocks = []
    for shape in _in_reading_order(list(slide.shapes)):
        if head is not None and shape.shape_id == head.shape_id:
            continue
        blocks += _shape(shape)
    notes = _notes(slide)
    if not (title or blocks or notes):
        return []
    said = [f"Speaker notes: {notes}"] if notes else []
    return [f"# {literal(title) if title else f'Slide {number}'}", *blocks, *said]


def _in_reading_order(shapes: list[Any], depth: int = 0) -> Iterator[Any]:
    """Give shapes row by row from the top, each row from the left; what is in a group stays together.

    A placeholder that takes its place from the layout keeps its place in the file, after which it is drawn.
    """
    places = [(shape.top, shape.left) for shape in shapes]
    if len(shapes) > _MOST_SHAPES:
        raise UnreadableError("too_large", f"a slide has {len(shapes):,} shapes")
    if all(top is not None and left is not None for top, left in places):
        order = sorted(range(len(shapes)), key=lambda one: places[one])
        rows: list[list[int]] = []
        for one in order:
            if rows and places[one][0] - places[rows[-1][0]][0] < _ROW_HEIGHT:
                rows[-1].append(one)
            else:
                rows.append([one])
        shapes = [shapes[one] for row in rows for one in sorted(row, key=lambda each: (places[each][1], each))]
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _DEEPEST:
            yield from _in_reading_order(list(shape.shapes), depth + 1)
        else:
            yield shape


def _shape(shape: Any) -> list[str]:
    """Write what a shape says."""
    if shape.is_placeholder and shape.placeholder_format.type.name in _FURNITURE:
        return []
    if getattr(shape, "has_table", False):
        rows = [["" if cell.is_spanned else cell.text for cell in row.cells] for row in shape.table.rows]
        return [write_table(rows)] if any(any(cell.strip() for cell in row) for row in rows) else []
    if getattr(shape, "has_chart", False):
        return _chart(shape.chart)
    if shape.has_text_frame:
        return _paragraphs(shape)
    described = str(shape.element.xpath("string(.//p:cNvPr/@descr)")).strip()
    described = "" if _FILE_NAME.fullmatch(described) else " ".join(described.split())
    return [f"![{literal(described).replace('[', '(').replace(']', ')')}]()"] if described else []


def _chart(chart: Any) -> list[str]:
    """Write a chart as the table that it was drawn from, where it has one."""
    plot = next(iter(chart.plots), None)
    names = [str(name) for name in plot.categories] if plot is not None else []
    series = [(str(one.name or ""), list(one.values)) for one in plot.series] if plot is not None else []
    title = chart.chart_title.text_frame.text.strip() if chart.has_title and chart.chart_title.has_text_frame else ""
    told = [literal(title)] if title else []
    if not names or not series:
        return told
    rows = [["", *(name for name, _ in series)]]
    rows += [
        [
            name,
            *("" if place >= len(values) or values[place] is None else f"{values[place]:.15g}" for _, values in series),
        ]
        for place, name in enumerate(names)
    ]
    return [*told, write_table(rows)]


def _paragraphs(shape: Any) -> list[str]:
    """Write the paragraphs of a text box; several of a body placeholder are a list, with its levels."""
    said = [
        (min(one.level, 8), " ".join(one.text.replace("\v", " ").split()), one) for one in shape.text_frame.paragraphs
    ]
    said = [(level, text, one) for level, text, one in said if text]
    body = shape.is_placeholder and len(said) > 1
    blocks: list[str] = []
    lists = False
    for level, text, one in said:
        if _is_item(one, level, body=body):
            line = f"{'  ' * level}- {literal(text)}"
            if lists:
                blocks[-1] += f"\n{line}"
            else:
                blocks.append(line.lstrip())
            lists = True
        else:
            blocks.append(literal(text))
            lists = False
    return blocks


def _is_item(paragraph: Any, level: int, *, body: bool) -> bool:
    """Tell whether a paragraph has a bullet: its own, or that of the placeholder."""
    marks = paragraph._p.pPr  # noqa: SLF001 - python-pptx gives no other way to a paragraph's bullet
    if marks is not None and marks.find(f"{_A}buNone") is not None:
        return False
    own = marks is not None and any(marks.find(f"{_A}{name}") is not None for name in ("buChar", "buAutoNum", "buBlip"))
    return own or body or level > 0


def _notes(slide: Any) -> str:
    """Give what the speaker is to say."""
    if not slide.has_notes_slide:
        return ""
    frame = slide.notes_slide.notes_text_frame
    if frame is None:
        return ""
    lines = (" ".join(line.split()) for line in frame.text.replace("\v", "\n").split("\n"))
    return "\n\n".join(literal(line) for line in lines if line)
