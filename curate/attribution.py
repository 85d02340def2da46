"""What each stage does by itself, whatever the order of the stages.

In a pipeline the first stage takes the credit for every row that several would drop. So each stage is also asked about
all rows, and two numbers stand in the report: how many it would drop if it stood alone, and how many of these no other
stage would. Costly stages are left out: they were not measured on all rows.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curate.stage import Verdicts

ROWS = 100_000
"""Rows up to which a run finds this out unasked: it takes as long again as to decide."""


class Share(NamedTuple):
    """What a stage does by itself.

    Attributes:
        alone: Rows that it would drop if it were the only stage.
        only: Those of them that no other stage would drop.
    """

    alone: int
    only: int


class Alone:
    """Collects the rows that each stage would drop by itself.

    Args:
        rows: How many rows there are.
    """

    def __init__(self, rows: int) -> None:
        self._stages: dict[str, npt.NDArray[np.int64]] = {}
        self._times = np.zeros(rows, dtype=np.int16)

    def add(self, name: str, positions: npt.NDArray[np.int64], verdicts: Verdicts) -> None:
        """Enter what a stage decided about the rows at some positions."""
        dropped = positions[~verdicts.keep.to_numpy(zero_copy_only=False)]
        self._stages[name] = dropped
        self._times[dropped] += 1

    def shares(self) -> dict[str, Share]:
        """Count, by stage."""
        return {
            name: Share(len(dropped), int((self._times[dropped] == 1).sum())) for name, dropped in self._stages.items()
        }
