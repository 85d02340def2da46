import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.diversity.verbs import request


@pytest.mark.parametrize(
    ("instruction", "verb", "noun"),
    [
        ("Write a short story about a fox.", "write", "story"),
        ("Please create a list of five fruits", "create", "list"),
        ("Could you give me three tips for sleeping well?", "give", "tip"),
        ("What is the capital of France?", "what", "capital"),
        ("How do I claim travel costs?", "how", "cost"),
        ("Describe the water cycle", "describe", "cycle"),
        ("Explain how it works", "explain", ""),
        ("Compose a tweet comparing two phones", "compose", "tweet"),
        ("Given a text, find the main verb in it.", "find", "verb"),
        ("Come up with a name for a cat", "devise", "name"),
        ("Summarize the following article:\n\nGlobal warming is real.", "summarize", "article"),
        ("The list below is wrong.", "", ""),
        ("", "", ""),
        ("?!", "", ""),
        ("法国的首都是什么", "", ""),
        ("Name two categories", "name", "category"),
    ],
)
def test_verb_and_noun_are_found(instruction: str, verb: str, noun: str) -> None:
    assert request(instruction) == (verb, noun)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert len(request(text)) == 2


def test_a_long_text_takes_no_time() -> None:
    assert request("Write " + "a " * 10_000_000).verb == "write"
