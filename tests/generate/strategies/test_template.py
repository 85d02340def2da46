import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.rejection import Rejection
from generate.strategies import Template, Unit
from generate.strategies.template import word_question
from tests.generate.makers import brief, candidate, work

PASSAGE = "The installation takes one hour. Before it you need a key, and after it a cup of coffee."


def ask(*path: str, seed: int = 0, title: str = "Gateway guide") -> str | Rejection:
    return word_question(candidate(PASSAGE, *path, title=title), seed=seed)


def test_nobody_is_asked() -> None:
    [draft], asked = work(Template().write(Unit.about(candidate(PASSAGE, "Installation")), brief()))
    assert asked == []
    assert (draft.answer, draft.fault) == (PASSAGE, None)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (("Can I do it at night?",), {"Can I do it at night?"}),
        (
            ("Installation",),
            {
                "What does the Gateway guide say about installation?",
                "What should I know about installation, according to the Gateway guide?",
                "Can you explain what the Gateway guide says about installation?",
                "What information does the Gateway guide give on installation?",
            },
        ),
        (
            ("Reset the gateway",),
            {
                "How do I reset the gateway?",
                "How can I reset the gateway?",
                "What do I have to do to reset the gateway?",
                "How should I go about it if I want to reset the gateway?",
            },
        ),
        (
            ("Changing your key",),
            {
                "What should I know about changing my key?",
                "How does changing my key work?",
                "What does the Gateway guide say about changing my key?",
                "What should I keep in mind when changing my key?",
            },
        ),
        (
            (),
            {
                "What should I know about the Gateway guide?",
                "What is there to know about the Gateway guide?",
                "Can you tell me about the Gateway guide?",
            },
        ),
        (("Overview",), {"What is the Gateway guide about?", "What does the Gateway guide cover?"}),
    ],
    ids=["question", "noun", "steps", "gerund", "title", "overview"],
)
def test_the_wording_follows_the_heading(path: tuple[str, ...], allowed: set[str]) -> None:
    assert {ask(*path, seed=seed) for seed in range(60)} == allowed


def test_a_general_heading_speaks_of_the_one_above() -> None:
    questions = {ask("Installation", "Notes", seed=seed) for seed in range(20)}
    assert all(isinstance(question, str) and "installation" in question for question in questions)


def test_a_heading_that_says_nothing_is_refused() -> None:
    assert ask("Further reading") == Rejection("vague_heading", "Further reading") or isinstance(
        ask("Further reading"), str
    )
    assert ask("More information") == Rejection("vague_heading", "More information")


@given(st.text(max_size=80), st.text(max_size=40), st.integers(0, 2**32))
def test_any_heading_gives_a_question_or_a_reason_and_always_the_same(heading: str, title: str, seed: int) -> None:
    first = ask(heading, seed=seed, title=title)
    assert first == ask(heading, seed=seed, title=title)
    assert isinstance(first, Rejection) or re.search(r"\?$", first)
