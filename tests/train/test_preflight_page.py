"""The page stands alone, shows what matters, and holds nothing of a document raw."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas import Message
from train import Checked, Renderer, check_rows
from train.preflight_page import Conversations, look_at, telling_rows, write_page
from train.preflight_text import MEANINGS

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

HARMFUL = "<script>alert(1)</script>\x1b[2J‮"  # noqa: PLE2502 - it is what the page must not hold
Row = tuple[int, str, Sequence[Message]]


def chat(question: str, answer: str) -> list[Message]:
    return [Message("user", question), Message("assistant", answer)]


ROWS: list[Row] = [
    (1, "first", chat("a", "b")),
    (2, "long", chat("a" * 100, "b")),
    (3, "empty", chat("c", "")),
    (4, "empty too", chat("d", "")),
    (6, "harmful", chat(HARMFUL, HARMFUL)),
    (7, "cut", chat("c", "d" * 300)),
]


@pytest.fixture(scope="module")
def renderer(tokenizer: "PreTrainedTokenizerBase") -> Renderer:
    """Give one renderer."""
    return Renderer(tokenizer)


@pytest.fixture(scope="module")
def checked(renderer: Renderer) -> Checked:
    """Give what the preflight finds in these rows."""
    return check_rows(
        ROWS, renderer, context=512, max_length=192, over_length="truncate", unreadable=[(5, "no JSON & no <b>")]
    )


def page(path: Path, checked: Checked, renderer: Renderer, shown: Sequence[int] = ()) -> str:
    read = Conversations(ROWS, ())
    write_page(path, checked, read, renderer, shown=look_at(shown, checked, read, renderer))
    return path.read_text(encoding="utf-8")


def test_the_first_the_longest_and_one_of_each_code_are_shown(checked: Checked) -> None:
    assert telling_rows(checked) == {
        1: "the first row",
        7: "the longest row; lost end of turn; truncated",
        3: "empty answer",
        5: "unreadable",
    }


def test_rows_that_were_asked_for_stand_in_front(checked: Checked, renderer: Renderer, tmp_path: Path) -> None:
    text = page(tmp_path / "preflight.html", checked, renderer, [6, 1])
    assert re.findall(r"<h3>Row (\d+): ([^<]*)</h3>", text) == [
        ("6", "asked for"),
        ("1", "the first row"),
        ("7", "the longest row; lost end of turn; truncated"),
        ("3", "empty answer"),
        ("5", "unreadable"),
    ]


def test_nothing_of_a_document_is_raw(checked: Checked, renderer: Renderer, tmp_path: Path) -> None:
    text = page(tmp_path / "preflight.html", checked, renderer, [6, 5])
    assert "<script" not in text
    assert "no JSON &amp; no &lt;b&gt;" in text
    assert all(sign.isprintable() or sign in "\n\t" for sign in text)
    assert "\\u202e" in text
    assert not re.search(r"(src|href)=|@import|url\(", text)


def test_what_is_learnt_is_marked_token_by_token(checked: Checked, renderer: Renderer, tmp_path: Path) -> None:
    text = page(tmp_path / "preflight.html", checked, renderer)
    first = text.split("<h3>Row 1:")[1].split("</article>")[0]
    assert "<span>a</span>" in first
    assert '<span class="learnt">b</span><span class="learnt control">&lt;|im_end|&gt;</span>' in first
    assert first.count("<span") == 22  # 2 x 1 start, 4 + 1 and 9 + 1 for roles, a, its end and line end, b and its end


def test_a_cut_row_is_shown_as_it_is_trained(checked: Checked, renderer: Renderer) -> None:
    [seen] = look_at([7], checked, Conversations(ROWS, ()), renderer).values()
    assert seen.tokens == 192
    assert seen.remarks == "truncated, lost end of turn"
    assert not seen.spans[-1].control


def test_a_row_that_nobody_could_read_is_shown_with_its_fault(checked: Checked, renderer: Renderer) -> None:
    [seen] = look_at([5], checked, Conversations(ROWS, ()), renderer).values()
    assert (seen.spans, seen.remarks) == ([], "left out: unreadable (no JSON & no <b>)")
    assert look_at([99], checked, Conversations(ROWS, ()), renderer) == {}


def test_the_middle_of_a_very_long_row_is_left_away(renderer: Renderer, tmp_path: Path) -> None:
    rows: list[Row] = [(1, "a", chat("q" * 3000, "b"))]
    found = check_rows(rows, renderer, context=8192)
    write_page(tmp_path / "p.html", found, Conversations(rows, ()), renderer, shown={})
    text = (tmp_path / "p.html").read_text()
    # 3,021 spans, of which 1,200 are shown
    assert "1,821 tokens are left away here" in text


def test_a_dataset_that_teaches_nothing_has_a_page_too(renderer: Renderer, tmp_path: Path) -> None:
    found = check_rows([], renderer, context=512)
    write_page(tmp_path / "p.html", found, Conversations([], ()), renderer, shown={})
    assert "Training would teach nothing: there are no rows." in (tmp_path / "p.html").read_text()


def test_every_code_has_a_meaning_and_stands_in_the_docs() -> None:
    from typing import get_args

    from train.rendered import Reason

    assert set(get_args(Reason)) <= MEANINGS.keys()
    docs = (Path(__file__).resolve().parents[2] / "docs" / "preflight.md").read_text(encoding="utf-8")
    assert [code for code in MEANINGS if f"`{code}`" not in docs] == []
