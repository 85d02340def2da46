"""Workbooks are read as their sheets show them, and none of them can fill the memory."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from generate.loaders import UnreadableError, load
from generate.loaders.shown import shown
from generate.sections import split

openpyxl = pytest.importorskip("openpyxl")


def written(fill: Callable[[Any], object]) -> bytes:  # Any: openpyxl's sheets are of several types
    book = openpyxl.Workbook()
    fill(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows(*cells: list[object]) -> bytes:
    def fill(book: Any) -> None:
        for row in cells:
            book.active.append(row)

    return written(fill)


def reason(raw: bytes) -> str:
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.xlsx")
    return error.value.reason


def test_each_sheet_stands_under_its_name_and_hidden_ones_are_left_out() -> None:
    def fill(book: Any) -> None:
        book.active.title = "Prices"
        book.active.append(["Part", "Price"])
        book.active.append(["a|b", 5])
        hidden = book.create_sheet("Secret")
        hidden.append(["no"])
        hidden.sheet_state = "hidden"
        book.create_sheet("Empty")
        book.create_sheet("Notes").append(["# Just\na note"])

    document = load(written(fill), "sub/parts.xlsx")
    assert document.text == (
        "# Prices\n\n| Part | Price |\n| --- | --- |\n| a\\|b | 5 |\n\n# Notes\n\n\\# Just\na note\n"
    )
    assert document.title == "parts"


def test_blank_rows_part_tables_and_a_lone_cell_above_is_their_title() -> None:
    raw = rows(["Prices 2026"], ["a", "b"], [1, 2], [], [None, "x", None, "y"], [None, 3, None, 4])
    assert load(raw, "a.xlsx").text == (
        "# Sheet\n\nPrices 2026\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n| x | y |\n| --- | --- |\n| 3 | 4 |\n"
    )


def test_the_head_is_written_again_in_every_section_of_a_long_table() -> None:
    raw = rows(["Name", "Number"], *([f"name {number}", number] for number in range(500)))
    document = load(raw, "a.xlsx")
    sections = split(document)
    assert len(sections) > 5
    assert all("| Name | Number |\n" in document.text[one.start : one.end] for one in sections)
    assert document.text.count("| name ") == 500


@pytest.mark.parametrize(
    ("value", "pattern", "text"),
    [
        (1234.5, "General", "1234.5"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.125, "0.0%", "12.5%"),
        (-0.5, "0%", "-50%"),
        (0.0625, "0.0%", "6.3%"),
        (2.675, "0.00", "2.68"),
        (1e300, "0.00", "1e+300"),
        (-0.001, "0.0", "0.0"),
        (1234.5, '"€"#,##0.00', "€1,234.50"),
        (12, '0.00" kg"', "12.00 kg"),
        (12, "[$CHF-807] #,##0", "CHF 12"),
        (1.5, "0.##", "1.5"),
        (2, "0.##", "2"),
        (12345, "0.00E+00", "12345"),
        (5, "[Red]0;(0)", "5"),
        (True, "General", "TRUE"),
        (dt.datetime.fromisoformat("2026-02-01"), "yyyy", "2026-02-01"),
        (dt.datetime.fromisoformat("2026-02-01T09:30"), "General", "2026-02-01 09:30"),
        (dt.time(9, 30, 5), "h:mm", "09:30:05"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        ("  text ", "@", "text"),
        (float("inf"), "0.00", "inf"),
    ],
)
def test_values_are_shown_as_their_format_shows_them(value: object, pattern: str, text: str) -> None:
    assert shown(value, pattern) == text


def test_a_formula_gives_the_value_that_was_saved_with_it() -> None:
    raw = rows(["Sum"], [5])
    cell = '<c r="A2"><f>2+3</f><v>5</v></c>'
    assert load(changed(raw, b'<c r="A2" t="n"><v>5</v></c>', cell.encode()), "a.xlsx").text == "# Sheet\n\nSum\n\n5\n"


def changed(raw: bytes, old: bytes, new: bytes) -> bytes:
    """Write a workbook again with another piece in its first sheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old in part
                part = part.replace(old, new)
            after.writestr(name, part)
    return buffer.getvalue()


WIDE = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(2, 1_000)).encode()
FAR = b'<row r="1048576"><c r="A1048576"><v>7</v></c></row>'
JOKE = b'<row r="9"><c r="A9"><v>&j;</v></c></row>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + place, b"&%c;" % (97 + place) * 10) for place in range(9)
)


def test_what_a_sheet_says_about_its_size_is_not_believed() -> None:
    raw = rows(["a"])
    assert load(changed(raw, b"A1:A1", b"A1:XFD1048576") if b"A1:A1" in raw else raw, "a.xlsx").text == "# Sheet\n\na\n"
    assert load(changed(raw, b"</sheetData>", FAR + b"</sheetData>"), "a.xlsx").text == "# Sheet\n\na\n\n7\n"


def test_what_cannot_be_read_is_named() -> None:
    raw = rows(["a"])
    assert reason(b"hello") == "damaged"
    assert reason(raw[: len(raw) // 2]) == "damaged"
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)) == "encrypted"
    assert reason(rows([])) == "no_text"
    assert reason(changed(raw, b"</sheetData>", WIDE + b"</sheetData>")) == "too_large"
    laughing = changed(changed(raw, b"<worksheet", LAUGHS + b"]><worksheet"), b"</sheetData>", JOKE + b"</sheetData>")
    assert reason(laughing) == "damaged"
    assert reason(changed(raw, b"<sheetData>", b"<sheetData>" + b" " * 120_000_000)) == "too_large"


def test_more_cells_than_a_document_has_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generate.loaders.xlsx._MOST_CELLS", 10)
    assert load(rows([1] * 5, [2] * 5), "a.xlsx").text
    assert reason(rows([1] * 5, [2] * 6)) == "too_large"
