"""Excel workbooks: each sheet under its name, each block of cells in it as a table. Formulas give their last values.

Hidden sheets are left out. Nothing is calculated, no macro runs and no link is followed.
"""

import io
import warnings
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from generate.loaders.content import Content, UnreadableError
from generate.loaders.package import open_package
from generate.loaders.shown import shown
from generate.loaders.table import literal, write_table
from schemas import MissingExtraError

_MOST_CELLS = 200_000  # with something in them; more is data, not a document
_MOST_LOOKED_AT = 5_000_000  # cells, empty ones included: one value in the last column makes a row of 16,384


def load(raw: bytes, name: str) -> Content:
    """Read a workbook; it is called by the title that it gives itself, else by the name of its file.

    Raises:
        UnreadableError: It is no workbook, is encrypted, has nothing in its cells, or more than a document has.
        MissingExtraError: openpyxl is not installed.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise MissingExtraError("openpyxl", extra="docs") from None
    open_package(raw, "an Excel workbook", old=".xls").close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out: pictures, validation rules
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
        try:
            budget = _Budget()
            parts = []
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                blocks = [_block(block) for block in _blocks(_rows(sheet, budget))]
                if blocks:
                    parts += [f"# {' '.join(sheet.title.split())}", *blocks]
            properties = book.properties
        finally:
            book.close()
    if not parts:
        raise UnreadableError("no_text", "nothing is in the cells of its visible sheets")
    known = {"author": properties.creator, "description": properties.description, "subject": properties.subject}
    metadata = {key: str(value) for key, value in known.items() if value and value != "openpyxl"}
    return Content("\n\n".join(parts) + "\n", (properties.title or "").strip() or PurePath(name).stem, metadata)


class _Budget:
    """Counts the cells of a whole workbook."""

    def __init__(self) -> None:
        self.filled = self.looked_at = 0

    def spend(self, row: list[str]) -> None:
        """Count a row.

        Raises:
            UnreadableError: The workbook has more cells than a document has.
        """
        self.looked_at += max(1, len(row))
        self.filled += sum(1 for cell in row if cell)
        if self.filled > _MOST_CELLS:
            raise UnreadableError("too_large", f"more than {_MOST_CELLS:,} cells are filled: data, not a document")
        if self.looked_at > _MOST_LOOKED_AT:
            raise UnreadableError("too_large", f"its sheets are more than {_MOST_LOOKED_AT:,} cells in size")


def _rows(sheet: Any, budget: _Budget) -> Iterator[list[str]]:  # Any: openpyxl has other types for sheets it streams
    """Give a sheet's rows as they are shown, down to the last one that holds something."""
    sheet.reset_dimensions()  # what a file says about its size need not be so
    for cells in sheet.iter_rows():
        row = [_shown(cell) for cell in cells]
        budget.spend(row)
        yield row if any(row) else []


def _shown(cell: Any) -> str:  # Any: as above
    return "" if cell.value is None else shown(cell.value, cell.number_format)


def _blocks(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Part the rows of a sheet where a row is empty, and cut off the columns that are empty in all of a block."""
    held: list[list[str]] = []
    for row in rows:
        if row:
            held.append(row)
        elif held:
            yield _trimmed(held)
            held = []
    if held:
        yield _trimmed(held)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    used = sorted({place for row in rows for place, cell in enumerate(row) if cell})
    return [[row[place] if place < len(row) else "" for place in used] for row in rows]


def _block(rows: list[list[str]]) -> str:
    """Write a block as a table; single cells above it, and blocks of one column, are text."""
    lines: list[str] = []
    while rows and sum(1 for cell in rows[0] if cell) == 1 and (len(rows[0]) == 1 or _stands_above(rows)):
        lines.append(literal(next(cell for cell in rows[0] if cell)))
        rows = rows[1:]
    rows = _trimmed(rows) if rows else rows
    return "\n\n".join([*lines, *([write_table(rows)] if rows else [])])


def _stands_above(rows: list[list[str]]) -> bool:
    """Tell whether a first row with one cell is a title: the next rows have more."""
    return len(rows) > 2 and any(sum(1 for cell in row if cell) > 1 for row in rows[1:3])
