"""Limits on a numeric column that came in with the rows: a loss, a score, a count; absolute or by rank."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.quantile import high_limit, low_limit
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from schemas.errors import InputError

MEANINGS = {
    "value_too_low": "has a number in a column that is too low",
    "value_too_high": "has a number in a column that is too high",
    "value_missing": "has no number in a column that needs one",
}
_WHERE = "stage column"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Keep rows whose number in a column lies in `low` to `high`, both ends included.

    A row without a number (null, NaN, or no cell at all) stays, or is dropped, as `nulls` says. With `when`, only rows
    whose number in that column lies in `when_low` to `when_high` are judged, and all others stay: rows that are hard
    for a model and that it did not learn either take two columns to tell.

    Quantiles are taken of the numbers of all rows that are judged. At most a share `low_quantile` of them is dropped
    for being low and at most 1 - `high_quantile` for being high; equal numbers share one fate. Where both a limit and
    a quantile are given, a row must meet both.

    Attributes:
        column: The column; a Boolean counts as 0 or 1.
        low: Least that stays; None for no limit.
        high: Most that stays.
        low_quantile: Share of the rows, 0 to 1, whose numbers are too low.
        high_quantile: Share of the rows, 0 to 1, up to whose numbers rows stay.
        nulls: What becomes of rows without a number: `keep` or `drop`.
        when: Column that says which rows are judged; empty for all.
        when_low: Least number there of a row that is judged.
        when_high: Most.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("low", "high", "low_quantile", "high_quantile", "when_low", "when_high")
    column: str
    low: float | None = None
    high: float | None = None
    low_quantile: float | None = None
    high_quantile: float | None = None
    nulls: Literal["keep", "drop"] = "keep"
    when: str = ""
    when_low: float | None = None
    when_high: float | None = None

    def __post_init__(self) -> None:
        limits = (self.low, self.high, self.low_quantile, self.high_quantile)
        if not self.column:
            raise InputError("no column is named", where=_WHERE, mend="Write `column: loss_base`, for example")
        if all(limit is None for limit in limits) and self.nulls == "keep":
            raise InputError(f"no limit on {self.column}", where=_WHERE, mend="Set low, high, or one of the quantiles")
        if self.nulls not in {"keep", "drop"}:
            raise InputError(f"nulls is {self.nulls!r}", where=_WHERE, mend="Choose keep or drop")
        for name, share in (("low_quantile", self.low_quantile), ("high_quantile", self.high_quantile)):
            if share is not None and not 0 <= share <= 1:
                raise InputError(f"{name} is {share}", where=_WHERE, mend="Choose a share of the rows, from 0 to 1")
        for prefix, low, high in (
            ("", self.low, self.high),
            ("", self.low_quantile, self.high_quantile),
            ("when_", self.when_low, self.when_high),
        ):
            if low is not None and high is not None and low > high:
                raise InputError(f"{prefix}low is {low}, {prefix}high is {high}", where=_WHERE, mend="Swap them")
        if bool(self.when) != (self.when_low is not None or self.when_high is not None):
            raise InputError(
                f"when is {self.when!r}, when_low is {self.when_low}, when_high is {self.when_high}",
                where=_WHERE,
                mend="Name a column and at least one limit on it, or neither",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "column"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `value` float64, and `condition` float64 where there is one; null where there is no number."""
        condition = {"condition": _numbers(rows.examples, self.when)} if self.when else {}
        return signals(value=_numbers(rows.examples, self.column), **condition)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop what lies outside, with its number as the score and the limit that it broke as the threshold."""
        values = _floats(signals["value"])
        judged = np.ones(len(values), dtype=bool)
        if self.when:
            condition = _floats(signals["condition"])
            # A comparison with NaN is false: a row whose condition is not known is not judged.
            judged = (condition >= _or(self.when_low, -np.inf)) & (condition <= _or(self.when_high, np.inf))
        known = values[judged & ~np.isnan(values)]
        lows, highs = [_or(self.low, -np.inf)], [_or(self.high, np.inf)]
        if self.low_quantile is not None and len(known):
            lows.append(low_limit(known, self.low_quantile))
        if self.high_quantile is not None and len(known):
            highs.append(high_limit(known, self.high_quantile))
        low, high = max(lows), min(highs)
        missing = judged & np.isnan(values) & (self.nulls == "drop")
        short, long = judged & (values < low), judged & (values > high)
        reason = np.select([missing, short, long], ["value_missing", "value_too_low", "value_too_high"], "")
        limit = np.select([short, long], [low, high], np.nan)
        return keep(
            where=reason == "",
            reason=pa.array(reason.tolist(), pa.string()),
            score=pa.array(values, mask=np.isnan(values)),
            threshold=pa.array(limit, mask=np.isnan(limit)),
            evidence=pa.repeat(pa.scalar(self.column), len(values)),
        )

    def alarms(self, signals: pa.Table, _: Verdicts, /) -> list[str]:
        """Tell how many rows have no number."""
        missing = signals["value"].null_count
        return [f"{missing:,} rows have no number in the column {self.column}"] if missing else []


def _numbers(examples: pa.RecordBatch, name: str) -> "pa.Array[Any]":  # Any: the stubs lose the type
    """Give a column as float64, null where there is no number.

    Raises:
        InputError: There is no such column, or it holds something else.
    """
    if name not in examples.schema.names:
        near = get_close_matches(name, examples.schema.names, n=1)
        listed = ", ".join(examples.schema.names)
        raise InputError(
            f"the rows have no column {name!r}",
            where=_WHERE,
            mend=f"Did you mean {near[0]}?" if near else f"They have {listed}",
        )
    column: Any = examples.column(name)  # Any: the stubs know no such casts
    kind = column.type
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or kind == pa.null()):
        raise InputError(f"the column {name} holds {kind}, no numbers", where=_WHERE, mend="Name a column of numbers")
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    values = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    return pa.array(values, mask=np.isnan(values))


def _floats(column: Any) -> npt.NDArray[np.float64]:  # Any: a column of signals
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _or(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit
