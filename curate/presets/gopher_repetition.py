"""Gopher's repetition rules for web pages."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from curate.presets.rules import Rule, judged, measured, warning, words_of
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts

TOP, DUPLICATE = (2, 3, 4), (5, 6, 7, 8, 9, 10)
SIGNALS = (
    "lines",
    "paragraphs",
    "line_characters",
    "paragraph_characters",
    *(f"top_{n}" for n in TOP),
    *(f"duplicate_{n}" for n in DUPLICATE),
)
ALPACA = "57%"
_LINES, _PARAGRAPHS = re.compile(r"\n+"), re.compile(r"\n{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GopherRepetition:
    """Keep texts that repeat themselves no more than Gopher lets a web page (arXiv:2112.11446, table A1).

    Not for instruction rows: the most frequent pair of words makes up a fifth of any answer of a few words, though it
    stands there once. `Repetition` is made for them.

    Attributes:
        of: View to judge.
        lines: Largest share of the lines, and of the paragraphs, that stood there before; None switches it off.
        characters: Largest share of the characters in such lines, and in such paragraphs.
        top: Largest share of the characters in the most frequent run of 2, 3 and 4 words.
        duplicate: Largest share of the characters in runs of 5, 6, 7, 8, 9 and 10 words that stood there before.
    """

    of: View = "response"
    lines: float | None = 0.3
    characters: float | None = 0.2
    top: tuple[float | None, float | None, float | None] = (0.2, 0.18, 0.16)
    duplicate: tuple[float | None, ...] = (0.15, 0.14, 0.13, 0.12, 0.11, 0.1)

    thresholds = ("lines", "characters", "top", "duplicate")
    by_text = True

    def __post_init__(self) -> None:
        check_view(self.of, f"stage {self.name}")
        if len(self.top) != len(TOP) or len(self.duplicate) != len(DUPLICATE):
            from schemas.errors import InputError

            raise InputError("top or duplicate has a wrong length", where=f"stage {self.name}", mend="Give 3 and 6")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "gopher_repetition"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals, float64, each a share."""
        return measured(rows, self.of, SIGNALS, _measure)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop texts that break a rule."""
        rules = [
            Rule("gopher_duplicate_paragraphs", "paragraphs", high=self.lines),
            Rule("gopher_duplicate_paragraph_characters", "paragraph_characters", high=self.characters),
            Rule("gopher_duplicate_lines", "lines", high=self.lines),
            Rule("gopher_duplicate_line_characters", "line_characters", high=self.characters),
        ]
        rules += [Rule(f"gopher_top_{n}_gram", f"top_{n}", high=limit) for n, limit in zip(TOP, self.top, strict=True)]
        rules += [
            Rule(f"gopher_duplicate_{n}_grams", f"duplicate_{n}", high=limit)
            for n, limit in zip(DUPLICATE, self.duplicate, strict=True)
        ]
        return judged(rules, signals)

    def alarms(self, signals: pa.Table, verdicts: Verdicts, /) -> list[str]:  # noqa: ARG002 - the engine gives both
        """Say what these rules do to instruction rows."""
        return warning(verdicts, "GopherRepetition", ALPACA)


def _measure(text: str) -> Iterator[float]:
    size = max(len(text), 1)
    parts = [_LINES.split(text), _PARAGRAPHS.split(text.strip())]
    again = [_again(part) for part in parts]
    yield from (len(repeated) / len(part) for repeated, part in zip(again, parts, strict=True))
    yield from (sum(map(len, repeated)) / size for repeated in again)
    words = words_of(text)
    for n in TOP:
        runs = Counter(zip(*(words[start:] for start in range(n)), strict=False))
        # Of the runs that are most frequent the first one counts, as in the published code.
        run, count = next(iter(runs.most_common(1)), ((), 0))
        yield count * (sum(map(len, run)) + n - 1) / size
    yield from (_repeated(words, n) / size for n in DUPLICATE)


def _again(parts: Sequence[str]) -> list[str]:
    """Give the parts that stood there before."""
    seen: set[str] = set()
    return [part for part in parts if part in seen or seen.add(part)]  # type: ignore[func-returns-value]  # adds it


def _repeated(words: Sequence[str], n: int) -> int:
    """Count the characters of the words in runs that stood there before, each word once."""
    seen: set[tuple[str, ...]] = set()
    total, place = 0, 0
    while place + n <= len(words):
        run = tuple(words[place : place + n])
        if run in seen:
            total += sum(map(len, run))
            place += n
        else:
            seen.add(run)
            place += 1
    return total
