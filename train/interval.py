"""A number and how sure it is: the mean, its 95 % interval, and how both are written."""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

FEWEST = 6
"""Rows that must differ for a difference to be claimed: all six of six the same way is what a sign test asks at 5 %."""

_DRAWS = 2_000
_CHUNK = 1 << 22


class Interval(NamedTuple):
    """A mean and the interval that holds 95 % of its bootstrap means."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"

    @property
    def signed(self) -> str:
        """Write a difference, with its sign."""
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"

    def plain(self) -> list[float | None]:
        """Give mean, low and high as JSON can hold them."""
        return [plain_number(value) for value in self]

    @classmethod
    def read(cls, values: Sequence[float | None]) -> Self:
        """Read what `plain` gave."""
        return cls(*map(read_number, values))


def plain_number(value: float) -> float | None:
    """Give a number as JSON can hold it: there is no NaN, and nothing infinite."""
    return value if math.isfinite(value) else None


def read_number(value: float | None) -> float:
    """Read what `plain_number` gave."""
    return math.nan if value is None else value


def bootstrap(
    values: Sequence[float], weights: Sequence[float] | None = None, *, seed: int, draws: int = _DRAWS
) -> Interval:
    """Give the mean of `values`, weighted where weights are given, and its 95 % bootstrap interval over rows.

    Handing in the differences of two models on the same rows makes the interval a paired one.
    """
    over = np.asarray(values, np.float64)
    by = np.ones(len(over)) if weights is None else np.asarray(weights, np.float64)
    if not len(over) or not by.sum():
        return Interval(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    means: list[npt.NDArray[np.float64]] = []
    step = max(1, _CHUNK // len(over))
    for start in range(0, draws, step):
        picked = random.integers(0, len(over), (min(step, draws - start), len(over)))
        sums = by[picked].sum(axis=1)
        means.append((over * by)[picked].sum(axis=1)[sums > 0] / sums[sums > 0])
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return Interval(float((over * by).sum() / by.sum()), float(low), float(high))
