"""A mean, its interval, and how both are written."""

import json
import math

import pytest

from train import Interval, bootstrap


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


def test_an_interval_is_written_plain_and_as_a_difference() -> None:
    apart = Interval(-0.25, -0.5, 0.125)
    assert str(apart) == "-0.250 [-0.500, 0.125]"
    assert apart.signed == "-0.250 [-0.500, +0.125]"


def test_an_infinite_number_is_null_in_json() -> None:
    assert Interval(math.inf, -math.inf, 1.0).plain() == [None, None, 1.0]


@pytest.mark.parametrize("values", [(1.0, 0.5, 1.5), (math.nan, math.nan, math.nan)], ids=["numbers", "none"])
def test_json_holds_an_interval_and_gives_it_back(values: tuple[float, float, float]) -> None:
    text = json.dumps(Interval(*values).plain(), allow_nan=False)
    assert Interval.read(json.loads(text)) == pytest.approx(values, nan_ok=True)
