import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.judge.bradley_terry import elo, strengths


def planted(truth: list[float], each: float) -> np.ndarray:
    """Give the wins that models of these strengths have on average, each pair meeting `each` times."""
    values = np.array(truth)
    chance = 1 / (1 + np.exp(values[None, :] - values[:, None]))
    np.fill_diagonal(chance, 0)
    wins: np.ndarray = each * chance
    return wins


@settings(deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=2, max_size=6))
def test_planted_strengths_are_recovered(truth: list[float]) -> None:
    found = strengths(planted(truth, 1e5))
    assert found == pytest.approx(np.array(truth) - np.mean(truth), abs=1e-3)


@settings(deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=3, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_models_does_not_matter(truth: list[float], random: object) -> None:
    wins = planted(truth, 7)
    order = list(range(len(truth)))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis' own kind of Random
    assert strengths(wins[np.ix_(order, order)]) == pytest.approx(strengths(wins)[order], abs=1e-8)


def test_two_models_have_the_odds_of_their_wins() -> None:
    # 7.5 wins and 2.5 with the tie that is taken to have been: log(8 / 3) apart
    found = strengths(np.array([[0, 7.5], [2.5, 0]]))
    assert found[0] - found[1] == pytest.approx(math.log(8 / 3))


def test_who_always_wins_has_a_finite_strength() -> None:
    wins = np.zeros((3, 3))
    wins[0, 1:] = 1_000
    found = strengths(wins)
    assert np.isfinite(found).all()
    assert found[0] > found[1]
    assert found[1] == pytest.approx(found[2])


def test_nobody_met_is_all_alike() -> None:
    assert strengths(np.zeros((3, 3))) == pytest.approx(np.zeros(3))


def test_elo_is_1000_on_average_and_400_points_are_ten_to_one() -> None:
    rows = np.zeros((109, 3, 3))  # 99 and 10 * 0.05 won, 10 * 0.95 lost; with half a tie each, 100 to 10
    rows[:99, 0, 1] = rows[:99, 0, 2] = 1
    rows[99:, 0, 1] = rows[99:, 0, 2] = 0.05
    rows[99:, 1, 0] = rows[99:, 2, 0] = 0.95
    rows[:, 1, 2] = rows[:, 2, 1] = 0.5
    first, second, third = elo(rows, seed=0, draws=200)
    assert (first.mean + second.mean + third.mean) / 3 == pytest.approx(1000)
    assert first.mean - second.mean == pytest.approx(400, abs=0.5)
    assert second == pytest.approx(third)
    assert first.low < first.mean < first.high
    assert elo(rows, seed=0, draws=200) == [first, second, third]
