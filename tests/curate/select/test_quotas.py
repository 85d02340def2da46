import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.select.quotas import quotas


@pytest.mark.parametrize(
    ("sizes", "total", "equal", "expected"),
    [
        ([60, 30, 10], 10, False, [6, 3, 1]),
        ([1, 1, 1], 2, False, [1, 1, 0]),  # equal remainders: who stands first
        ([50, 30, 20], 7, False, [4, 2, 1]),  # 3.5, 2.1, 1.4: the half is the largest remainder
        ([60, 30, 10], 9, True, [3, 3, 3]),
        ([60, 2, 10], 9, True, [4, 2, 3]),  # the small one gives what it has
        ([0, 5], 3, True, [0, 3]),
        ([3, 4], 100, False, [3, 4]),
        ([3, 4], 100, True, [3, 4]),
        ([3, 4], 0, True, [0, 0]),
        ([], 5, False, []),
        ([], 5, True, []),
    ],
)
def test_shares_are_what_they_should_be(sizes: list[int], total: int, equal: bool, expected: list[int]) -> None:
    assert quotas(np.array(sizes, dtype=np.int64), total, equal=equal).tolist() == expected


@given(st.lists(st.integers(0, 10**12), max_size=8), st.integers(0, 10**13), st.booleans())
def test_they_add_up_and_nobody_gives_more_than_it_has(sizes: list[int], total: int, equal: bool) -> None:
    given_ = quotas(np.array(sizes, dtype=np.int64), total, equal=equal)
    assert given_.sum() == min(total, sum(sizes))
    assert (given_ >= 0).all()
    assert (given_ <= np.array(sizes, dtype=np.int64)).all()
