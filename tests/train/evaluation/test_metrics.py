"""Measures of answers, worked out by hand."""

import pytest

from train import exact_match, token_f1
from train.evaluation.metrics import chrf


@pytest.mark.parametrize(
    ("answer", "gold", "same"),
    [
        pytest.param("The cat.", "cat", 1.0, id="article and full stop"),
        pytest.param("A  B", "b", 1.0, id="case and spaces"),
        pytest.param("cat dog", "dog cat", 0.0, id="order"),
        pytest.param("", "", 1.0, id="both empty"),
        pytest.param("", "x", 0.0, id="empty"),
        pytest.param("theory", "ory", 0.0, id="an article inside a word stays"),
    ],
)
def test_exact_match_compares_words(answer: str, gold: str, same: float) -> None:
    assert exact_match(answer, gold) == same


@pytest.mark.parametrize(
    ("answer", "gold", "f1"),
    [
        pytest.param("b c d", "b c e f", 2 * 2 / 7, id="two of three and four"),
        pytest.param("b b b", "b", 2 * 1 / 4, id="a word counts as often as both have it"),
        pytest.param("x", "y", 0.0, id="nothing in common"),
        pytest.param("", "", 1.0, id="both empty"),
        pytest.param("the", "a", 1.0, id="nothing but articles"),
        pytest.param("", "y", 0.0, id="empty"),
    ],
)
def test_token_f1_counts_shared_words(answer: str, gold: str, f1: float) -> None:
    assert token_f1(answer, gold) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("answer", "gold", "score"),
    [
        pytest.param("red", "red", 100.0, id="same"),
        pytest.param("", "", 100.0, id="both empty"),
        pytest.param("", "red", 0.0, id="empty"),
        pytest.param("xyz", "red", 0.0, id="nothing in common"),
        pytest.param(" \n", "red", 0.0, id="blank"),
        pytest.param("a", "a", 100.0, id="one letter"),
    ],
)
def test_chrf_goes_from_0_to_100(answer: str, gold: str, score: float) -> None:
    assert chrf(answer, gold) == pytest.approx(score)


def test_chrf_counts_shared_runs_of_letters() -> None:
    assert 0 < chrf("the reds", "the red") < 100
    assert chrf("the red house", "the red houses") > chrf("a dog", "the red houses")
