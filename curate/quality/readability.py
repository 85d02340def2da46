"""Readability and information: how long the sentences are, how hard the words, how much of a text says anything.

The signals are measured and written beside the rows; nothing is dropped unless a limit is set, for none of them is
right for all rows: a list has no sentences, a one-word answer no variety.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import strings
from curate.rows import Rows, View, check_view
from curate.stage import Verdicts, keep, signals
from schemas.buffers import text_buffers
from schemas.errors import InputError

Signal = Literal["words_per_sentence", "flesch", "type_token", "stop_share", "compression", "density"]
SIGNALS: tuple[Signal, ...] = get_args(Signal)
_NAMES = {
    "words_per_sentence": "sentences that are too {}",
    "flesch": "a Flesch reading ease that is too {}",
    "type_token": "a variety of words that is too {}",
    "stop_share": "a share of stop words that is too {}",
    "compression": "a compression ratio that is too {}",
    "density": "a density of information that is too {}",
}
MEANINGS = {
    f"{name}_too_{way}": "has " + text.format({"low": "short", "high": "long"}[way] if name == SIGNALS[0] else way)
    for name, text in _NAMES.items()
    for way in ("low", "high")
}
ENGLISH_SHARE = 0.2
ENGLISH_WORDS = 5
_COMPRESSED = 16_384  # bytes of a text that are compressed
_STOPS = (
    "a about after all also an and any are as at be because been before being but by can could did do does for from "
    "had has have he her him his how i if in into is it its just like may me more most my no not of on one only or "
    "other our out over she should so some such than that the their them then there these they this those to too up "
    "us very was we were what when where which while who why will with would you your"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """Measure how a text reads, and drop rows only where a limit is set.

    Attributes:
        of: View to look at.
        low: Least of some signals, for example `{"flesch": 20}`; rows without the signal stay.
        high: Most of some signals.

    The signals, each written as a column `readability_NAME`:

    - `words_per_sentence`.
    - `flesch`: Flesch reading ease, 206.835 - 1.015 words per sentence - 84.6 syllables per word: about 100 for a
      primer and below 30 for a journal. English only: null where fewer than a fifth of the words are English stop words
      or there are fewer than five words. Syllables are counted by vowels, so it is off by some points.
    - `type_token`: different words among the first hundred, as a share of them.
    - `stop_share`: share of English stop words.
    - `compression`: bytes after zlib over bytes before, of the first 16 KiB. Loops are below 0.1; short texts,
      which nothing compresses, are above 1.
    - `density`: different words that are no stop words among the first hundred, as a share of them.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("low", "high")
    by_text: ClassVar[bool] = True
    of: View = "response"
    low: Mapping[Signal, float] = field(default_factory=dict)
    high: Mapping[Signal, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_view(self.of, "stage readability")
        for limits in (self.low, self.high):
            for name in limits:
                if name not in SIGNALS:
                    raise InputError(
                        f"there is no signal {name!r}", where="stage readability", mend=f"Choose {', '.join(SIGNALS)}"
                    )
        for name in SIGNALS:
            if self.low.get(name, -np.inf) > self.high.get(name, np.inf):
                raise InputError(f"low is above high for {name}", where="stage readability", mend="Swap them")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "readability"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals, int32: counts of `curate.kernels.readability`, `raw` and `packed` bytes."""
        from curate.kernels.readability import COLUMNS, read_counts

        data, starts = text_buffers(rows[self.of])
        out = np.zeros((len(rows), len(COLUMNS)), dtype=np.int32)
        read_counts(data, starts, stop_hashes(), out)
        raw = np.minimum(np.diff(starts), _COMPRESSED).astype(np.int32)
        text = memoryview(data)  # type: ignore[arg-type]  # numpy arrays are buffers, their stubs do not say so
        packed = [
            len(zlib.compress(text[start : start + size], 1))
            for start, size in zip(starts[:-1].tolist(), raw.tolist(), strict=True)
        ]
        columns = {name: np.ascontiguousarray(out[:, place]) for place, name in enumerate(COLUMNS)}
        return signals(**columns, raw=raw, packed=np.array(packed, dtype=np.int32))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop what lies outside a limit that is set, and write all signals as columns."""
        values = _values(signals)
        rows = signals.num_rows
        reason, score, limit = np.full(rows, "", dtype=object), np.full(rows, np.nan), np.full(rows, np.nan)
        for name in SIGNALS:
            for way, limits in (("low", self.low), ("high", self.high)):
                if name not in limits:
                    continue
                # A comparison with NaN is false: what cannot be measured is no reason to drop.
                outside = values[name] < limits[name] if way == "low" else values[name] > limits[name]
                outside &= reason == ""
                reason[outside], score[outside], limit[outside] = (
                    f"{name}_too_{way}",
                    values[name][outside],
                    limits[name],
                )
        none = np.isnan(score)
        return keep(
            where=reason == "",
            reason=strings(reason),
            score=pa.array(score, mask=none),
            threshold=pa.array(limit, mask=none),
            columns={f"readability_{name}": pa.array(each, mask=np.isnan(each)) for name, each in values.items()},
        )


@cache
def stop_hashes() -> npt.NDArray[np.uint64]:
    """Give the hashes of the stop words, ascending."""
    from curate.kernels.readability import BASIS, PRIME

    found = []
    for word in _STOPS.split():
        value = BASIS
        for sign in word:
            value = ((value ^ ord(sign)) * PRIME) % (1 << 64)
        found.append(value)
    return np.array(sorted(found), dtype=np.uint64)


def _values(signals: pa.Table) -> dict[str, npt.NDArray[np.float64]]:
    """Make the signals out of the counts; NaN where there is nothing to divide by."""
    counts: dict[str, Any] = {  # Any: numpy's types of a division with a condition
        name: signals[name].to_numpy().astype(np.float64)
        for name in ("words", "sentences", "syllables", "stops", "seen", "types", "content", "raw", "packed")
    }

    def share(part: str, whole: str) -> Any:  # Any: as above
        return np.divide(counts[part], counts[whole], out=np.full(signals.num_rows, np.nan), where=counts[whole] > 0)

    sentence, stops = share("words", "sentences"), share("stops", "words")
    flesch = 206.835 - 1.015 * sentence - 84.6 * share("syllables", "words")
    flesch[~((stops >= ENGLISH_SHARE) & (counts["words"] >= ENGLISH_WORDS))] = np.nan
    return {
        "words_per_sentence": sentence,
        "flesch": flesch,
        "type_token": share("types", "seen"),
        "stop_share": stops,
        "compression": share("packed", "raw"),
        "density": share("content", "seen"),
    }
