import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.shares import fill


def chosen(sizes: list[int], shares: tuple[float, ...], seed: int = 0) -> list[int]:
    """Give how many rows each split got."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    draws = np.random.default_rng(seed).permutation(len(groups)).astype(np.uint64)
    counts: list[int] = np.bincount(fill(groups, draws, shares), minlength=len(shares)).tolist()
    return counts


def test_single_rows_meet_the_shares_exactly() -> None:
    assert chosen([1] * 200, (0.9, 0.05, 0.05)) == [180, 10, 10]


@pytest.mark.parametrize(
    ("sizes", "shares", "expected"),
    [
        ([60, 40], (0.5, 0.0, 0.5), [60, 0, 40]),
        ([30, 30, 30], (0.4, 0.0, 0.6), [30, 0, 60]),
        ([50, 3, 3], (0.9, 0.05, 0.05), [50, 3, 3]),
        ([5], (0.8, 0.1, 0.1), [5, 0, 0]),
        ([5, 5], (0.8, 0.1, 0.1), [5, 5, 0]),
        ([7, 2], (1.0, 0.0, 0.0), [9, 0, 0]),
    ],
    ids=["one fits", "one more comes nearer", "each gets one", "one group", "two groups", "no others wanted"],
)
def test_whole_groups_come_as_near_as_they_can(
    sizes: list[int], shares: tuple[float, ...], expected: list[int]
) -> None:
    found = chosen(sizes, shares)
    assert sorted(found[1:]) == sorted(expected[1:])
    assert found[0] == expected[0]


def test_no_rows_are_no_error() -> None:
    assert fill(np.zeros(0, np.int64), np.zeros(0, np.uint64), (0.9, 0.1)).tolist() == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(0, 50))
def test_groups_stay_whole_in_whatever_order_they_come(sizes: list[int], seed: int) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    draws = np.random.default_rng(seed).permutation(len(groups)).astype(np.uint64)
    whole = fill(groups, draws, (0.8, 0.1, 0.1))
    assert all(len(set(whole[groups == group].tolist())) == 1 for group in range(len(sizes)))
    assert 0 in whole
    assert len(sizes) < 3 or set(whole.tolist()) == {0, 1, 2}
    order = random.Random(seed).sample(range(len(groups)), len(groups))
    names = np.array(random.Random(seed).sample(range(100), len(sizes)))
    assert fill(names[groups[order]], draws[order], (0.8, 0.1, 0.1)).tolist() == whole[order].tolist()
