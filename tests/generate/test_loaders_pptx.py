"""Presentations are read slide by slide, as a listener would follow them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from generate.loaders import UnreadableError, load
from generate.sections import split

pptx = pytest.importorskip("pptx")


def written(fill: Callable[[Any], object]) -> bytes:  # Any: python-pptx has other types than it gives
    deck = pptx.Presentation()
    fill(deck)
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def slide(deck: Any, title: str = "", layout: int = 5) -> Any:
    made = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        made.shapes.title.text = title
    return made


def box(on: Any, text: str, left: int, top: int) -> Any:
    shape = on.shapes.add_textbox(left * 914_400, top * 914_400, 914_400, 914_400)
    shape.text_frame.text = text
    return shape


def text(fill: Callable[[Any], object]) -> str:
    return load(written(fill), "a.pptx").text


def reason(raw: bytes) -> str:
    with pytest.raises(UnreadableError) as error:
        load(raw, "a.pptx")
    return error.value.reason


def test_a_slide_is_its_title_its_list_and_what_the_speaker_says() -> None:
    def fill(deck: Any) -> None:
        first = slide(deck, "What it\nmeasures", 1)
        frame = first.placeholders[1].text_frame
        frame.text = "Oxygen"
        for words, level in (("in mg/L", 1), ("# <b>", 0)):
            paragraph = frame.add_paragraph()
            paragraph.text, paragraph.level = words, level
        first.notes_slide.notes_text_frame.text = "Say hello."

    assert text(fill) == "# What it measures\n\n- Oxygen\n  - in mg/L\n- \\# &lt;b>\n\nSpeaker notes: Say hello.\n"


def test_boxes_are_read_row_by_row() -> None:
    def fill(deck: Any) -> None:
        made = slide(deck, "T")
        box(made, "below", 0, 5)
        box(made, "right", 5, 3)
        box(made, "left", 0, 3)
        group = made.shapes.add_group_shape([box(made, "in a group", 0, 4)])
        assert group.shapes

    assert text(fill) == "# T\n\nleft\n\nright\n\nin a group\n\nbelow\n"


def test_tables_and_charts_are_tables() -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    def fill(deck: Any) -> None:
        made = slide(deck, "T")
        table = made.shapes.add_table(2, 2, 0, 2_000_000, 914_400, 914_400).table
        for place, word in enumerate(["a|b", "b", "1\n2", ""]):
            table.cell(place // 2, place % 2).text = word
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]  # python-pptx leaves some out
        data.categories = ["Q1", "Q2"]
        data.add_series("Sales", (1.5, None))
        made.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 4_000_000, 914_400, 914_400, data)

    assert text(fill) == (
        "# T\n\n| a\\|b | b |\n| --- | --- |\n| 1<br>2 |  |\n\n|  | Sales |\n| --- | --- |\n| Q1 | 1.5 |\n| Q2 |  |\n"
    )


def test_hidden_and_empty_slides_are_left_out_and_untitled_ones_numbered() -> None:
    def fill(deck: Any) -> None:
        hidden = slide(deck, "Hidden")
        hidden.element.set("show", "0")
        slide(deck, layout=6)
        box(slide(deck, layout=6), "text", 0, 0)

    document = load(written(fill), "a.pptx")
    assert document.text == "# Slide 3\n\ntext\n"
    assert '"hidden_slides": 1' in document.metadata


def test_each_slide_is_a_section() -> None:
    def fill(deck: Any) -> None:
        for name in ("One", "Two", "One"):
            box(slide(deck, name), "text", 0, 3)

    assert [section.path for section in split(load(written(fill), "a.pptx"))] == [("One",), ("Two",), ("One",)]


def changed(raw: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Write a presentation again with another piece in one of its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after:
        for each in before.namelist():
            part = before.read(each)
            if each == name:
                assert old in part
                part = part.replace(old, new, 1)
            after.writestr(each, part)
    return buffer.getvalue()


def test_entities_are_not_resolved(tmp_path: Any) -> None:
    (tmp_path / "secret").write_text("secret")
    raw = written(lambda deck: box(slide(deck, "T"), "here", 0, 3))
    declared = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]><p:sld '.encode()
    raw = changed(changed(raw, "ppt/slides/slide1.xml", b"<p:sld ", declared), "ppt/slides/slide1.xml", b"here", b"&s;")
    try:
        assert "secret" not in load(raw, "a.pptx").text
    except UnreadableError as error:
        assert error.reason == "damaged"  # noqa: PT017 - either is right, as long as the file is not read


def test_what_cannot_be_read_is_named() -> None:
    raw = written(lambda deck: slide(deck, "T"))
    name = "ppt/slides/slide1.xml"
    assert reason(b"hello") == "damaged"
    assert reason(raw[: len(raw) // 2]) == "damaged"
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)) == "encrypted"
    assert reason(written(lambda deck: slide(deck, layout=6))) == "no_text"
    assert reason(changed(raw, name, b"</p:sld>", b"")) == "damaged"
    assert reason(changed(raw, name, b"</p:sld>", b" " * 120_000_000 + b"</p:sld>")) == "too_large"
