"""Length limits, in characters, words or tokens of any view."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import strings
from curate.rows import VIEWS, Rows, View
from curate.stage import Verdicts, between, keep, signals
from curate.tokens import token_counts
from curate.words import word_counts
from schemas.errors import InputError

Unit = Literal["characters", "words", "tokens"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """Keep rows whose `of` holds `low` to `high` units, both ends included.

    Several limits are several stages. One limit for the words of the response and no lower end is the default, for
    short rows are the norm in instruction data and "Yes" is an answer: of 18,669 Alpaca rows it drops none.

    Attributes:
        of: View to measure.
        unit: What to count. Words are counted in any script (`curate.words`); tokens are those of `tokenizer`, without
            special tokens, and are counted only for rows that no earlier stage dropped.
        low: Fewest that stay; None for no limit.
        high: Most that stay; None for no limit.
        tokenizer: Folder or name of a model; needed for tokens only.
    """

    of: View = "response"
    unit: Unit = "words"
    low: int | None = None
    high: int | None = 2000
    tokenizer: str = ""

    def __post_init__(self) -> None:
        if self.of not in VIEWS:
            raise InputError(f"of is {self.of!r}", where="stage length", mend=f"Choose one of {', '.join(VIEWS)}")
        if self.unit not in {"characters", "words", "tokens"}:
            raise InputError(
                f"unit is {self.unit!r}", where="stage length", mend="Choose one of characters, words, tokens"
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError(f"low is {self.low}, high is {self.high}", where="stage length", mend="Swap them")
        if (self.unit == "tokens") != bool(self.tokenizer):
            raise InputError(
                f"unit is {self.unit}, tokenizer is {self.tokenizer!r}",
                where="stage length",
                mend="Name a tokenizer where tokens are counted, and nowhere else",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "length"

    @property
    def costly(self) -> bool:
        """Tokens are counted on survivors only."""
        return self.unit == "tokens"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `count` int32, the units of the view."""
        texts = rows[self.of]
        match self.unit:
            case "characters":
                return signals(count=pc.utf8_length(texts))
            case "words":
                return signals(count=word_counts(texts))
            case "tokens":
                return signals(count=token_counts(texts, self.tokenizer))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop what lies outside, with its count as the score and the limit that it broke as the threshold."""
        counts = signals["count"].to_numpy()
        short = np.zeros(len(counts), dtype=bool) if self.low is None else counts < self.low
        low, high = float(self.low or 0), float(self.high or 0)
        reason = np.where(short, f"{self.of}_too_short", f"{self.of}_too_long")
        return keep(
            where=between(signals["count"], self.low, self.high),
            reason=strings(reason.astype(object)),
            score=signals["count"],
            threshold=np.where(short, low, high),
        )
