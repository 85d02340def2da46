"""Gopher's quality rules for web pages."""

from dataclasses import dataclass

import pyarrow as pa

from curate.presets.rules import Rule, judged, measured, warning, words_of
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})
SIGNALS = ("words", "word_length", "hashes", "ellipses", "bullets", "ellipsis_lines", "letters", "stop_words")
ALPACA = "35%"
_ELLIPSES = ("...", "…")
_BULLETS = ("•", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class GopherQuality:
    """Keep texts that look like good web pages to Gopher (arXiv:2112.11446, appendix A.1.1).

    Not for instruction rows: most answers are shorter than its shortest page.

    Attributes:
        of: View to judge.
        low_words: Fewest words; None switches a rule off, here and below.
        high_words: Most words.
        low_word_length: Least mean length of the words, in characters.
        high_word_length: Greatest.
        symbols: Most hash signs for each word, and most ellipses.
        bullets: Largest share of the lines that begin with a bullet point.
        ellipsis_lines: Largest share of the lines that end in an ellipsis.
        letters: Least share of the words that hold a letter.
        stop_words: Fewest different ones of eight common English words.
    """

    of: View = "response"
    low_words: int | None = 50
    high_words: int | None = 100_000
    low_word_length: float | None = 3
    high_word_length: float | None = 10
    symbols: float | None = 0.1
    bullets: float | None = 0.9
    ellipsis_lines: float | None = 0.3
    letters: float | None = 0.8
    stop_words: int | None = 2

    thresholds = (
        "low_words",
        "high_words",
        "low_word_length",
        "high_word_length",
        "symbols",
        "bullets",
        "ellipsis_lines",
        "letters",
        "stop_words",
    )
    by_text = True

    def __post_init__(self) -> None:
        check_view(self.of, f"stage {self.name}")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "gopher_quality"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals, float64: `words` and `stop_words` counted, `word_length` in characters, the others as shares."""
        return measured(rows, self.of, SIGNALS, _measure)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop texts that break a rule."""
        rules = (
            Rule("gopher_too_few_words", "words", low=self.low_words),
            Rule("gopher_too_many_words", "words", high=self.high_words),
            Rule("gopher_short_words", "word_length", low=self.low_word_length),
            Rule("gopher_long_words", "word_length", high=self.high_word_length),
            Rule("gopher_hashes", "hashes", high=self.symbols),
            Rule("gopher_ellipses", "ellipses", high=self.symbols),
            Rule("gopher_bullets", "bullets", high=self.bullets),
            Rule("gopher_ellipsis_lines", "ellipsis_lines", high=self.ellipsis_lines),
            Rule("gopher_few_letters", "letters", low=self.letters),
            Rule("gopher_stop_words", "stop_words", low=self.stop_words),
        )
        return judged(rules, signals)

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:  # noqa: ARG002 - the engine gives both
        """Say what these rules do to instruction rows."""
        return warning(verdicts, "GopherQuality", ALPACA)


def _measure(text: str) -> tuple[float, ...]:
    words, parted = words_of(text), text.split()
    spoken = [word for word in words if any(sign.isalnum() for sign in word)]
    lines = text.splitlines()
    count, rows = max(len(words), 1), max(len(lines), 1)
    return (
        len(spoken),
        sum(map(len, spoken)) / max(len(spoken), 1),
        text.count("#") / count,
        sum(map(text.count, _ELLIPSES)) / count,
        sum(line.lstrip().startswith(_BULLETS) for line in lines) / rows,
        sum(line.rstrip().endswith(_ELLIPSES) for line in lines) / rows,
        sum(any(sign.isalpha() for sign in word) for word in parted) / max(len(parted), 1),
        len(STOP_WORDS.intersection(words)),
    )
