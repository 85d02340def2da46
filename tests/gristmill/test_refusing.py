"""Answers that decline, and answers that only sound like it."""

import re
from pathlib import Path

import pytest

import generate
from gristmill.refusing import declines

_WORDINGS = Path(generate.__file__).parent / "prompts" / "refusals.txt"


def wordings() -> list[str]:
    """Give the refusals that guardrail data is made of."""
    lines = _WORDINGS.read_text(encoding="utf-8").splitlines()
    return [re.sub(r"\{\{.*?\}\}", "the leave policy", line) for line in lines if line and not line.startswith("[")]


@pytest.mark.parametrize("answer", wordings())
def test_every_refusal_that_we_teach_is_told(answer: str) -> None:
    assert declines("What is the answer?", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't assist with that.",
        "As an AI language model, I do not have access to your files.",
        "I don't have any information about that.",
        "Unfortunately, I cannot provide legal advice.",
        "The passage does not mention a deadline.",
        "I do not know.",
        "Sorry, I won't help with that.",
    ],
)
def test_usual_refusals_are_told(answer: str) -> None:
    assert declines("When is it due?", answer)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Yes.",
        "No, you cannot carry leave over.",
        "You can't share a password with anyone.",
        "I would ask the help desk.",
        "It is outside the building, by the bicycle racks.",
        "The policy does not allow it.",
        "I can help you with that: open the settings.",
        "Employees do not have to give a reason.",
        "I can't help but admire it.",
        "That is covered by the insurance.",
        "The form goes to the finance team, which answers within two days.",
        "It's not something to worry about.",
    ],
)
def test_answers_are_no_refusals(answer: str) -> None:
    assert declines("What should I do?", answer) == ""


def test_that_the_documents_lack_something_answers_a_question_about_them() -> None:
    answer = "The documentation does not provide examples."
    assert declines("Where are examples?", answer)
    assert declines("Does the documentation have examples?", answer) == ""


def test_a_refusal_late_in_a_long_answer_is_none() -> None:
    assert declines("What is it?", "It is a house. " * 40 + "I can't help with more.") == ""
