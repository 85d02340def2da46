import json
from collections.abc import Sequence

import pytest

from generate.rejection import Rejection
from generate.report import Rejected
from generate.strategies.unanswered import Looked, ask_whether, has_all, likely
from tests.generate.makers import brief, candidate, reply

RESET = candidate("The gateway is reset with the pin at its back, held down for ten seconds.", "Reset", number=0)
BATTERY = candidate("The battery of the sensor lasts fourteen months.", "Battery", name="b.md", number=1)
TRAVEL = candidate("Travel is booked through the office.", "Trips", title="Travel", name="c.md", number=2)


def whether(question: str, looked: Sequence[Looked], *answers: str) -> tuple[Rejection | None, int]:
    """The verdict on a question, and how many requests it took."""
    steps = ask_whether(question, looked, brief(), max_tokens=99)
    next(steps)
    for number, answer in enumerate(answers, 1):
        try:
            steps.send(reply(answer))
        except StopIteration as end:
            return end.value, number
    raise AssertionError("it asks for more than there are answers")


def quotes(*found: str) -> str:
    return json.dumps({"items": [{"passage": str(place), "quote": quote} for place, quote in enumerate(found, 1)]})


LOOKED = [Looked(each.whereabouts, each.passage) for each in (RESET, BATTERY)]
QUESTION = "How much does a new battery cost?"


def test_the_section_itself_and_the_likeliest_others_are_looked_at() -> None:
    run = brief(RESET, BATTERY, TRAVEL)
    found = likely("How heavy is the battery of the sensor?", RESET, run, most=3)
    assert [each.whereabouts for each in found] == [RESET.whereabouts, BATTERY.whereabouts]
    assert likely("How heavy is the battery?", BATTERY, run, most=0) == [Looked(BATTERY.whereabouts, BATTERY.passage)]


def test_sections_that_cannot_be_answers_are_looked_at_too() -> None:
    run = brief(RESET)
    row = Rejected("", "prices.md", "Prices", 0, 9, None, "| battery | 9.50 |", "no_prose", "", None)
    meta = Rejected("", "prices.md", "", 0, 9, None, "battery: true", "front_matter", "", None)
    run.survey.unfit += [(1, row), (2, meta)]
    found = likely(QUESTION, RESET, run, most=3)
    assert [each.whereabouts for each in found] == [RESET.whereabouts, "prices.md > Prices"]


def test_of_a_long_passage_the_stretch_with_the_question_s_words_is_looked_at() -> None:
    words = "filler word " * 900
    [own] = likely(
        "What colour is the zebra's stripe?", candidate(f"{words} the zebra stripe is black {words}"), brief(), most=0
    )
    assert "zebra" in own.passage
    assert len(own.passage.split()) <= 500


@pytest.mark.parametrize(
    ("question", "rejected"),
    [
        ("How long does the sensor battery last?", True),  # all words, and a number
        ("How many months does the battery last?", True),
        ("Is the battery of the sensor good for months?", False),  # "good" is not there
        ("Is the sensor's battery lasting?", True),
        ("What can you say about the battery?", True),  # only "battery" says something
        ("Who makes the battery of the sensor?", False),
        ("What does the battery weigh?", False),
    ],
)
def test_a_question_whose_words_all_stand_in_a_passage_is_not_trusted(question: str, *, rejected: bool) -> None:
    assert (has_all(question, LOOKED) is not None) == rejected


def test_where_a_number_is_asked_for_one_must_stand_there() -> None:
    looked = [Looked("Guide", "The battery of the sensor lasts long.")]
    assert has_all("How long does the battery last?", looked) is None
    assert has_all("Does the battery last?", looked) == Rejection("maybe_answerable", "all of its words stand in Guide")


def test_unanswered_everywhere_is_unanswered() -> None:
    assert whether(QUESTION, LOOKED, quotes("NOT ANSWERED", "Not answered.")) == (None, 1)


def test_a_quote_that_stands_there_answers() -> None:
    fault, _ = whether("How is it put back?", LOOKED, quotes("reset with the pin at its back", "NOT ANSWERED"))
    assert fault == Rejection("answerable", f"{RESET.whereabouts}: reset with the pin at its back")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (("NOT ANSWERED", "it costs 20 euros"), "maybe_answerable"),  # made up
        (("NOT ANSWERED", "The battery"), "maybe_answerable"),  # says nothing that the question does not
        (("NOT ANSWERED",), "not_verified"),  # nothing about the second
    ],
)
def test_what_is_not_sure_is_not_used(found: tuple[str, ...], reason: str) -> None:
    fault, _ = whether(QUESTION, LOOKED, quotes(*found))
    assert fault is not None
    assert fault.reason == reason


def test_an_answer_that_is_no_json_is_asked_for_once_more() -> None:
    assert whether(QUESTION, LOOKED, "No.", quotes("NOT ANSWERED", "NOT ANSWERED")) == (None, 2)
    fault, asked = whether(QUESTION, LOOKED, "No.", "No!")
    assert fault is not None
    assert (fault.reason, asked) == ("not_verified", 2)
