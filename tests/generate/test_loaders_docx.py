"""Word documents are read, and none of them can fill the memory."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from generate.loaders import UnreadableError, load

docx = pytest.importorskip("docx")
pytest.importorskip("mammoth")

NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def written(fill: Callable[[Any], object]) -> bytes:  # Any: python-docx carries no useful types
    document = docx.Document()
    fill(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def package(body: str, head: str = "") -> bytes:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{relation}" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        archive.writestr("word/document.xml", f'<?xml version="1.0"?>{head}<w:document {NAMES}>{body}</w:document>')
    return buffer.getvalue()


def test_headings_lists_and_tables_come_out() -> None:
    def fill(document: Any) -> None:
        document.add_heading("The guide", 0)
        document.add_heading("Part", 1)
        document.add_paragraph("Text with <angle> brackets.")
        document.add_paragraph("one", style="List Bullet")
        document.add_paragraph("two", style="List Bullet")
        table = document.add_table(2, 2)
        for cell, word in zip([*table.rows[0].cells, *table.rows[1].cells], ["a", "b", "1", "2"], strict=True):
            cell.text = word

    document = load(written(fill), "a.docx")
    assert document.title == "The guide"
    assert document.text == (
        "# The guide\n\n# Part\n\nText with &lt;angle> brackets.\n\n- one\n- two\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    )


def test_a_document_without_text_is_empty() -> None:
    with pytest.raises(UnreadableError) as error:
        load(written(lambda document: None), "a.docx")
    assert error.value.reason == "empty"


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = package("<w:body>" + " " * 250_000_000 + "</w:body>")
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableError) as error:
        load(bomb, "a.docx")
    assert error.value.reason == "too_large"


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9)
)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"hello", "damaged"),
        (package("<w:body/>")[:200], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "encrypted"),
        (package("<w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body>", LAUGHS + "]>"), "damaged"),
        (package("<w:body>" + "<w:p>" * 50_000 + "</w:p>" * 50_000 + "</w:body>"), "damaged"),
        (package("<w:nobody/>"), "damaged"),
    ],
    ids=["no zip", "cut short", "encrypted", "laughs", "deep", "no body"],
)
def test_what_cannot_be_read_is_named(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.docx")
    assert error.value.reason == reason
