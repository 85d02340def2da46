"""The reading order of a PDF page: rows from top to bottom, columns of text one after the other, tables as rows.

Page headers, footers and page numbers are found by their repeating at the same height, and left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from generate.loaders.pdf_lines import LABEL, Line

_EDGE = 0.12  # of the page's height, at the top and at the foot, where headers and footers stand
_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.|pg\.?)?\s*(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|von|/|\|)\s*\d{1,4})?\W*\Z", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_FEWEST_ROWS = 6  # side by side, before a page counts as set in columns
_WIDE = 20  # characters in the mean on both sides of a gutter: less is a table
_ALIGNED = 6.0  # points that the cells of a column may differ by


class Row(NamedTuple):
    """What stands side by side at one height: one line, or the cells of a table's row."""

    cells: tuple[Line, ...]

    @property
    def base(self) -> float:
        """Height of its baseline."""
        return self.cells[0].base


def without_furniture(pages: Sequence[list[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """Leave out the lines that repeat at the edges of the pages, and page numbers."""
    seen: Counter[tuple[str, int]] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        seen.update({_key(line) for line in lines if _at_edge(line, height)})
    often = max(2, round(0.3 * len(pages)))
    kept = []
    for lines, height in zip(pages, heights, strict=True):
        kept.append(
            [
                line
                for line in lines
                if not (_at_edge(line, height) and (_near(seen, _key(line)) >= often or _NUMBER.match(line.text)))
            ]
        )
    return kept


def _at_edge(line: Line, height: float) -> bool:
    return not _EDGE * height < line.base < (1 - _EDGE) * height


def _key(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("#", " ".join(line.text.split())), round(line.base / 4)


def _near(seen: "Counter[tuple[str, int]]", key: tuple[str, int]) -> int:
    text, height = key
    return sum(seen[text, height + shift] for shift in (-1, 0, 1))


def ordered(lines: list[Line]) -> list[list[Row]]:
    """Put the lines of a page in reading order: a list of blocks of rows, each set in one column."""
    rows = _rows(lines)
    gutter = _gutter(rows)
    if gutter is None:
        return [rows] if rows else []
    blocks: list[list[Row]] = []
    band: list[Row] = []
    for row in [*rows, None]:
        if row is not None and not any(cell.left < gutter - 1 and cell.right > gutter + 1 for cell in row.cells):
            band.append(row)
            continue
        for is_left in (True, False):
            part = [cell for one in band for cell in one.cells if (cell.left < gutter) == is_left]
            blocks += ordered(part) if part else []
        band = []
        if row is not None:
            if blocks and blocks[-1] and blocks[-1][-1].cells[0].right > gutter and len(blocks[-1][-1].cells) == 1:
                blocks[-1].append(row)
            else:
                blocks.append([row])
    return blocks


def _rows(lines: list[Line]) -> list[Row]:
    """Put what stands at one height into one row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (-one.base, one.left)):
        if rows and abs(rows[-1][0].base - line.base) < 0.5 * min(rows[-1][0].size, line.size, 12.0):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [Row(tuple(sorted(row, key=lambda one: one.left))) for row in rows]


def _gutter(rows: list[Row]) -> float | None:
    """Find the middle of the white strip between two columns of text; None where the page has one column."""
    gaps = [
        (left.right + right.left) / 2 for row in rows for left, right in zip(row.cells, row.cells[1:], strict=False)
    ]
    if len(gaps) < _FEWEST_ROWS:
        return None
    middle = sorted(gaps)[len(gaps) // 2]
    sides = [row for row in rows if not any(cell.left < middle - 1 and cell.right > middle + 1 for cell in row.cells)]
    left = [cell for row in sides for cell in row.cells if cell.left < middle]
    right = [cell for row in sides for cell in row.cells if cell.left >= middle]
    if min(len(left), len(right)) < _FEWEST_ROWS:
        return None
    wide = min(sum(len(cell.text) for cell in side) / len(side) for side in (left, right))
    return middle if wide >= _WIDE else None


def tables(rows: list[Row]) -> list[Row | list[list[str]]]:
    """Find the tables among rows: two rows or more of two cells or more, whose columns begin at the same places."""
    found: list[Row | list[list[str]]] = []
    index = 0
    while index < len(rows):
        end, starts = _table_end(rows, index)
        if end - index >= 2 and len(starts) >= 2:
            found.append(_cells(rows[index:end], starts))
            index = end
        else:
            found.append(rows[index])
            index += 1
    return found


def _table_end(rows: list[Row], first: int) -> tuple[int, list[float]]:
    """Give the index after the last row of the table that begins at `first`, and where its columns begin."""
    starts = [cell.left for cell in rows[first].cells]
    if len(starts) < 2 or (len(starts) == 2 and LABEL.match(rows[first].cells[0].text)):
        return first, starts
    end, full, pitch = first + 1, 1, 0.0
    while end < len(rows):
        row = rows[end]
        drop = rows[end - 1].base - row.base
        if drop > 4 * row.cells[0].size or not all(_column(starts, cell.left) is not None for cell in row.cells):
            break
        if len(row.cells) == 1 and not _goes_on(row, drop, pitch):
            break
        if len(row.cells) > 1:
            full += 1
            pitch = max(pitch, drop)
        end += 1
    return (end, starts) if full >= 2 else (first, starts)


def _goes_on(row: Row, drop: float, pitch: float) -> bool:
    """Tell whether a row with one cell is the second line of a cell above: it stands closer than rows do."""
    return drop < 0.85 * pitch if pitch else drop <= 1.3 * row.cells[0].size


def _column(starts: list[float], left: float) -> int | None:
    return next((index for index, start in enumerate(starts) if abs(start - left) <= _ALIGNED), None)


def _cells(rows: list[Row], starts: list[float]) -> list[list[str]]:
    """Write rows as cells; a row without a first cell, or with one cell only, goes on with the row above."""
    table: list[list[str]] = []
    for row in rows:
        cells = [""] * len(starts)
        for cell in row.cells:
            column = _column(starts, cell.left)
            if column is not None:
                cells[column] = f"{cells[column]} {cell.text}".strip()
        if table and (not cells[0] or len(row.cells) == 1):
            table[-1] = [f"{above} {below}".strip() for above, below in zip(table[-1], cells, strict=True)]
        else:
            table.append(cells)
    return table
