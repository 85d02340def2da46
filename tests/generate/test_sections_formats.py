"""Whatever format a document comes in: its sections tile its text, and no block that fits the budget is cut.

The same blocks, drawn at random, are written in each format and read by its loader.
"""

import html
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.loaders import load
from generate.sections import rough_tokens, split
from generate.structure import blocks, line_starts


class Block(NamedTuple):
    """One block of a made-up document."""

    kind: str
    words: list[str]


WORDS = st.lists(st.sampled_from("probe gateway oxygen level Größe 5 µS/cm north".split()), min_size=1, max_size=12)  # noqa: SIM905
BLOCKS = st.builds(Block, st.sampled_from(["heading", "text", "list", "code", "table"]), WORDS)


def to_markdown(made: Sequence[Block]) -> bytes:
    out = []
    for block in made:
        line = " ".join(block.words)
        if block.kind == "heading":
            out.append(f"## {line}")
        elif block.kind == "list":
            out.append("\n".join(f"- {word}\n  and more" for word in block.words))
        elif block.kind == "code":
            out.append("```py\n" + "\n\n".join(f"# {word}" for word in block.words) + "\n```")
        elif block.kind == "table":
            out.append("| a | b |\n|---|---|\n" + "\n".join(f"| {word} | 1 |" for word in block.words))
        else:
            out.append(line)
    return "\n\n".join([*out, ""]).encode()


def to_mdx(made: Sequence[Block]) -> bytes:
    return b"import A from 'a'\n\n<Note>\n\n" + to_markdown(made) + b"\n</Note>\n\n{/* a comment */}\n"


def to_liquid(made: Sequence[Block]) -> bytes:
    return b"---\ntitle: x\n---\n{% include a.md %}\n\n" + to_markdown(made).replace(b"probe", b"{{ probe }}")


def to_rst(made: Sequence[Block]) -> bytes:
    out = []
    for block in made:
        line = " ".join(block.words)
        if block.kind == "heading":
            out.append(f"{line}\n{'=' * 120}")
        elif block.kind == "list":
            out.append("\n".join(f"- {word}" for word in block.words))
        elif block.kind == "code":
            out.append(".. code-block:: python\n\n" + "\n".join(f"   # {word}" for word in block.words))
        elif block.kind == "table":
            out.append(".. list-table::\n\n" + "\n".join(f"   * - {word}\n     - 1" for word in block.words))
        else:
            out.append(line)
    return "\n\n".join([*out, ""]).encode()


def to_html(made: Sequence[Block]) -> bytes:
    out = []
    for block in made:
        words = [html.escape(word) for word in block.words]
        if block.kind == "heading":
            out.append(f"<h2>{' '.join(words)}</h2>")
        elif block.kind == "list":
            out.append("<ul>" + "".join(f"<li>{word}</li>" for word in words) + "</ul>")
        elif block.kind == "code":
            out.append("<pre><code>" + "\n\n".join(f"# {word}" for word in words) + "</code></pre>")
        elif block.kind == "table":
            out.append("<table>" + "".join(f"<tr><td>{word}</td><td>1</td></tr>" for word in words) + "</table>")
        else:
            out.append(f"<p>{' '.join(words)}</p>")
    return f"<html><body><main>{''.join(out)}</main></body></html>".encode()


def to_notebook(made: Sequence[Block]) -> bytes:
    cells = [
        {"cell_type": "code", "source": "\n".join(f"# {word}" for word in block.words), "outputs": []}
        if block.kind == "code"
        else {"cell_type": "markdown", "source": to_markdown([block]).decode()}
        for block in made
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def to_epub(made: Sequence[Block]) -> bytes:
    item = '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    files = {
        "META-INF/container.xml": b'<container><rootfile full-path="b.opf"/></container>',
        "b.opf": f'<package><manifest>{item}</manifest><spine><itemref idref="a"/></spine></package>'.encode(),
        "a.xhtml": to_html(made),
    }
    return zipped(files)


def to_python(made: Sequence[Block]) -> bytes:
    text = to_markdown(made).decode().replace("\n", "\n    ")
    return f'"""Module."""\n\n\ndef function():\n    """First.\n\n    {text}\n    """\n'.encode()


def to_docx(made: Sequence[Block]) -> bytes:
    document: Any = pytest.importorskip("docx").Document()  # Any: python-docx carries no useful types
    pytest.importorskip("mammoth")
    document.styles.add_style("Code", 1)
    for block in made:
        line = " ".join(block.words)
        if block.kind == "heading":
            document.add_heading(line, 2)
        elif block.kind == "list":
            for word in block.words:
                document.add_paragraph(word, style="List Bullet")
        elif block.kind == "table":
            table = document.add_table(len(block.words), 2)
            for row, word in enumerate(block.words):
                table.cell(row, 0).text = word
        else:
            document.add_paragraph(line, style="Code" if block.kind == "code" else None)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def to_pptx(made: Sequence[Block]) -> bytes:
    deck: Any = pytest.importorskip("pptx").Presentation()  # Any: python-pptx has other types than it gives
    for block in made:
        slide = deck.slides.add_slide(deck.slide_layouts[5 if block.kind == "table" else 1])
        slide.shapes.title.text = block.kind
        if block.kind == "table":
            table = slide.shapes.add_table(len(block.words), 2, 0, 2_000_000, 900_000, 900_000).table
            for row, word in enumerate(block.words):
                table.cell(row, 0).text = word
        else:
            slide.placeholders[1].text = "\n".join(block.words)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def to_xlsx(made: Sequence[Block]) -> bytes:
    book: Any = pytest.importorskip("openpyxl").Workbook()  # Any: openpyxl's sheets are of several types
    for number, block in enumerate(made):
        sheet = book.create_sheet(f"Sheet of {number}")
        for row in range(40 if block.kind == "table" else 2):
            sheet.append([f"{word} {row}" for word in block.words])
            if block.kind == "text":
                sheet.append([])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Sequence[Block]], bytes]] = {
    "a.md": to_markdown,
    "b.md": to_liquid,
    "a.mdx": to_mdx,
    "a.txt": to_markdown,
    "a.rst": to_rst,
    "a.html": to_html,
    "a.ipynb": to_notebook,
    "a.epub": to_epub,
    "a.py": to_python,
    "a.docx": to_docx,
    "a.pptx": to_pptx,
    "a.xlsx": to_xlsx,
}
SLOW = {"a.docx", "a.pptx", "a.xlsx"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in WRITERS]
)
@given(st.lists(BLOCKS, min_size=1, max_size=8), st.sampled_from([60, 100, 400]))
@settings(max_examples=25, deadline=None)
def test_sections_of_every_format_tile_it_and_keep_blocks_whole(name: str, made: list[Block], budget: int) -> None:
    document = load(WRITERS[name](made), name)
    text = document.text
    sections = split(document, max_tokens=budget)
    assert "".join(text[section.start : section.end] for section in sections) == text
    assert all(left.end == right.start for left, right in pairwise(sections))
    starts = line_starts(text)
    cuts = {section.start for section in sections}
    for token in blocks(text, plain=document.media_type == "text/plain"):
        if token.map is None or token.type not in {"fence", "table_open", "list_item_open"}:
            continue
        start, end = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        if rough_tokens(text[start:end]) <= budget:
            assert not any(start < cut < end for cut in cuts), text[start:end]
