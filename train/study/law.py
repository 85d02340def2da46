"""What more rows would buy: a law through the points of the curve, and whether it has ground to stand on."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from train.interval import Interval
from train.study.intervals import Drawn

_EXPONENTS = np.linspace(0.02, 3, 150)
_FEWEST = 3  # two points lie on a line whatever they show
_POWER = 4  # a power law has three numbers of its own
_MISS = 0.25


class Law(NamedTuple):
    """Loss by rows: floor + scale · rows^-exponent, or with an exponent of 0: floor - scale · log2(rows)."""

    floor: float
    scale: float
    exponent: float

    def at(self, rows: float) -> float:
        """Give the loss with so many rows."""
        if self.exponent:
            return float(self.floor + self.scale * rows**-self.exponent)
        return float(self.floor - self.scale * np.log2(rows))

    def __str__(self) -> str:
        if self.exponent:
            return f"{self.floor:.3f} + {self.scale:.3g} · rows^-{self.exponent:.2f}"
        return f"{self.floor:.3f} - {self.scale:.3g} · log2(rows)"


class Forecast(NamedTuple):
    """What the curve says of more rows.

    Attributes:
        law: The law through the points; None where there are too few.
        more: Further rows that it speaks of: as many as there are.
        gain: By how much they would lower the loss; None where the law has no ground to stand on.
        reason: Why it has none; empty where it has.
    """

    law: Law | None
    more: int
    gain: Interval | None
    reason: str


def fit(rows: npt.NDArray[np.float64], losses: npt.NDArray[np.float64]) -> list[Law]:
    """Fit each curve by least squares: a power law through four sizes or more, else a line over log2(rows).

    Args:
        rows: (sizes,) rows of each size.
        losses: (curves, sizes) losses.
    """
    if len(rows) < _POWER:
        line = np.stack([np.ones(len(rows)), -np.log2(rows)], axis=1)
        return [Law(float(floor), float(scale), 0.0) for floor, scale in (np.linalg.pinv(line) @ losses.T).T]
    best = np.full(len(losses), np.inf)
    found = np.zeros((len(losses), 3))
    for exponent in _EXPONENTS:
        shape = np.stack([np.ones(len(rows)), (rows / rows.max()) ** -exponent], axis=1)
        numbers = np.linalg.pinv(shape) @ losses.T
        errors = ((shape @ numbers - losses.T) ** 2).sum(axis=0)
        better = errors < best
        best[better] = errors[better]
        scale = numbers[1] * rows.max() ** exponent
        found[better] = np.stack([numbers[0], scale, np.full(len(losses), exponent)], axis=1)[better]
    return [Law(*map(float, each)) for each in found]


def forecast(rows: npt.NDArray[np.float64], points: list[Drawn], *, seeds: int) -> Forecast:
    """Say what as many rows again would buy, where the points allow it.

    They allow it where there are three sizes and two seeds or more, where the law falls in 95 % of the draws, and where
    the smaller sizes foretell the largest: the law through them misses it by no more than chance does, or by no more
    than a quarter of what was gained on the way.

    Args:
        rows: (sizes,) mean rows of each size, ascending.
        points: Loss of each size.
        seeds: Trainings of each size.
    """
    sizes = len(np.unique(rows))
    more = round(float(rows.max(initial=0)))
    if sizes < _FEWEST:
        return Forecast(None, more, None, f"{sizes} sizes lie on a line whatever they show: add a third with --sizes")
    means = np.array([[point.mean for point in points]])
    draws = np.stack([point.draws for point in points], axis=1)
    law = fit(rows, means)[0]
    if seeds < 2:
        return Forecast(law, more, None, "one seed does not show how much of it is chance: add one with --seeds")
    end = float(rows.max())
    gains = np.array([each.at(end) - each.at(2 * end) for each in fit(rows, draws)])
    gain = Drawn(law.at(end) - law.at(2 * end), gains).interval
    if not gain.low > 0:
        return Forecast(law, more, None, "from size to size no gain shows that could not be chance")
    missed = _missed(rows, means)[0]
    low, high = np.quantile(_missed(rows, draws), [0.025, 0.975])
    if not low <= 0 <= high and abs(missed) > _MISS * abs(means[0, 0] - means[0, -1]):
        return Forecast(
            law, more, None, f"the smaller sizes do not foretell the largest: they miss it by {missed:+.3f}"
        )
    return Forecast(law, more, gain, "")


def _missed(rows: npt.NDArray[np.float64], losses: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give by how much the law through all sizes but the largest misses that one."""
    laws = fit(rows[:-1], losses[:, :-1])
    return np.array([each.at(float(rows[-1])) for each in laws]) - losses[:, -1]
