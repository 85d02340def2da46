"""Answers that repeat themselves: loops, lines that come again, runs of the same few signs."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from curate.arrow import indices, strings
from curate.plain.choice import kernel_for
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from schemas.buffers import text_buffers
from schemas.errors import InputError

COLUMNS = ("words", "loop", "period", "again", "run")
LONGEST_PERIOD, LONGEST_RUN_PERIOD, LINE_WORDS, LEAST_LOOP, LEAST_RUN = 64, 12, 4, 12, 64
LIMITS = np.array([LONGEST_PERIOD, LONGEST_RUN_PERIOD, LINE_WORDS, LEAST_LOOP, LEAST_RUN], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """Keep rows whose text is not stuck.

    The defaults were set on 18,669 Alpaca responses read by hand, so that songs with a chorus, tables, code and scales
    stay; web rules (Gopher) drop four in ten such rows.

    Attributes:
        of: View to look at.
        loop_words: Fewest words of a part said over and over without anything between; 12 or more.
        loop_rounds: Fewest rounds of it.
        lines: Largest share of the words that may stand in lines that stood there before, 0 to 1; lines below four
            words do not count.
        run: Fewest bytes of a run that repeats the same few signs, such as a line of a thousand dashes; 64 or more.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("loop_words", "loop_rounds", "lines", "run")
    by_text: ClassVar[bool] = True
    of: View = "response"
    loop_words: int = 20
    loop_rounds: int = 4
    lines: float = 0.5
    run: int = 240

    def __post_init__(self) -> None:
        check_view(self.of, "stage repetition")
        if self.loop_words < 12 or self.loop_rounds < 2 or self.run < 64 or not 0 < self.lines <= 1:
            raise InputError(
                "a limit is too low to mean repetition",
                where="stage repetition",
                mend="Choose loop_words from 12 on, loop_rounds from 2, run from 64, and lines above 0 and up to 1",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "repetition"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals, int32: `words`, `loop` and its `period` in words, `again` in words, `run` in bytes."""
        data, starts = text_buffers(rows[self.of])
        out = np.zeros((len(rows), len(COLUMNS)), dtype=np.int32)
        kernel_for("repeats", "repeats", rows=len(rows), size=len(data))(data, starts, LIMITS, out)
        return signals(**{name: np.ascontiguousarray(out[:, place]) for place, name in enumerate(COLUMNS)})

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop loops first, then repeated lines, then runs, with words, share and bytes as the score."""
        words, loop, period, again, run = (
            signals[name].to_numpy().astype(np.float64) for name in ("words", "loop", "period", "again", "run")
        )
        share = again / np.maximum(words, 1)
        faults = [
            (loop >= self.loop_words) & (loop >= self.loop_rounds * period),
            (share > self.lines) & (again >= self.loop_words),
            run >= self.run,
        ]
        line = np.where(faults[0], np.cumsum(faults[0]) - 1, -1)
        lines = [f"{int(part)} words over and over" for part in period[faults[0]]]
        return keep(
            where=~np.logical_or.reduce(faults),
            reason=strings(["loop", "repeated_lines", "run"]).take(indices(np.select(faults, [0, 1, 2], 0))),
            score=np.select(faults, [loop, share, run], 0.0),
            threshold=np.select(faults, [float(self.loop_words), self.lines, float(self.run)], 0.0),
            evidence=strings(lines).take(indices(line, line < 0)),
        )
