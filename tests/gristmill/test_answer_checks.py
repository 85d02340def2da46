"""The checks of answers that rest on curation and generation."""

from typing import Any

import pytest

from gristmill.answer_checks import (
    Misspelt,
    OffDocument,
    Refused,
    Repetitive,
    WrongLanguage,
    answer_checks,
    offline_embedder,
)
from schemas import Example, Message, examples_table
from train.evaluation import Answered

FINE = Answered(
    question="How much is the yearly fee, and how is it paid?",
    prompt="How much is the yearly fee, and how is it paid?",
    answer="The yearly fee is 20 dollars, and it is paid by card in January.",
    gold="It is 20 dollars, paid by card.",
    passage="The yearly fee is 20 dollars. Members pay it by card in January.",
    section="Handbook \u203a Fees",
    stopped=True,
)


def evidence(check: Any, **changes: Any) -> str | None:  # Any: a check; fields of an answer
    [found] = check.find([FINE._replace(**changes)])
    return found  # type: ignore[no-any-return]


def test_a_good_answer_has_no_error() -> None:
    assert [evidence(check) for check in answer_checks()] == [""] * 5


@pytest.mark.parametrize("answer", ["", " ", "?", "\x1b[31m", "ü" * 3_000, "a\n" * 500, "\u202e"])
def test_no_answer_makes_a_check_fail(answer: str) -> None:
    for check in answer_checks():
        assert len(check.find([FINE._replace(answer=answer)])) == 1
        assert len(check.find([FINE._replace(answer=answer, gold="", passage="", question="", prompt="")])) == 1


def test_checks_of_nothing_find_nothing() -> None:
    assert [list(check.find([])) for check in answer_checks()] == [[]] * 5


def test_misspelt_words_are_named() -> None:
    assert evidence(Misspelt(), answer="The departmnet pays by card in Janury, definitly.") == "departmnet, definitly"


def test_words_of_the_house_are_not_misspelt() -> None:
    answer = "Ask the departmnet about it."
    assert evidence(Misspelt(), answer=answer) == "departmnet"
    assert evidence(Misspelt(), answer=answer, gold="The departmnet.") == ""
    assert evidence(Misspelt(), answer=answer, passage="Our departmnet pays.") == ""
    trained = examples_table([Example(messages=(Message("user", "Who?"), Message("assistant", "The departmnet.")))])
    assert evidence(Misspelt(trained=trained), answer=answer) == ""


def test_another_language_is_not_judged_by_its_spelling() -> None:
    answer = "Die Jahresgebühr beträgt zwanzig Dollar und wird mit Karte bezahlt, spätestens im Januar."
    assert evidence(Misspelt(), answer=answer) is None


@pytest.mark.parametrize(
    ("answer", "stuck"),
    [
        ("Open the settings and choose the plan. " * 3, True),
        ("Open it.\nChoose it.\nOpen it.\nClose it.", False),
        ("The fee is paid by card, and then the card is paid by the fee.", False),
        ("-" * 300, True),
    ],
    ids=["loop", "short lines", "words again", "dashes"],
)
def test_an_answer_that_is_stuck_is_repetitive(answer: str, stuck: bool) -> None:
    assert bool(evidence(Repetitive(), answer=answer)) == stuck


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("It is 30 dollars, paid by card.", "foreign number"),
        ("It is 20 dollars, paid by card to Alexander Humboldt.", "foreign name"),
        ("It is 20 dollars, paid by card.", ""),
        ("Sorry, I can't help with that.", ""),
        ("", ""),
    ],
    ids=["number", "name", "supported", "refusal", "empty"],
)
def test_what_the_passage_does_not_say_is_off_document(answer: str, said: str) -> None:
    found = evidence(OffDocument(), answer=answer)
    assert found is not None
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_what_gold_says_is_supported_and_without_a_passage_nobody_can_judge() -> None:
    assert evidence(OffDocument(), answer="It is 30 dollars.", gold="It is 30 dollars.") == ""
    assert evidence(OffDocument(), passage=" ") is None


def test_declining_is_right_where_gold_declines() -> None:
    assert evidence(Refused(), answer="I can't help with that.")
    assert evidence(Refused(), answer="I can't help with that.", gold="No, I won't help with that.") is None


def test_an_answer_in_another_language_is_told() -> None:
    german = "Die Jahresgebühr beträgt zwanzig Dollar. Sie wird jedes Jahr im Januar mit der Karte bezahlt."
    gold = "The yearly fee is twenty dollars. It is paid by card in January, as every member of the club knows."
    assert evidence(WrongLanguage(), answer=german, gold=gold)
    assert evidence(WrongLanguage(), answer=gold, gold=german, question="How much is it?")
    assert evidence(WrongLanguage(), answer=german, gold=german) == ""


def test_the_embedder_needs_no_network() -> None:
    embedder = offline_embedder()
    if embedder is None:
        pytest.skip("the extra `semantic` is not installed")
    assert embedder.embed(["a"]).shape == (1, embedder.dim)
