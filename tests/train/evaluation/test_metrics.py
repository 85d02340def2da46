"""Measures of answers, worked out by hand."""

import math

import pytest

from train import bootstrap, exact_match, token_f1
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


def test_an_interval_of_equal_values_has_no_width() -> None:
    assert bootstrap([2.0, 2.0, 2.0], seed=0) == (2.0, 2.0, 2.0)


def test_a_mean_is_weighted_by_tokens() -> None:
    assert bootstrap([1.0, 4.0], [3.0, 1.0], seed=0).mean == pytest.approx(7 / 4)


def test_an_interval_is_seeded_and_holds_the_mean() -> None:
    values = [float(number % 7) for number in range(50)]
    first = bootstrap(values, seed=1)
    assert first == bootstrap(values, seed=1)
    assert first != bootstrap(values, seed=2)
    assert first.low < first.mean < first.high
    # mean of 0..6 has a standard error of about 2 / sqrt(50) = 0.28; 95 % is 1.96 of them on either side
    assert first.high - first.low == pytest.approx(2 * 1.96 * 2 / math.sqrt(50), rel=0.15)


def test_nothing_has_no_mean() -> None:
    assert math.isnan(bootstrap([], seed=0).mean)
