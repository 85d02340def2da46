import numpy as np
import pytest

from curate.histogram import bin_edges, histogram, quartiles
from curate.report import share


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33.3 %"),
        (1, 100_000, "< 0.1 %"),
        (99_999, 100_000, "> 99.9 %"),
        (0, 0, "0 %"),
    ],
)
def test_shares_tell_none_from_few(count: int, total: int, text: str) -> None:
    assert share(count, total) == text


@pytest.mark.parametrize(
    "sizes", [[], [0], [5, 5, 5], [1, 1000], list(range(5000))], ids=["none", "zero", "equal", "far", "many"]
)
def test_histograms_draw_whatever_comes(sizes: list[int]) -> None:
    array = np.array(sizes, dtype=np.int32)
    drawn = str(histogram(array, array[:1], "words < 3"))
    assert drawn.startswith("<svg")
    assert "words &lt; 3" in drawn


def test_bin_edges_are_round_and_reach_the_99th_percentile() -> None:
    edges = bin_edges(np.arange(1000, dtype=np.int32))
    assert edges[1] == 50
    assert edges[-2] >= 990


def test_quartiles_of_nothing_are_zero() -> None:
    assert quartiles(np.zeros(0, dtype=np.int32)) == (0, 0, 0)
    assert quartiles(np.arange(1, 101, dtype=np.int32)) == (50, 95, 100)
