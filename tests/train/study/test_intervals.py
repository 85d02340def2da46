import numpy as np
import pytest

from train.study.intervals import Bootstrap


def test_the_mean_is_weighted_by_tokens() -> None:
    bootstrap = Bootstrap([1, 3], np.arange(2), 1, seed=0)
    assert bootstrap.mean([[2.0, 3.0]]).mean == 5 / 4


def test_a_variant_with_the_same_shift_on_every_row_differs_for_certain() -> None:
    random = np.random.default_rng(0)
    losses = random.normal(5, 2, 50)
    bootstrap = Bootstrap([1.0] * 50, np.arange(50), 1, seed=0)
    difference = bootstrap.mean([losses - 0.25]) - bootstrap.mean([losses])
    assert difference.interval == pytest.approx((-0.25, -0.25, -0.25), abs=1e-5)


def test_the_interval_covers_rows_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    inside = 0
    for seed in range(200):
        interval = Bootstrap([1.0] * 60, np.arange(60), 1, seed=seed).mean([random.normal(1, 1, 60)]).interval
        inside += interval.low <= 1 <= interval.high
    assert 180 <= inside <= 199


def test_the_spread_of_two_seeds_is_not_halved() -> None:
    bootstrap = Bootstrap([1.0] * 4, np.arange(4), 2, seed=0, draws=20_000)
    draws = bootstrap.mean([[1.0] * 4, [3.0] * 4]).draws
    assert draws.var() == pytest.approx(1.0, rel=0.05)  # the variance of a mean of two: 2 / 2


def test_what_is_measured_once_has_no_spread_over_seeds() -> None:
    bootstrap = Bootstrap([1.0] * 4, np.arange(4), 3, seed=0)
    assert bootstrap.mean([[1.0] * 4]).draws == pytest.approx(np.ones(2_000))


def test_rows_that_hang_together_are_drawn_together() -> None:
    bootstrap = Bootstrap([1.0] * 4, np.array([7, 7, 9, 9]), 1, seed=0)
    assert bootstrap.units == 2
    assert set(bootstrap.mean([[0.0, 0.0, 1.0, 1.0]]).draws.tolist()) == {0.0, 0.5, 1.0}
