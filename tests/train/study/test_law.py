import numpy as np
import pytest

from train.study.intervals import Drawn
from train.study.law import Law, fit, forecast

SIZES = np.array([50.0, 100.0, 200.0, 400.0, 800.0])


def points(means: np.ndarray, noise: float = 0.0, *, seed: int = 0) -> list[Drawn]:
    draws = np.random.default_rng(seed).normal(0, 1, (len(means), 500)) * noise
    return [Drawn(float(mean), mean + each) for mean, each in zip(means, draws, strict=True)]


def test_a_planted_power_law_is_found_again() -> None:
    law = fit(SIZES, (1.5 + 4 * SIZES**-0.5)[None])[0]
    assert law.exponent == pytest.approx(0.5, abs=0.011)
    assert law.floor == pytest.approx(1.5, abs=0.01)
    assert law.at(1600) == pytest.approx(1.6, abs=0.001)


def test_three_sizes_get_a_line_over_the_logarithm() -> None:
    law = fit(SIZES[:3], (5 - 0.25 * np.log2(SIZES[:3]))[None])[0]
    assert law == pytest.approx(Law(5, 0.25, 0))
    assert law.at(400) == pytest.approx(5 - 0.25 * np.log2(400))


def test_as_many_rows_again_buy_what_the_planted_law_says() -> None:
    found = forecast(SIZES, points(1.5 + 4 * SIZES**-0.5, 1e-4), seeds=2)
    assert found.more == 800
    assert found.gain is not None
    assert found.gain.low <= 4 * (800**-0.5 - 1600**-0.5) <= found.gain.high


@pytest.mark.parametrize(
    ("rows", "losses", "noise", "seeds", "reason"),
    [
        (SIZES[:2], np.array([2.0, 1.5]), 0.1, 2, "2 sizes lie on a line"),
        (SIZES[:3], np.array([2.0, 1.8, 1.6]), 0.0, 1, "one seed"),
        (SIZES[:3], np.array([2.0, 1.99, 2.0]), 0.1, 2, "no gain shows"),
        (SIZES[:3], np.array([1.6, 1.8, 2.0]), 0.001, 2, "no gain shows"),
        (SIZES[:4], np.array([2.0, 1.99, 1.98, 1.2]), 0.001, 2, "do not foretell the largest"),
    ],
    ids=["two sizes", "one seed", "noise", "more is worse", "a bend"],
)
def test_nothing_is_foretold_where_the_law_has_no_ground(
    rows: np.ndarray, losses: np.ndarray, noise: float, seeds: int, reason: str
) -> None:
    found = forecast(rows, points(losses, noise), seeds=seeds)
    assert found.gain is None
    assert reason in found.reason
