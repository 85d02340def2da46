"""What the web presets share: words and lines of a text, rules with limits, and the warning to those who use them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import mask, plain, strings
from curate.rows import Rows, View
from curate.stage import Verdicts, keep, signals

MEANINGS = {
    "gopher_too_few_words": "has fewer words than a web page (Gopher)",
    "gopher_too_many_words": "has more words than a web page (Gopher)",
    "gopher_short_words": "has very short words on average (Gopher)",
    "gopher_long_words": "has very long words on average (Gopher)",
    "gopher_hashes": "has many hash signs (Gopher)",
    "gopher_ellipses": "has many ellipses (Gopher)",
    "gopher_bullets": "consists of bullet points (Gopher)",
    "gopher_ellipsis_lines": "has many lines that end in an ellipsis (Gopher)",
    "gopher_few_letters": "has many words without a letter (Gopher)",
    "gopher_stop_words": "has fewer than two common English words (Gopher)",
    "gopher_duplicate_lines": "has many lines that stood there before (Gopher)",
    "gopher_duplicate_paragraphs": "has many paragraphs that stood there before (Gopher)",
    "gopher_duplicate_line_characters": "consists in part of lines that stood there before (Gopher)",
    "gopher_duplicate_paragraph_characters": "consists in part of paragraphs that stood there before (Gopher)",
    **{f"gopher_top_{n}_gram": f"consists in part of one run of {n} words (Gopher)" for n in (2, 3, 4)},
    **{
        f"gopher_duplicate_{n}_grams": f"consists in part of runs of {n} words that stood there before (Gopher)"
        for n in range(5, 11)
    },
    "c4_lorem_ipsum": "has lorem ipsum in it (C4)",
    "c4_curly_bracket": "has a curly bracket in it (C4)",
    "c4_too_few_sentences": "has too few sentences in lines that C4 would keep",
    "fineweb_line_ends": "has few lines that end in punctuation (FineWeb)",
    "fineweb_short_lines": "consists mostly of short lines (FineWeb)",
    "fineweb_duplicate_characters": "has lines that stood there before (FineWeb)",
    "fineweb_line_breaks": "has many line breaks for its words (FineWeb)",
}
LONGEST = 1_000_000
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]+")  # noqa: RUF001 - both apostrophes are meant


class Rule(NamedTuple):
    """A limit on a signal: rows outside of `low` to `high` break it; None for no limit.

    Attributes:
        reason: Its code.
        signal: Name of the signal.
        low: Least that stays.
        high: Most that stays.
    """

    reason: str
    signal: str
    low: float | None = None
    high: float | None = None


def words_of(text: str) -> list[str]:
    """Split a text into words; a run of punctuation is a word of its own."""
    return _WORD.findall(text)


def measured(rows: Rows, of: View, names: Sequence[str], measure: Callable[[str], Iterable[float]]) -> pa.RecordBatch:
    """Measure the first `LONGEST` characters of each text of a view: one float64 signal for each name."""
    texts = plain(pc.utf8_slice_codeunits(rows[of], 0, LONGEST))
    values = np.array([tuple(measure(text)) for text in texts], dtype=np.float64).reshape(-1, len(names))
    return signals(**{name: np.ascontiguousarray(values[:, place]) for place, name in enumerate(names)})


def judged(rules: Sequence[Rule], signals: pa.Table) -> Verdicts:
    """Drop rows that break a rule, for the first rule that they break."""
    rows = signals.num_rows
    reason = np.full(rows, "", dtype=object)
    score, limit = np.zeros(rows), np.zeros(rows)
    for rule in reversed(rules):
        values = signals[rule.signal].to_numpy()
        for bound, broken in ((rule.low, values < (rule.low or 0)), (rule.high, values > (rule.high or 0))):
            if bound is not None:
                reason[broken], score[broken], limit[broken] = rule.reason, values[broken], bound
    return keep(where=reason == "", reason=strings(reason), score=score, threshold=limit)


def warning(verdicts: Verdicts, what: str, alpaca: str) -> list[str]:
    """Say what a preset did to these rows, and what it does to good ones."""
    reasons = verdicts.reason.filter(_dropped(verdicts))
    if not len(reasons):
        return []
    codes, counts = np.unique(np.array(reasons.to_pylist(), dtype=object).astype(str), return_counts=True)
    first = int(counts.argmax())
    return [
        (
            f"{what} drops {len(reasons):,} of {len(verdicts):,} rows, {counts[first]:,} of them for {codes[first]}. "
            f"Its rules were made for web pages: of 18,669 answers of the Alpaca set they keep {alpaca}"
        )
    ]


def _dropped(verdicts: Verdicts) -> pa.BooleanArray:
    return mask(~verdicts.keep.to_numpy(zero_copy_only=False))
