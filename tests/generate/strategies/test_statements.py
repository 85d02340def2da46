import pytest

from generate.rejection import Rejection
from generate.strategies.statements import check_aim, check_quote, statements
from tests.generate.makers import candidate

STATEMENT = "A laptop is kept for four years and then goes to a school."


def test_sentences_and_list_items_that_stand_alone_are_listed() -> None:
    passage = f"""{STATEMENT} They like it there, as one can imagine. It is short.

| Room | Use of this room by people |
|---|---|
| Heron | Meetings of up to twelve people. |

- Bring the **charger** and the bag back to the depot.
- Charger: the black thing that comes with the laptop.
- And then go home to your family, you are done.
- How about the bag that came with the laptop?

{STATEMENT}"""
    assert statements(passage) == [STATEMENT, "Bring the charger and the bag back to the depot."]


def test_nothing_stands_alone_in_an_empty_passage() -> None:
    assert statements("") == statements("\n\n---\n") == []


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ("How long is a laptop kept?", True),
        ("Where does a laptop go after four years?", True),
        ("How many laptops does a school get?", True),
        ("What is the maximum age of a laptop?", False),
        ("How do I repair a laptop at school?", False),
        ("Where do I find the depot on the map?", False),
        ("What is the difference between a laptop and a school?", False),
        ("What is the name of the school with the laptop?", False),
    ],
)
def test_a_question_aims_at_its_statement(question: str, fits: bool) -> None:
    fault = check_aim(question, STATEMENT, candidate(STATEMENT, "Laptops"))
    assert (fault is None) == fits


def test_no_number_is_asked_of_a_statement_without_one() -> None:
    statement = "A lost laptop is reported to the depot."
    fault = check_aim("How many laptops are lost?", statement, candidate(statement, "Laptops"))
    assert fault == Rejection("off_quote", f"not in what was asked about: {statement}")


def test_a_quote_has_words_and_to_do_with_the_answer() -> None:
    assert check_quote(STATEMENT, "Four years.") is None
    for quote, answer, reason in (
        ("four years", "Four years.", "quote_too_short"),
        (STATEMENT, "Ask Mira.", "quote_off_answer"),
    ):
        fault = check_quote(quote, answer)
        assert fault is not None
        assert fault.reason == reason
