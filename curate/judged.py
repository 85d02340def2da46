"""What judging gives, before anything is written: the inputs, what judged them, and what came of it."""

import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import NamedTuple

import pyarrow as pa

from curate.engine import Engine, Outcome
from curate.stream import Source
from curate.summary import InputSummary


class ReadAs(NamedTuple):
    """How the inputs are read: columns by role and the format's name, where they were named."""

    columns: Mapping[str, str] | None
    format: str | None
    keep_going: bool


class Clock:
    """Measure the parts of a run."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """End a part."""
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now


class Judged(NamedTuple):
    """The inputs, what judged them, and what came of it."""

    source: Source
    engine: Engine
    outcome: Outcome
    decisions: pa.Table
    read_as: ReadAs
    clock: Clock
    files: Future[tuple[InputSummary, ...]]
