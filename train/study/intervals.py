"""How sure a loss is: intervals over held-out rows and over seeds at once, paired between variants."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from train.interval import Interval

_DRAWS = 2_000


class Drawn(NamedTuple):
    """A mean, and what it would have been with other held-out rows and other seeds.

    Attributes:
        mean: The mean.
        draws: (draws,) float64; the same draw of two variants has the same rows and seeds.
    """

    mean: float
    draws: npt.NDArray[np.float64]

    def __sub__(self, other: "Drawn") -> "Drawn":
        return Drawn(self.mean - other.mean, self.draws - other.draws)

    @property
    def interval(self) -> Interval:
        """The mean with the interval that holds 95 % of the draws."""
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return Interval(self.mean, float(low), float(high))


class Bootstrap:
    """Draw groups of held-out rows, and seeds, again and again; the same draws serve every variant.

    Rows that hang together are drawn together, for they are not news to one another. Seeds are few, and draws of few
    show too little of their spread; it is widened by sqrt(seeds / (seeds - 1)), which makes its variance right.

    Args:
        weights: (rows,) weight of each row: its tokens for a loss per token.
        groups: (rows,) number of each row's group.
        seeds: Trainings of each variant.
        seed: Seed of the draws.
    """

    def __init__(
        self, weights: Sequence[float], groups: npt.NDArray[np.int64], seeds: int, *, seed: int, draws: int = _DRAWS
    ) -> None:
        self._groups = np.unique(groups, return_inverse=True)[1]
        self._weights = np.bincount(self._groups, weights=np.asarray(weights, np.float64))
        self.units = len(self._weights)
        self._seeds = seeds
        random = np.random.default_rng(seed)
        self._rows = random.multinomial(self.units, np.full(self.units, 1 / self.units), draws).astype(np.float32)
        self._picked = random.multinomial(seeds, np.full(seeds, 1 / seeds), draws)

    def mean(self, sums: Sequence[Sequence[float] | npt.NDArray[np.float64]]) -> Drawn:
        """Give the weighted mean of a variant: for each seed, or once for all of them, the sum of each row."""
        by_group = np.array([np.bincount(self._groups, weights=np.asarray(each, np.float64)) for each in sums])
        by_group = np.broadcast_to(by_group, (self._seeds, self.units))
        middle = by_group.mean(axis=0)
        widened = middle + (by_group - middle) * math.sqrt(self._seeds / max(self._seeds - 1, 1))
        drawn = ((self._rows @ widened.T) * self._picked).sum(axis=1) / self._seeds
        return Drawn(float(middle.sum() / self._weights.sum()), drawn / (self._rows @ self._weights))
