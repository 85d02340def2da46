import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.alike import SIDES, likeness, swaps, words_of
from schemas.text import normal

LONG = (
    "to find out open the travel guide look for the chapter on {0} and read the first section with care it is written "
    "by people who lived in {1} for many years and it is updated every spring by the same {2} in an office by the sea"
)


def guard(left: str, right: str) -> str:
    return likeness(left, right, 0.6).guard


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("what is the capital of france", "what is the capital of spain", "words"),
        ("what is the capital of france", "what is capital of france please", ""),
        ("name the three primary colours", "name the three primary colour", ""),
        ("convert dollars to euros", "convert euros to dollars", "words"),
        ("add 3 and 5 to the list", "add 3 and 6 to the list", "numbers"),
        ("is python 3 a good language", "is python a good language", "numbers"),
        ("法国的首都是哪里", "德国的首都是哪里", "words"),
        (LONG.format("peru", "peru", "team"), LONG.format("chile", "chile", "team"), "template"),
        (LONG.format("peru", "it", "team"), LONG.format("banana", "it", "house"), ""),
        (LONG.format("peru", "it", "7 people"), LONG.format("peru", "it", "9 people"), "numbers"),
        (LONG.format("peru", "it", "7 people"), LONG.format("peru", "it", "people"), ""),
        (LONG.format("peru", "it", "team"), LONG.format("peru", "it", "not team"), "negation"),
        (f"summarise{SIDES}{LONG}", f"find every verb in this{SIDES}{LONG}", "side"),
        (f"{LONG}{SIDES}positive", f"{LONG}{SIDES}negative", "side"),
    ],
)
def test_what_differs_decides(left: str, right: str, expected: str) -> None:
    assert guard(left, right) == expected
    assert guard(right, left) == expected


def test_one_answer_to_two_questions_that_differ_in_one_name_is_no_copy() -> None:
    answer = (
        "no the company is independent and works on an interface with which users create and improve models of their "
        "own from data"
    )
    assert guard(f"is it owned by google{SIDES}{answer}", f"is it owned by tesla{SIDES}{answer}") == "template"


def test_what_lies_below_the_threshold_is_no_copy() -> None:
    assert not likeness("aaaa", "bbbb", 0.9).copies
    assert likeness("aaaa", "aaaa", 0.9).copies


@given(st.text(alphabet="ab1 not", max_size=40), st.text(alphabet="ab1 not", max_size=40))
def test_the_order_of_the_two_does_not_matter(left: str, right: str) -> None:
    assert likeness(normal(left), normal(right), 0.6) == likeness(normal(right), normal(left), 0.6)


@given(st.text(min_size=1, max_size=200))
def test_every_text_is_a_copy_of_itself(text: str) -> None:
    form = normal(text)
    assert not form or likeness(form, form, 1.0).copies


@pytest.mark.slow
def test_texts_of_fifty_megabytes_are_compared_in_linear_time() -> None:
    text = "many words of no interest whatever " * 1_500_000
    assert likeness(text, text + "and more", 0.9).copies


def test_swaps_pair_what_stands_in_each_others_place() -> None:
    assert swaps(words_of("a b c d"), words_of("a x c")) == [("b", "x"), ("d", "")]
