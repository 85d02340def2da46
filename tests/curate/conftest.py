from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest

# Few rows are measured by the kernels' plain twins unless the kernels are loaded: here the kernels are meant, and
# tests/curate/plain holds the twins to them.
import curate.kernels.candidates
import curate.kernels.differences
import curate.kernels.groups
import curate.kernels.likeness
import curate.kernels.literals
import curate.kernels.minhash
import curate.kernels.normal
import curate.kernels.repeats
import curate.kernels.traits
import curate.kernels.words  # noqa: F401 - all for their being loaded
from curate.arrow import indices
from curate.rows import Rows
from schemas.example import Example, Message, examples_table

Texts = Sequence[tuple[str, ...]]


def make_table(texts: Texts) -> pa.Table:
    """Make examples of (instruction, response) or (instruction, response, context)."""
    examples = [
        Example(
            messages=(Message("user", each[0]), Message("assistant", each[1])),
            context=each[2] if len(each) > 2 else None,
        )
        for each in texts
    ]
    return examples_table(examples)


@pytest.fixture
def table_of() -> Callable[[Texts], pa.Table]:
    return make_table


@pytest.fixture
def rows_of() -> Callable[[Texts], Rows]:
    def make(texts: Texts) -> Rows:
        table = make_table(texts).combine_chunks()
        batches = table.to_batches()
        batch = batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
        return Rows(batch, indices(np.arange(1, len(batch) + 1)))

    return make
