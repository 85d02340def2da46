"""Length limits, in characters, words or tokens of any view, absolute or by rank."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, strings
from curate.quantile import high_limit, low_limit
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from curate.tokens import chat_token_counts, token_counts, tokenizer_fingerprint
from schemas.errors import InputError

Unit = Literal["characters", "words", "tokens"]
_WHERE = "stage length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """Keep rows whose `of` holds `low` to `high` units, both ends included.

    Several limits are several stages. One limit for the words of the response and no lower end is the default, for
    short rows are the norm in instruction data and "Yes" is an answer: of 18,669 Alpaca rows it drops none.

    Quantiles are taken of the rows that no earlier stage dropped. At most a share `low_quantile` of them is dropped for
    being short, and at most 1 - `high_quantile` for being long: rows of one length share one fate, so it may be fewer.
    Where both a limit and a quantile are given, a row must meet both.

    Attributes:
        of: View to measure.
        unit: What to count. Words are counted in any script (`curate.words`); tokens are those of `tokenizer`, without
            special tokens, and are counted only for rows that no earlier stage dropped.
        low: Fewest that stay; None for no limit.
        high: Most that stay; None for no limit.
        low_quantile: Share of the rows, 0 to 1, whose lengths are too short; None for no limit.
        high_quantile: Share of the rows, 0 to 1, up to whose lengths rows stay; None for no limit.
        tokenizer: Folder or name of a model; needed for tokens only.
        template: Count the tokens of the whole conversation as the model's own chat template writes it, control tokens
            included; `of` must be `whole`. A row that the template refuses is set aside with its reason.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("low", "high", "low_quantile", "high_quantile")
    by_text: ClassVar[bool] = True
    of: View = "response"
    unit: Unit = "words"
    low: int | None = None
    high: int | None = 2000
    low_quantile: float | None = None
    high_quantile: float | None = None
    tokenizer: str = ""
    template: bool = False

    def __post_init__(self) -> None:
        check_view(self.of, _WHERE)
        if self.unit not in {"characters", "words", "tokens"}:
            raise InputError(f"unit is {self.unit!r}", where=_WHERE, mend="Choose one of characters, words, tokens")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError(f"low is {self.low}, high is {self.high}", where=_WHERE, mend="Swap them")
        for name, share in (("low_quantile", self.low_quantile), ("high_quantile", self.high_quantile)):
            if share is not None and not 0 <= share <= 1:
                raise InputError(f"{name} is {share}", where=_WHERE, mend="Choose a share of the rows, from 0 to 1")
        if self.low_quantile is not None and self.high_quantile is not None and self.low_quantile > self.high_quantile:
            raise InputError("low_quantile is above high_quantile", where=_WHERE, mend="Swap them")
        if (self.unit == "tokens") != bool(self.tokenizer):
            raise InputError(
                f"unit is {self.unit}, tokenizer is {self.tokenizer!r}",
                where=_WHERE,
                mend="Name a tokenizer where tokens are counted, and nowhere else",
            )
        if self.template and (self.unit != "tokens" or self.of != "whole"):
            raise InputError(
                "template is set, but a template writes whole conversations in tokens",
                where=_WHERE,
                mend="Set unit to tokens and of to whole, or leave template out",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "length"

    @property
    def costly(self) -> bool:
        """Tokens are counted on survivors only."""
        return self.unit == "tokens"

    @property
    def fingerprint(self) -> str:
        """Hash of the tokenizer and its template; empty where tokens are not counted."""
        return tokenizer_fingerprint(self.tokenizer, template=self.template) if self.costly else ""

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `count` int32, the units of the view."""
        if self.template:
            return signals(count=chat_token_counts(rows.examples.column("messages"), self.tokenizer))
        match self.unit:
            case "characters":
                return signals(count=pc.utf8_length(rows[self.of]))
            case "words":
                return signals(count=rows.words(self.of))
            case "tokens":
                return signals(count=token_counts(rows[self.of], self.tokenizer))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop what lies outside, with its count as the score and the limit that it broke as the threshold."""
        counts = signals["count"].to_numpy()
        lows = [] if self.low is None else [float(self.low)]
        highs = [] if self.high is None else [float(self.high)]
        if self.low_quantile is not None:
            lows.append(low_limit(counts, self.low_quantile))
        if self.high_quantile is not None:
            highs.append(high_limit(counts, self.high_quantile))
        low, high = max(lows, default=-np.inf), min(highs, default=np.inf)
        short, long = counts < low, counts > high
        reasons = strings([f"{self.of}_too_long", f"{self.of}_too_short"])
        return keep(
            where=~(short | long),
            reason=reasons.take(indices(short)),
            score=signals["count"],
            threshold=np.where(short, low, high),
        )
