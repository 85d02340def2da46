"""Comparisons of base and tuned, worked out by hand."""

import json
import math
from collections.abc import Callable
from typing import Any, Literal

import pytest

from train import Interval
from train.evaluation.measures import MEASURES, Comparison, compare, medians, paired, verdict

Good = Literal["higher", "lower", "neither"]
RowWith = Callable[..., dict[str, Any]]  # Any: a row of answers.parquet


@pytest.mark.parametrize(
    ("good", "low", "high", "said"),
    [
        ("higher", 0.1, 0.2, "better"),
        ("higher", -0.2, -0.1, "worse"),
        ("lower", -0.2, -0.1, "better"),
        ("lower", 0.1, 0.2, "worse"),
        ("higher", -0.1, 0.2, "no clear difference"),
        ("higher", 0.0, 0.2, "no clear difference"),
        ("neither", 1.0, 2.0, "longer"),
        ("neither", -2.0, -1.0, "shorter"),
        ("higher", math.nan, math.nan, "no clear difference"),
    ],
)
def test_a_difference_is_claimed_only_outside_its_interval(good: Good, low: float, high: float, said: str) -> None:
    assert verdict(good, Interval((low + high) / 2, low, high)) == said


def test_likelihood_is_weighted_by_the_tokens_of_gold(row_with: RowWith) -> None:
    rows = [row_with(gold_tokens=1, base_nll=4.0, tuned_nll=2.0), row_with(gold_tokens=3, base_nll=3.0, tuned_nll=3.0)]
    found = compare(rows, "nll", seed=0)
    assert found is not None
    assert found.base.mean == pytest.approx(7 / 4)
    assert found.tuned.mean == pytest.approx(5 / 4)
    assert found.difference.mean == pytest.approx(-2 / 4)


@pytest.mark.parametrize("broken", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_left_aside(row_with: RowWith, broken: float) -> None:
    rows = [row_with(gold_tokens=2, base_nll=4.0, tuned_nll=2.0), row_with(gold_tokens=2, base_nll=broken)]
    found = compare(rows, "nll", seed=0)
    assert found is not None
    assert (found.base.mean, found.tuned.mean) == (2.0, 1.0)
    assert compare(rows[1:], "nll", seed=0) is None


def test_rows_without_a_value_are_left_aside(row_with: RowWith) -> None:
    rows = [row_with(base_similarity=0.5, tuned_similarity=0.75), row_with(base_similarity=0.5)]
    found = compare(rows, "similarity", seed=0)
    assert found is not None
    assert found.difference == (0.25, 0.25, 0.25)
    assert compare([row_with()], "similarity", seed=0) is None


def test_one_row_has_an_interval_without_width(row_with: RowWith) -> None:
    found = compare([row_with(base_f1=0.25, tuned_f1=0.75)], "f1", seed=0)
    assert found is not None
    assert found.difference == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(("rows", "said"), [(1, "no clear difference"), (5, "no clear difference"), (6, "better")])
def test_a_few_rows_that_all_differ_the_same_way_may_do_so_by_chance(rows: int, said: str) -> None:
    alike = [0.5] * 20  # rows in which nothing changed say nothing of the others
    assert paired([0.1] * rows, [0.4] * rows, good="higher", seed=0).verdict == said
    assert paired([0.1] * rows + alike, [0.4] * rows + alike, good="higher", seed=0).verdict == said


def test_the_interval_is_of_the_paired_differences() -> None:
    base = [0.0, 1.0] * 20  # rows differ much, models always by the same
    found = paired(base, [value + 0.1 for value in base], good="higher", seed=0)
    assert found.base.high - found.base.low > 0.2
    assert found.difference.high - found.difference.low < 1e-9
    assert found.verdict == "better"


def test_the_median_of_the_length_ratio_is_not_carried_away(row_with: RowWith) -> None:
    rows = [row_with(tuned_tokens=4), row_with(tuned_tokens=4), row_with(tuned_tokens=400)]
    assert medians(rows, "length_ratio") == {"base": 1.0, "tuned": 1.0}


def test_a_gold_answer_without_tokens_divides_nothing(row_with: RowWith) -> None:
    assert MEASURES["length_ratio"].value(row_with(gold_tokens=0), "base") == 4.0


def test_json_gives_a_comparison_back() -> None:
    whole = paired([0.0, 1.0], [1.0, 1.0], good="higher", seed=0)
    assert Comparison.read(json.loads(json.dumps(whole.plain()))) == whole
    nothing = paired([], [], good="higher", seed=0).plain()
    assert nothing["base"] == [None, None, None]
    assert math.isnan(Comparison.read(nothing).base.mean)
