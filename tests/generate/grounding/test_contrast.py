"""Contrasts and conditions that an answer turns round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.grounding import check_answer
from generate.grounding.contrast import turned_round
from generate.grounding.evidence import read_evidence


@pytest.mark.parametrize(
    ("passage", "answer", "why"),
    [
        ("Posts are hidden, not deleted.", "Posts are deleted rather than hidden.", "swapped"),
        (
            "Keep the jars on the shelf instead of the floor.",
            "Keep the jars on the floor rather than the shelf.",
            "swapped",
        ),
        (
            "Bring boots if you are going to cross the river.",
            "Bring boots unless you are going to cross the river.",
            "opposite",
        ),
        (
            "Files are never replaced unless `--force` is given.",
            "Files are never replaced even if `--force` is given.",
            "opposite",
        ),
    ],
    ids=["not", "instead", "unless", "even"],
)
def test_what_is_turned_round_is_caught(passage: str, answer: str, why: str) -> None:
    fault = turned_round(answer, read_evidence(passage))
    assert fault is not None
    assert fault.reason == why


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("Posts are hidden, not deleted.", "Posts are not deleted but hidden."),
        ("Posts are hidden, not deleted.", "Instead of being deleted, posts are hidden."),
        ("Clay is fired only if a sample was tested.", "Clay is not fired unless a sample was tested."),
        ("The bell rings if the door is open.", "When the door is open, the bell rings."),
    ],
    ids=["but", "opened", "unless", "when"],
)
def test_the_same_in_another_form_passes(passage: str, answer: str) -> None:
    assert turned_round(answer, read_evidence(passage)) is None


@given(
    st.lists(
        st.sampled_from(["jars", "shelf", "floor", "not", "but", ",", "rather than", "if", "unless", "even if"]),
        max_size=14,
    )
)
def test_a_text_never_contradicts_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert check_answer(text, text) is None or turned_round(text, read_evidence(text)) is None


def test_the_second_half_of_a_name_must_be_its_own() -> None:
    passage = "Exceptions are granted by Ilse Varga. Logins use the Cerrix token."
    fault = check_answer("Exceptions are granted by Ilse Cerrix.", passage)
    assert fault is not None
    assert fault.reason == "foreign_name"
    assert check_answer("Exceptions are granted by Ilse Varga alone.", passage) is None
