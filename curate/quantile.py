"""Limits by rank: which value parts a share of the rows from the rest. Ties fall on one side, whatever their order."""

import math

import numpy as np
import numpy.typing as npt

_ROUNDING = 1e-9


def low_limit(values: npt.NDArray[np.int32] | npt.NDArray[np.float64], share: float) -> float:
    """Give the highest value that has at most a share of the values below it; 0 of no values.

    Args:
        values: Numbers, in any order.
        share: 0 to 1.
    """
    return _ranked(values, math.floor(share * len(values) + _ROUNDING))


def high_limit(values: npt.NDArray[np.int32] | npt.NDArray[np.float64], share: float) -> float:
    """Give the lowest value that has at least a share of the values at or below it; 0 of no values.

    Args:
        values: Numbers, in any order.
        share: 0 to 1.
    """
    return _ranked(values, math.ceil(share * len(values) - _ROUNDING) - 1)


def _ranked(values: npt.NDArray[np.int32] | npt.NDArray[np.float64], rank: int) -> float:
    if not len(values):
        return 0.0
    place = min(max(rank, 0), len(values) - 1)
    return float(np.partition(values, place)[place])
