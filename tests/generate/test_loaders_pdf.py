"""PDF files give paragraphs under headings, without the furniture of their pages."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from generate.loaders import UnreadableError, load

canvas = pytest.importorskip("reportlab.pdfgen.canvas")
pytest.importorskip("pypdfium2")


def written(*pages: Callable[[Any], object], **options: Any) -> bytes:  # Any: reportlab carries no types
    buffer = io.BytesIO()
    pdf = canvas.Canvas(buffer, pagesize=(595, 842), **options)
    for page in pages:
        page(pdf)
        pdf.showPage()
    pdf.save()
    return buffer.getvalue()


def lines(*texts: tuple[float, float, str], size: float = 10, font: str = "Helvetica") -> Callable[[Any], None]:
    def draw(pdf: Any) -> None:
        pdf.setFont(font, size)
        for left, base, text in texts:
            pdf.drawString(left, base, text)

    return draw


def both(*parts: Callable[[Any], None]) -> Callable[[Any], None]:
    def draw(pdf: Any) -> None:
        for part in parts:
            part(pdf)

    return draw


def text(*pages: Callable[[Any], object]) -> str:
    return load(written(*pages), "a.pdf").text


BODY = (
    (72, 700, "The committee meets on the first Monday of each month and dis-"),
    (72, 688, "cusses what was sent in. A well-"),
    (72, 676, "known rule is that nobody speaks twice, since the well-known"),
    (72, 664, "alternative takes all night."),
    (72, 640, "A second paragraph stands further below."),
)


def test_lines_become_paragraphs_under_headings() -> None:
    page = both(lines((72, 760, "The Handbook"), size=20), lines((72, 730, "Meetings"), size=14), lines(*BODY))
    assert text(page) == (
        "# The Handbook\n\n## Meetings\n\n"
        "The committee meets on the first Monday of each month and discusses what was sent in. A well-known rule is"
        " that nobody speaks twice, since the well-known alternative takes all night.\n\n"
        "A second paragraph stands further below.\n"
    )
    assert load(written(page), "a.pdf").title == "The Handbook"


def test_headers_footers_and_page_numbers_go() -> None:
    def page(number: int) -> Callable[[Any], None]:
        return lines(
            (72, 810, "Handbook, edition of 2025"),
            (72, 600, f"This is what stands on page {['one', 'two', 'three'][number]} of it."),
            (290, 30, f"Page {number + 1} of 3"),
        )

    assert text(page(0), page(1), page(2)) == "".join(
        f"This is what stands on page {number} of it.\n\n" for number in ("one", "two", "three")
    ).removesuffix("\n")


def test_a_paragraph_goes_on_over_the_page() -> None:
    first = lines((72, 600, "This sentence is so long that it does not end before"))
    second = lines((72, 700, "the page does, and goes on at the top of the next one."))
    assert text(first, second).count("\n") == 1


def test_columns_are_read_one_after_the_other() -> None:
    left = [(72, 700 - 12 * row, f"left column row number {row:02}") for row in range(10)]
    right = [(320, 700 - 12 * row, f"right column row number {row:02}") for row in range(10)]
    page = lines(*(line for pair in zip(left, right, strict=True) for line in pair))
    read = text(page)
    assert read.index("left column row number 09") < read.index("right column row number 00")


def test_rows_of_cells_are_a_table() -> None:
    rows = [("Item", "Price"), ("Apple", "1.00"), ("Pear", "2.00")]
    page = lines(
        (72, 740, "What things cost in this shop is told below."),
        *(
            (72 + 150 * column, 700 - 20 * row, cell)
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
        ),
    )
    assert "| Item | Price |\n| --- | --- |\n| Apple | 1.00 |\n| Pear | 2.00 |" in text(page)


def test_lists_and_listings_come_out() -> None:
    page = both(
        lines(
            (72, 700, "• one"),
            (72, 688, "• two that is long enough to be wrapped at"),
            (82, 676, "the end of the line"),
        ),
        lines((72, 640, "def f():"), (96, 628, "return 1"), font="Courier"),
        lines((72, 600, "And a sentence of the body, so that it is the most common size and face of all.")),
    )
    read = text(page)
    assert "- one\n- two that is long enough to be wrapped at the end of the line\n" in read
    assert "```\ndef f():\n    return 1\n```" in read


def test_markup_in_the_text_is_no_markup() -> None:
    assert text(lines((72, 700, "# A line with <b> in it, which is longer than a heading."))).startswith(
        "\\# A line with &lt;b>"
    )


def test_a_stamp_on_its_side_is_left_out() -> None:
    def stamp(pdf: Any) -> None:
        pdf.saveState()
        pdf.rotate(90)
        pdf.drawString(300, -30, "DRAFT")
        pdf.restoreState()

    assert "DRAFT" not in text(both(stamp, lines(*BODY)))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"hello", "damaged"),
        (written(lines(*BODY))[:400], "damaged"),
        (written(lambda pdf: pdf.rect(10, 10, 50, 50)), "no_text"),
    ],
    ids=["no pdf", "cut short", "picture"],
)
def test_what_cannot_be_read_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.pdf")
    assert error.value.reason == reason


def test_a_password_is_named() -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]  # it carries no types

    raw = written(lines(*BODY), encrypt=StandardEncryption("secret", canPrint=0))
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.pdf")
    assert error.value.reason == "encrypted"
