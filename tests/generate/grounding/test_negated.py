"""Right answers that deny in other words than their passage, and wrong ones that deny too much or too little."""

import pytest

from generate.grounding import check_answer


def reason(passage: str, answer: str) -> str:
    fault = check_answer(answer, passage)
    return fault.reason if fault else ""


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("A draft is only shown with the flag `--all`.", "Nothing is shown unless you pass the flag `--all`."),
        (
            "Feed the fish daily, never while the pump runs.",
            "Feed the fish daily, but only when the pump isn't running.",
        ),
        (
            "Clay is not fired here unless a sample was tested.",
            "Only if a sample was tested. Otherwise clay is not fired.",
        ),
        ("The pool is open from Monday on.", "The pool is not open until Monday."),
        ("Boats and rafts need no permit. The fee must be paid early.", "Neither boats nor rafts require one."),
        ("The lamp may be left on. The reading room opens at nine.", "Not for the reading room."),
        ("More than ten hours a day are not permitted.", "You may not work longer than ten hours a day."),
        (
            "Replies can be cached, except those with a token.",
            "Replies with a token can't be; all others can be cached.",
        ),
        ("A licence is accepted, a badge isn't.", "A badge, however, is not enough."),
        (
            "The rate is 20 a second. Calls above 20 a second are refused.",
            "No more than 20 a second. Above that, calls fail.",
        ),
    ],
    ids=["unless", "never-while", "only-if", "until", "neither", "fragment", "barred", "except", "aside", "rest"],
)
def test_a_denial_in_other_words_passes(passage: str, answer: str) -> None:
    assert reason(passage, answer) == ""


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("Water must never be poured onto the salt.", "Water must be poured onto the salt."),
        ("The chair has no casting vote.", "The chair has a casting vote."),
        ("Children under six travel in the cabin.", "Children under six do not travel in the cabin."),
        ("Pictures may be taken without flash.", "Pictures may be taken with flash."),
        ("Reviews do not name who erred.", "It names who erred."),
        ("Migrations run at night, never while users are connected.", "Migrations run while users are connected."),
    ],
    ids=["never", "no", "not", "without", "pronoun", "never-while"],
)
def test_a_denial_too_many_or_too_few_is_caught(passage: str, answer: str) -> None:
    assert reason(passage, answer) in {"negation", "opposite"}


def test_what_the_passage_denies_of_another_thing_is_no_contradiction() -> None:
    assert (
        reason("Power is not included in the price. Warm showers are.", "Warm showers, by contrast, are included.")
        == ""
    )
