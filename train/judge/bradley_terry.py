"""Bradley-Terry: one strength for each model, out of who won against whom (Biometrika 39, 1952).

The chance that i wins against j is 1 / (1 + exp(strength of j - strength of i)); a tie counts as half a win for both.
Every two models are taken to have met once more and tied: without that, the strength of a model that always won would
be infinite.
"""

import math

import numpy as np
import numpy.typing as npt

from train.interval import Interval

Floats = npt.NDArray[np.float64]

_ELO = 400 / math.log(10)  # Elo's scale: 400 points are odds of 10 to 1
_MEAN = 1000.0
_STEPS = 100
_LONGEST_STEP = 2.0  # Newton's steps overshoot where a model has won nearly everything
_AT_ONCE = 256


def strengths(wins: Floats) -> Floats:
    """Fit the strengths by maximum likelihood, with Newton's method; their mean is 0.

    Args:
        wins: (..., models, models), how often the model of the row won against that of the column, a tie being 0.5.

    Returns:
        (..., models).
    """
    models = wins.shape[-1]
    apart = ~np.eye(models, dtype=bool)
    won = np.where(apart, wins + 0.5, 0.0)
    met = won + np.swapaxes(won, -1, -2)
    found = np.zeros(wins.shape[:-1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(found[..., None, :] - found[..., :, None]))
        slope = won.sum(axis=-1) - (met * chance).sum(axis=-1)
        bend = met * chance * (1 - chance)
        # The sum of all strengths is free; one more row and column of ones holds it at 0.
        hessian = np.eye(models) * bend.sum(axis=-1)[..., None] - bend + 1 / models
        step = np.linalg.solve(hessian, slope[..., None])[..., 0]
        longest = np.abs(step).max(axis=-1, keepdims=True, initial=0.0)
        found = found + step * np.minimum(1.0, _LONGEST_STEP / np.maximum(longest, 1e-300))
        if longest.max(initial=0.0) < 1e-10:
            break
    centred: Floats = found - found.mean(axis=-1, keepdims=True)
    return centred


def elo(rows: Floats, *, seed: int, draws: int = 2_000) -> list[Interval]:
    """Give each model's Elo, 1000 on average, with the interval that holds 95 % of its bootstrap values over rows.

    Args:
        rows: (rows, models, models), the share of a win of one model against another on each row.
        seed: Seed of the bootstrap.
        draws: How many times the rows are drawn again.
    """
    count, models, _ = rows.shape
    flat = rows.reshape(count, models * models)
    random = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, _AT_ONCE):
        often = random.multinomial(count, np.full(count, 1 / count), size=min(_AT_ONCE, draws - start))
        found.append(strengths((often.astype(np.float64) @ flat).reshape(-1, models, models)))
    low, high = np.quantile(np.concatenate(found), [0.025, 0.975], axis=0)
    whole = strengths(rows.sum(axis=0))
    return [
        Interval(*(_MEAN + _ELO * float(value) for value in values)) for values in zip(whole, low, high, strict=True)
    ]
