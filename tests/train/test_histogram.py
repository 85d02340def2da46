"""Lengths in bins, and bins as bars that end at the right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.histogram import bars, bins, quantile_lines, quantiles


@given(lengths=st.lists(st.integers(0, 5000), max_size=60))
def test_every_row_is_in_one_bin(lengths: list[int]) -> None:
    found = bins(np.array(lengths, np.int64))
    assert sum(count for _, _, count in found) == len(lengths)
    for low, high, count in found:
        assert count == sum(low <= length < high for length in lengths)
        assert (high - low) % 16 == 0
    assert len(found) <= 21


def test_quantiles_are_lengths_that_a_row_has() -> None:
    assert quantiles(np.array([1, 10, 100])) == {"p50": 10, "p95": 100, "p99": 100}
    assert quantiles(np.array([], np.int64)) == {"p50": 0, "p95": 0, "p99": 0}


def test_bars_are_as_long_as_their_counts_say_and_counts_end_at_the_right() -> None:
    lines = bars([(0, 16, 1000), (16, 32, 500), (32, 48, 0), (48, 64, 1)])
    assert lines == [
        " 0 to 15  " + "█" * 40 + "  1,000",
        "16 to 31  " + "█" * 20 + " " * 20 + "    500",
        "32 to 47  " + " " * 40 + "      0",
        "48 to 63  " + "▏" + " " * 39 + "      1",
    ]


def test_a_terminal_without_block_signs_gets_plain_ones() -> None:
    lines = bars([(0, 16, 4), (16, 32, 1)], ascii_only=True)
    assert lines == [" 0 to 15  " + "#" * 40 + "  4", "16 to 31  " + "#" * 10 + " " * 30 + "  1"]
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_rows_are_no_bars(*, ascii_only: bool) -> None:
    assert bars([], ascii_only=ascii_only) == []


def test_quantiles_stand_below_each_other() -> None:
    lines = quantile_lines({"prompt": {"p50": 5, "p95": 10, "p99": 1200}, "all": {"p50": 12, "p95": 9, "p99": 3}})
    assert lines == ["prompt   50 %  5   95 % 10   99 % 1,200", "all      50 % 12   95 %  9   99 %     3"]
