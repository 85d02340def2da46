"""The input as a stream that can be read again: from memory while it is small, from its files where it is not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from schemas.formats import Batch


HELD_BYTES = 128 * 2**20


class Source(Protocol):
    """What `schemas.formats.open_examples` gives, as far as a run needs it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the inputs."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Columns of the examples of every batch."""
        ...

    def batches(self, rows: int = 8192, /) -> "Iterator[Batch]":
        """Read the input from its start."""
        ...


class Stream:
    """Batches of examples, as often as they are asked for.

    A run reads its input two times or more. What fits into `HELD_BYTES` is parsed once and held; what does not is
    read again each time, so that memory does not grow with the text.

    Args:
        source: Where the batches come from.
        batch_rows: Most rows in a batch.
    """

    def __init__(self, source: Source, batch_rows: int) -> None:
        self.source = source
        self.batch_rows = batch_rows
        self._held: list[Batch] | None = None

    def __iter__(self) -> "Iterator[Batch]":
        if self._held is not None:
            yield from self._held
            return
        held: list[Batch] | None = []
        size = 0
        for batch in self.source.batches(self.batch_rows):
            if held is not None:
                size += batch.examples.nbytes + sum(len(reject.raw) for reject in batch.rejects)
                held = [*held, batch] if size <= HELD_BYTES else None
            yield batch
        self._held = held
