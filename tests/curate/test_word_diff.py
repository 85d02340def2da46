import re
import time

from hypothesis import given
from hypothesis import strategies as st

from curate.word_diff import marked, word_diff

TEXTS = st.text(alphabet="ab \n\u00e9", max_size=30)


def test_words_that_the_other_text_lacks_are_marked() -> None:
    assert [(piece.text, piece.marked) for piece in marked("a big cat", "A small cat")] == [
        ("a ", False),
        ("big", True),
        (" cat", False),
    ]


def test_a_diff_says_what_went_and_what_came() -> None:
    assert word_diff("a big cat", "a small cat") == "a [-big-]{+small+} cat"
    assert word_diff("same", "same") == "same"
    assert word_diff("", "new") == "{+new+}"


@given(TEXTS, TEXTS)
def test_the_pieces_are_the_text(text: str, other: str) -> None:
    assert "".join(piece.text for piece in marked(text, other)) == text


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert word_diff(text, text) == text


@given(TEXTS, TEXTS)
def test_a_diff_holds_both_texts(before: str, after: str) -> None:
    told = word_diff(before, after)
    assert re.sub(r"\[-(.*?)-\]|\{\+.*?\+\}", r"\1", told, flags=re.DOTALL) == before
    assert re.sub(r"\[-.*?-\]|\{\+(.*?)\+\}", r"\1", told, flags=re.DOTALL) == after


def test_one_word_over_and_over_takes_no_time() -> None:
    started = time.perf_counter()
    word_diff("a " * 2000, "b a " * 1000)
    assert time.perf_counter() - started < 2
