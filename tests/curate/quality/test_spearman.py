import math

import numpy as np
import pytest

from curate.quality.spearman import spearman


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1, 2, 3], [10, 20, 90], 1),
        ([1, 2, 3], [3, 2, 1], -1),
        # Ranks 1, 2.5, 2.5 against 1, 2, 3: 1.5 over the root of 1.5 times 2.
        ([1, 2, 2], [1, 2, 3], 1.5 / math.sqrt(3)),
    ],
)
def test_ranks_are_compared(left: list[float], right: list[float], expected: float) -> None:
    assert spearman(np.array(left, float), np.array(right, float)) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[], [1], [2, 2, 2]])
def test_what_does_not_vary_has_no_correlation(values: list[float]) -> None:
    assert math.isnan(spearman(np.array(values, float), np.arange(len(values), dtype=float)))
