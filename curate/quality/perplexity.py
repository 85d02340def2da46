"""Perplexity and IFD: how surprising an answer is to a model, and how much its question takes off that surprise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import strings
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from schemas.errors import InputError
from schemas.example import Message

MEANINGS = {
    "perplexity_too_low": "has an answer that the model could all but recite",
    "perplexity_too_high": "has an answer that the model finds too strange",
    "ifd_too_low": "has a question that gives the answer away",
    "ifd_too_high": "has a question that does not help to foresee the answer",
}
_DIGITS = 4


class Losses(NamedTuple):
    """What a scorer says of some rows, NaN where it can say nothing.

    Attributes:
        conditional: (rows) -log p, natural, of the answer after its prompt, summed over its tokens.
        alone: (rows) the same of the answer alone.
        tokens: (rows) tokens of the answer.
    """

    conditional: npt.NDArray[np.float64]
    alone: npt.NDArray[np.float64]
    tokens: npt.NDArray[np.int64]


Scorer: TypeAlias = Callable[[Sequence[Sequence[Message]], Sequence[str]], tuple[Any, Any, Any]]  # Any: arrays
"""Scores answers: takes the messages before each answer, and the answers; gives the three arrays of `Losses`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perplexity:
    """Measure perplexity and IFD of the last answer, and drop rows only where a limit is set.

    IFD (arXiv:2308.12032) is the perplexity of the answer after its prompt over that of the answer alone, both the
    exponential of the mean loss of a token, as Superfiltering (arXiv:2402.00530) computes it on a small model. Above
    1 the question makes the answer no easier to foresee; such rows are often mismatched.

    Both are written as columns `perplexity` and `ifd`; null where a row has no answer or is too long for the model.

    Attributes:
        scorer: Scores answers (`train.perplexity` has one for a model folder). Where it has a `fingerprint`, its
            signals may be kept from run to run.
        low: Least perplexity; None for no limit.
        high: Most perplexity.
        ifd_low: Least IFD.
        ifd_high: Most IFD.
    """

    costly: ClassVar[bool] = True
    thresholds: ClassVar[tuple[str, ...]] = ("low", "high", "ifd_low", "ifd_high")
    scorer: Scorer
    low: float | None = None
    high: float | None = None
    ifd_low: float | None = None
    ifd_high: float | None = None

    def __post_init__(self) -> None:
        if not callable(self.scorer):
            raise InputError("scorer cannot be called", where="stage perplexity", mend="Give a function")
        for low, high in ((self.low, self.high), (self.ifd_low, self.ifd_high)):
            if low is not None and high is not None and low > high:
                raise InputError(f"low is {low}, high is {high}", where="stage perplexity", mend="Swap them")

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "perplexity"

    @property
    def by_text(self) -> bool:
        """Signals are of the text alone where the scorer can be told from another one."""
        return bool(self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """Hash of the model, if the scorer gives one."""
        return str(getattr(self.scorer, "fingerprint", ""))

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `conditional` and `alone`, float64, mean -log p of a token of the answer; `tokens` int32."""
        conditional, alone = np.full((2, len(rows)), np.nan)
        tokens = np.zeros(len(rows), dtype=np.int32)
        conversations: list[Any] = rows.examples.column("messages").to_pylist()  # Any: JSON
        parts = [_last_answer(turns or []) for turns in conversations]
        places = [place for place, part in enumerate(parts) if part is not None]
        found = [part for part in parts if part is not None]
        if found:
            losses = Losses(*map(np.asarray, self.scorer([part[0] for part in found], [part[1] for part in found])))
            counts = np.maximum(losses.tokens, 1)
            # A batch's company shows in the last digits of a loss; they mean nothing.
            conditional[places] = np.round(losses.conditional / counts, _DIGITS)
            alone[places] = np.round(losses.alone / counts, _DIGITS)
            tokens[places] = losses.tokens
        return signals(
            conditional=pa.array(conditional, mask=np.isnan(conditional) | (tokens == 0)),
            alone=pa.array(alone, mask=np.isnan(alone) | (tokens == 0)),
            tokens=tokens,
        )

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop what lies outside a limit that is set, and write both as columns."""
        conditional, alone = (signals[name].to_numpy().astype(np.float64) for name in ("conditional", "alone"))
        perplexity, ifd = np.exp(np.minimum(conditional, 700)), np.exp(np.clip(conditional - alone, -700, 700))
        faults = [
            (perplexity, "perplexity_too_low", self.low, -1),
            (perplexity, "perplexity_too_high", self.high, 1),
            (ifd, "ifd_too_low", self.ifd_low, -1),
            (ifd, "ifd_too_high", self.ifd_high, 1),
        ]
        reason = np.full(signals.num_rows, "", dtype=object)
        score, limit = perplexity.copy(), np.full(signals.num_rows, np.nan)
        for values, name, bound, way in faults:
            if bound is None:
                continue
            # A comparison with NaN is false: what could not be scored stays.
            outside = (values * way > bound * way) & (reason == "")
            reason[outside], score[outside], limit[outside] = name, values[outside], bound
        return keep(
            where=reason == "",
            reason=strings(reason),
            score=pa.array(score, mask=np.isnan(score)),
            threshold=pa.array(limit, mask=np.isnan(limit)),
            columns={
                "perplexity": pa.array(perplexity, mask=np.isnan(perplexity)),
                "ifd": pa.array(ifd, mask=np.isnan(ifd)),
            },
        )

    def alarms(self, signals: pa.Table, _: Verdicts, /) -> list[str]:
        """Tell how many rows could not be scored."""
        missing = signals["conditional"].null_count
        return [f"{missing:,} rows have no perplexity: no answer, or too long for the model"] if missing else []


def _last_answer(turns: list[dict[str, Any]]) -> tuple[list[Message], str] | None:  # Any: JSON
    """Split a conversation at its last answer; None where there is none that says anything."""
    for place in range(len(turns) - 1, -1, -1):
        if turns[place]["role"] == "assistant":
            answer = turns[place]["content"]
            if not answer or not answer.strip():
                return None
            return [Message(turn["role"], turn["content"] or "") for turn in turns[:place]], answer
    return None
