"""A user's function as a stage: it sees a row and says whether to keep it, and why not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from curate.arrow import mask, strings
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals

Row = dict[str, Any]  # Any: a row holds all the column types
Judge = Callable[[Row], bool | tuple[bool, str]]


class Function:
    """Keep rows for which a function says so.

    The function takes one row: its columns, and its texts under `instruction`, `response`, `context`, `prompt` and
    `whole`. It gives true to keep it, or a pair of that and a reason.

    Args:
        function: What judges; its name is the stage's name.
    """

    def __init__(self, function: Judge) -> None:
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__).strip("<>")

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `keep`, and `reason` where the function gives one."""
        answers = [self.function(rows.row(place)) for place in range(len(rows))]
        pairs = [answer if isinstance(answer, tuple) else (answer, None) for answer in answers]
        return signals(
            keep=mask(np.array([bool(kept) for kept, _ in pairs], dtype=bool)),
            reason=strings([reason or self.name for _, reason in pairs]),
        )

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop rows that the function does not keep."""
        return keep(where=signals["keep"], reason=signals["reason"])
