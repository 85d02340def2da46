import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import InputError
from train.study.subsets import subset


@given(
    st.lists(st.integers(0, 8), min_size=20, max_size=30),
    st.integers(0, 5),
    st.lists(st.floats(5, 100), min_size=2, max_size=3),
)
def test_smaller_subsets_lie_inside_larger_ones_and_groups_stay_whole(
    groups: list[int], seed: int, sizes: list[float]
) -> None:
    numbered = np.unique(groups, return_inverse=True)[1]
    ids = [f"row {number}" for number in range(len(groups))]
    inner: set[int] = set()
    for size in sorted(sizes):
        chosen = set(subset(ids, numbered, size, seed=seed).tolist())
        assert inner <= chosen
        taken = {int(numbered[row]) for row in chosen}
        assert chosen == {row for row, group in enumerate(numbered.tolist()) if group in taken}
        inner = chosen


@given(st.integers(10, 80), st.integers(0, 5), st.floats(10, 100))
def test_rows_on_their_own_come_to_the_share(rows: int, seed: int, size: float) -> None:
    chosen = subset([str(number) for number in range(rows)], np.arange(rows), size, seed=seed)
    assert abs(len(chosen) - rows * size / 100) <= 0.5


def test_the_rows_are_chosen_by_id_and_not_by_place() -> None:
    ids = [str(number) for number in range(40)]
    there = {ids[row] for row in subset(ids, np.arange(40), 25, seed=0)}
    back = {ids[::-1][row] for row in subset(ids[::-1], np.arange(40), 25, seed=0)}
    assert there == back


def test_another_seed_draws_other_rows() -> None:
    ids = [str(number) for number in range(40)]
    draws = {tuple(subset(ids, np.arange(40), 25, seed=seed).tolist()) for seed in range(5)}
    assert len(draws) == 5


def test_a_share_of_no_row_is_refused_with_the_least_that_is_one() -> None:
    with pytest.raises(InputError, match=r"10 % of 3 rows.*Choose 34 or more"):
        subset(["a", "b", "c"], np.arange(3), 10, seed=0)
