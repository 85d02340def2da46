import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.strategies.labelled import read_labelled

FIELDS = ("quote", "question", "answer")
WHOLE = {"quote": "Lunch is at noon.", "question": "When is lunch?", "answer": "At noon."}


@pytest.mark.parametrize(
    "text",
    [
        "Quote: Lunch is at noon.\nQuestion: When is lunch?\nAnswer: At noon.",
        "Sure! Here it is.\n\nQUESTION: When is lunch?\nANSWER: At noon.\nQUOTE: Lunch is at noon.",
        "**Quote:** Lunch is at noon.\n\n**Question:** When is lunch?\n\n**Answer:** At noon.",
        "- Quote: Lunch is at noon.\n- Question 1: When is lunch?\n- Answer 1: At noon.\n\n---",
        "### Quote:\nLunch is at noon.\n### Question:\nWhen is lunch?\n### Answer:\nAt noon.",
        "1. Quote: Lunch is at noon.\n2. Question: When is lunch?\n3. Answer: At noon.",
    ],
    ids=["plain", "talk first", "bold", "list", "headings", "numbered"],
)
def test_labels_are_read_in_any_clothes(text: str) -> None:
    assert read_labelled(text, FIELDS) == [WHOLE]


def test_a_label_that_comes_again_opens_another_item() -> None:
    text = "Pair 1\nQuestion: A?\nAnswer: B.\n\nPair 2\nQuestion: C?\nAnswer: D.\nand E.\n\n3.\nAnswer: F."
    assert read_labelled(text, FIELDS) == [
        {"question": "A?", "answer": "B."},
        {"question": "C?", "answer": "D.\nand E."},
        {"answer": "F."},
    ]


def test_a_word_inside_of_a_line_is_no_label() -> None:
    text = "Answer: Ask the question: who was it? Then quote: nobody.\nThe answer: unknown."
    assert read_labelled(text, FIELDS) == [{"answer": text.removeprefix("Answer: ")}]


@given(st.text(alphabet="QuestionAnswer:*-# \n.1", max_size=80))
def test_any_text_is_read(text: str) -> None:
    for item in read_labelled(text, FIELDS):
        assert set(item) <= set(FIELDS)
        assert all(told == told.strip() for told in item.values())
