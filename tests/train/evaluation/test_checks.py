"""The checks that need nothing but the answer."""

from typing import Any

import pytest

from train.evaluation.checks import DidNotStop, Empty, QuestionCopied, TooLong, plain_checks
from train.evaluation.errors import Answered

FINE = Answered(
    question="What colour is the red house?",
    prompt="",
    answer="It is red.",
    gold="Red.",
    passage="",
    section="",
    stopped=True,
)


def has(check: Any, **changes: Any) -> bool:  # Any: a check; fields of an answer
    [found] = check.find([FINE._replace(**changes)])
    return bool(found)


def test_a_good_answer_has_no_error() -> None:
    assert not any(has(check) for check in plain_checks())


def test_names_differ() -> None:
    names = [check.name for check in plain_checks()]
    assert len(set(names)) == len(names)
    assert all(check.meaning for check in plain_checks())


@pytest.mark.parametrize(
    ("answer", "gold", "wrong"),
    [("", "Red.", True), (" \n", "Red.", True), ("...", "Red.", True), ("", "", False), ("7", "Red.", False)],
    ids=["empty", "blank", "dots", "gold too", "a digit"],
)
def test_an_answer_that_says_nothing_is_empty(answer: str, gold: str, wrong: bool) -> None:
    assert has(Empty(), answer=answer, gold=gold) == wrong


def test_an_answer_that_was_cut_did_not_stop() -> None:
    assert has(DidNotStop(), stopped=False)


@pytest.mark.parametrize(
    ("words", "gold", "wrong"),
    [(21, 1, True), (20, 1, False), (60, 30, False), (61, 30, True), (0, 0, False), (49, 30, False)],
    ids=["twenty more", "nineteen more", "twice", "more than twice", "nothing", "not twice"],
)
def test_too_long_is_more_than_twice_gold_and_twenty_words_more(words: int, gold: int, wrong: bool) -> None:
    assert has(TooLong(), answer="a " * words, gold="b " * gold) == wrong


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("What colour is the red house?", True),
        ("what colour is the Red house: it is red", True),
        ("What colour is the red house? It is red, as everybody knows.", False),
        ("the red house", False),
        ("colour is the red", True),
        ("The red house is red.", False),
        ("", False),
    ],
    ids=["whole", "three words more", "many more", "short part", "part", "own words", "empty"],
)
def test_the_question_again_is_copied(answer: str, wrong: bool) -> None:
    assert has(QuestionCopied(), answer=answer) == wrong


def test_a_gold_answer_may_repeat_the_question() -> None:
    assert not has(QuestionCopied(), answer=FINE.question, gold=FINE.question)
