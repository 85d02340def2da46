"""Spearman's rank correlation."""

import numpy as np
import numpy.typing as npt


def spearman(left: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> float:
    """Give the correlation of the ranks, -1 to 1, ties sharing their mean rank; NaN where one side is all equal.

    Args:
        left: (rows).
        right: (rows).
    """
    if len(left) < 2:
        return float("nan")
    ours, theirs = _ranks(left), _ranks(right)
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    scale = np.sqrt((ours * ours).sum() * (theirs * theirs).sum())
    return float((ours * theirs).sum() / scale) if scale > 0 else float("nan")


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle: npt.NDArray[np.float64] = ends - (counts - 1) / 2
    return middle[place]
