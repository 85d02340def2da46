import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.quantile import high_limit, low_limit

TEN = np.array([5, 3, 9, 1, 7, 2, 10, 8, 4, 6], np.int32)


@pytest.mark.parametrize(("share", "limit"), [(0.0, 1), (0.1, 2), (0.25, 3), (0.5, 6), (1.0, 10)])
def test_at_most_the_share_lies_below_the_low_limit(share: float, limit: float) -> None:
    assert low_limit(TEN, share) == limit


@pytest.mark.parametrize(("share", "limit"), [(1.0, 10), (0.9, 9), (0.95, 10), (0.5, 5), (0.0, 1)])
def test_at_least_the_share_lies_up_to_the_high_limit(share: float, limit: float) -> None:
    assert high_limit(TEN, share) == limit


def test_tenths_are_tenths_though_floats_are_not() -> None:
    assert low_limit(np.arange(10, dtype=np.int32), 0.1 + 0.2) == 3
    assert high_limit(np.arange(10, dtype=np.int32), 0.1 + 0.2) == 2


def test_no_values_are_no_error() -> None:
    assert low_limit(TEN[:0], 0.5) == high_limit(TEN[:0], 0.5) == 0


@given(st.lists(st.integers(0, 9), min_size=1), st.floats(0, 1))
def test_never_more_than_the_share_is_cut_off(values: list[int], share: float) -> None:
    array = np.array(values, np.int32)
    assert (array < low_limit(array, share)).sum() <= share * len(values) + 1e-6
    assert (array > high_limit(array, share)).sum() <= (1 - share) * len(values) + 1e-6
