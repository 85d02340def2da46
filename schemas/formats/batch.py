"""What reading gives: batches of examples, and the rows that could not be read."""

from typing import NamedTuple

import pyarrow as pa


class Reject(NamedTuple):
    """A row that could not be read.

    Attributes:
        row: Its number over all inputs in their order, counted from 1.
        error: What is wrong with it, and in which file it stands.
        raw: The row as it stands there: its JSON text, or its line.
    """

    row: int
    error: str
    raw: str


class Batch(NamedTuple):
    """Rows of one input that stand together. Examples and rejects are all the rows there are.

    Attributes:
        numbers: Row number of each example, ascending.
        examples: The columns of `EXAMPLE_SCHEMA`, then the columns that ride along.
        rejects: The rows between them that could not be read, ascending.
        name: What the input is called.
    """

    numbers: pa.Int64Array
    examples: pa.RecordBatch
    rejects: list[Reject]
    name: str = ""
