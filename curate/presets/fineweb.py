"""FineWeb's own rules for web pages, which came on top of those of C4 and Gopher."""

from dataclasses import dataclass

import pyarrow as pa

from curate.presets.rules import Rule, judged, measured, warning, words_of
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts

SIGNALS = ("line_ends", "short_lines", "duplicate_characters", "line_breaks")
SHORT_LINE = 30
ALPACA = "75%"
_ENDS = tuple(".!?\"'…”’。！？：；।؟۔։።")  # noqa: RUF001 - ends of sentences in many scripts


@dataclass(frozen=True, slots=True, kw_only=True)
class FineWeb:
    """Keep texts whose lines look like those of prose (arXiv:2406.17557, section 3.6).

    Not for instruction rows: an answer of one word, a list or a poem breaks its rules.

    Attributes:
        of: View to judge.
        line_ends: Least share of the lines that end in punctuation; None switches a rule off, here and below.
        short_lines: Largest share of the lines that have `SHORT_LINE` characters or fewer.
        duplicate_characters: Largest share of the characters in lines that stood there before. The paper has 0.1, the
            published code 0.01.
        line_breaks: Most line breaks for each word. The published code has it, the paper does not.
    """

    of: View = "response"
    line_ends: float | None = 0.12
    short_lines: float | None = 0.67
    duplicate_characters: float | None = 0.1
    line_breaks: float | None = 0.3

    thresholds = ("line_ends", "short_lines", "duplicate_characters", "line_breaks")
    by_text = True

    def __post_init__(self) -> None:
        check_view(self.of, f"stage {self.name}")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "fineweb"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals, float64: shares, and `line_breaks` for each word."""
        return measured(rows, self.of, SIGNALS, _measure)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop texts that break a rule."""
        rules = (
            Rule("fineweb_line_ends", "line_ends", low=self.line_ends),
            Rule("fineweb_short_lines", "short_lines", high=self.short_lines),
            Rule("fineweb_duplicate_characters", "duplicate_characters", high=self.duplicate_characters),
            Rule("fineweb_line_breaks", "line_breaks", high=self.line_breaks),
        )
        return judged(rules, signals)

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:  # noqa: ARG002 - the engine gives both
        """Say what these rules do to instruction rows."""
        return warning(verdicts, "FineWeb", ALPACA)


def _measure(text: str) -> tuple[float, ...]:
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return 0.0, 1.0, 0.0, 0.0
    seen: set[str] = set()
    again = 0
    for line in lines:
        again += len(line) if line in seen else 0
        seen.add(line)
    return (
        sum(line.rstrip().endswith(_ENDS) for line in lines) / len(lines),
        sum(len(line) <= SHORT_LINE for line in lines) / len(lines),
        again / max(len(text.replace("\n", "")), 1),
        text.count("\n") / max(len(words_of(text)), 1),
    )
