import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rouge import rouge_l, rouge_tokens


@pytest.mark.parametrize(
    ("prediction", "reference", "score"),
    [
        ("", "", 0.0),
        ("", "a", 0.0),
        ("...", "a", 0.0),
        ("the cat", "the cat", 1.0),
        ("The CAT!", "the cat", 1.0),
        ("a b", "c d", 0.0),
        # The longest common subsequence is "police the gunman" without "killed": 3 of 4 words on either side.
        ("police kill the gunman", "police killed the gunman", 0.75),
        # "the gunman" is 2 of 4 on either side (Lin 2004, the example in §3.1).
        ("the gunman kill police", "police killed the gunman", 0.5),
        # 2 of 2 predicted and 2 of 4 of the reference: 2 * 1 * 0.5 / 1.5.
        ("a c", "a b c d", 2 / 3),
        # Letters outside a-z are no tokens, as in the rouge-score package: "na", "ve" against "naive".
        ("naïve", "naive", 0.0),
    ],
)
def test_values_worked_out_by_hand(prediction: str, reference: str, score: float) -> None:
    assert rouge_l(prediction, reference) == pytest.approx(score)


def test_tokens_are_runs_of_letters_and_digits() -> None:
    assert rouge_tokens("Don't use v2.0, Ärger") == ["don", "t", "use", "v2", "0", "rger"]


@given(st.text("ab c"), st.text("ab c"))
def test_the_order_of_the_texts_does_not_matter(one: str, other: str) -> None:
    assert rouge_l(one, other) == pytest.approx(rouge_l(other, one))


@given(st.text(), st.text())
def test_it_lies_between_0_and_1(one: str, other: str) -> None:
    assert 0.0 <= rouge_l(one, other) <= 1.0
