import pytest

from generate.novelty import Novelty


@pytest.mark.parametrize(
    ("second", "accepted"),
    [
        ("How long does the battery of the Heron H2 last?", False),
        ("how long does the battery of the Heron H2 last ?", False),
        ("How long do the batteries of the Heron H2 last?", False),
        ("How long does the battery of the Heron H2 reset?", True),
        ("How long does the pack of the Heron H2 last?", True),
        ("Which battery does the Heron H2 take?", True),
        ("How long does the battery of a Heron H2 last?", False),
        ("When does the battery of the Heron H2 last?", True),
    ],
    ids=[
        "same",
        "other clothes",
        "other endings",
        "other verb",
        "other thing",
        "another",
        "other article",
        "other question word",
    ],
)
def test_what_was_asked_already_is_not_asked_again(second: str, accepted: bool) -> None:
    novelty = Novelty()
    assert novelty.check("How long does the battery of the Heron H2 last?") is None
    fault = novelty.check(second)
    assert (fault is None) == accepted
    assert fault is None or fault.reason == "repeated_question"


def test_other_numbers_make_another_question() -> None:
    novelty = Novelty()
    assert novelty.check("What does port 8080 serve during the whole day?") is None
    assert novelty.check("What does port 8081 serve during the whole day?") is None


def test_an_example_of_the_prompt_is_no_question() -> None:
    fault = Novelty(["How do I remove a paper jam from the printer?"]).check(
        "How do I remove a paper jam from a printer?"
    )
    assert fault is not None
    assert fault.reason == "echo"
