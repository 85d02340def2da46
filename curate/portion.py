"""A part of the rows, chosen by chance, as they came in and as they stay: what diversity is measured on."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import common, equals
from curate.engine import Engine
from curate.rows import Rows
from schemas.example import EXAMPLE_SCHEMA

if TYPE_CHECKING:
    from curate.diversity import Diversity
    from schemas.formats import Batch

ROWS = 5_000
LONGEST = 100_000
"""Bytes of a row; longer ones are passed over, so that what is held does not grow with the text."""


class Portion:
    """Choose rows before a pass over the input, and take them in it.

    Args:
        decisions: The decisions table.
        seed: Which rows are chosen.
    """

    def __init__(self, decisions: pa.Table, seed: int) -> None:
        rng = np.random.default_rng(seed)
        fates = decisions.filter(pc.invert(equals(decisions["action"], "changed")))
        numbers: npt.NDArray[np.int64] = fates["row"].to_numpy()
        kept: npt.NDArray[np.bool_] = equals(fates["action"], "kept").to_numpy(zero_copy_only=False)
        chosen = np.sort(rng.choice(len(numbers), size=min(ROWS, len(numbers)), replace=False))
        self.numbers = numbers[chosen]
        self._kept = numbers[chosen][kept[chosen]]
        self._before: list[pa.RecordBatch] = []
        self._after: list[pa.RecordBatch] = []
        self._seed = seed

    def see(self, engine: Engine, batch: "Batch") -> None:
        """Take the chosen rows of a batch: all of them as they came in, those that stay as the mends made them."""
        here = common(batch.numbers.to_numpy(), self.numbers)
        if not len(here):
            return
        rows = Rows(batch.examples, batch.numbers).take(here)
        short = pc.binary_length(rows["whole"]).to_numpy(zero_copy_only=False) <= LONGEST
        rows = rows.take(np.flatnonzero(short))
        self._before.append(_examples(rows))
        stay = common(rows.numbers.to_numpy(), self._kept)
        if len(stay):
            self._after.append(_examples(engine.mended(rows.take(stay))))

    def diversity(self) -> "Diversity":
        """Measure the rows that were taken."""
        from curate.diversity import measure_diversity

        before, after = (pa.Table.from_batches(part, schema=EXAMPLE_SCHEMA) for part in (self._before, self._after))
        return measure_diversity(before, after, seed=self._seed)


def _examples(rows: Rows) -> pa.RecordBatch:
    """Give the columns that every row has."""
    columns = [rows.examples.column(name) for name in EXAMPLE_SCHEMA.names]
    return pa.RecordBatch.from_arrays(columns, schema=EXAMPLE_SCHEMA)
