"""Answers that their source does not bear out: words and numbers that stand nowhere in it."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import mask, strings
from curate.normalise import normal_forms
from curate.rows import Rows
from curate.stage import Verdicts, keep, signals
from schemas.buffers import text_buffers
from schemas.errors import InputError

MEANINGS = {
    "unsupported_words": "has an answer whose words hardly stand in its source",
    "unsupported_numbers": "has numbers in its answer that stand neither in its source nor in its question",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Drop rows whose answer has little to do with the passage that it should rest on.

    Looked for are the answer's words of four letters and more, by their first six letters, and its numbers. They may
    stand in the source's quote, the context or the prompt. Rows without a source stay, and so do short answers.

    A context is not always a source: tasks that translate, continue, classify or answer beyond it say what it does
    not. So by default only rows that came from a document are judged, and numbers, which may have been worked out, are
    let be: 83 answers to real passages all stay, and of the same answers under another's passage 71 go.

    Attributes:
        of: `source` judges rows with a source's quote, `context` those with a context too.
        least: Least share of the answer's words that must stand in the source, 0 to 1.
        numbers: Least share of the answer's numbers, 0 to 1; 0 to let numbers be.
        words: Fewest words of four letters and more of an answer to be judged by its words.
    """

    thresholds: ClassVar[tuple[str, ...]] = ("of", "least", "numbers", "words")
    of: Literal["source", "context"] = "source"
    least: float = 0.25
    numbers: float = 0.0
    words: int = 6

    def __post_init__(self) -> None:
        if self.of not in {"source", "context"}:
            raise InputError(f"of is {self.of!r}", where="stage support", mend="Choose source or context")
        if not (0 <= self.least <= 1 and 0 <= self.numbers <= 1 and self.words >= 1):
            raise InputError(
                f"least is {self.least}, numbers is {self.numbers}, words is {self.words}",
                where="stage support",
                mend="Choose shares from 0 to 1, and words from 1 on",
            )

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "support"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `words`, `found`, `numbers`, `numbers_found` int32, of the answer; `kind` int8.

        The kind is 2 where there is a source, 1 where there is a context only, 0 where there is neither.
        """
        from curate.kernels.overlap import COLUMNS, overlap

        filled: Any = pc.fill_null(pc.struct_field(rows.examples.column("source"), "quote"), "")  # Any: strings
        quoted = pc.binary_length(filled).to_numpy(zero_copy_only=False) > 0
        given = pc.binary_length(rows["context"]).to_numpy(zero_copy_only=False) > 0
        kind = np.where(quoted, 2, np.where(given, 1, 0)).astype(np.int8)
        some = mask(kind > 0)
        parts = (normal_forms(filled.filter(some)), *(rows.normal(view).filter(some) for view in ("context", "prompt")))
        join: Any = pc.binary_join_element_wise  # Any: the stubs know no scalar as the last argument
        joined = join(*parts, " ")
        counts = np.zeros((int((kind > 0).sum()), len(COLUMNS)), dtype=np.int32)
        overlap(*text_buffers(joined), *text_buffers(rows.normal("response").filter(some)), counts)
        out = np.zeros((len(rows), len(COLUMNS)), dtype=np.int32)
        out[kind > 0] = counts
        columns = {name: np.ascontiguousarray(out[:, place]) for place, name in enumerate(COLUMNS)}
        return signals(kind=kind, **columns)

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop answers with too few words in the source, then with too few numbers, with the share as the score."""
        kind, words, found, numbers, known = (
            signals[name].to_numpy() for name in ("kind", "words", "found", "numbers", "numbers_found")
        )
        judged = kind >= (2 if self.of == "source" else 1)
        share, number_share = found / np.maximum(words, 1), known / np.maximum(numbers, 1)
        faults = [
            judged & (words >= self.words) & (share < self.least),
            judged & (numbers > 0) & (number_share < self.numbers),
        ]
        evidence = np.full(len(kind), None, dtype=object)
        for fault, counts, total, unit in ((1, known, numbers, "numbers"), (0, found, words, "words")):
            for row in np.flatnonzero(faults[fault]).tolist():
                evidence[row] = f"{counts[row]} of {total[row]} {unit} of the answer stand in the source"
        return keep(
            where=~(faults[0] | faults[1]),
            reason=strings(np.select(faults, ["unsupported_words", "unsupported_numbers"], "").astype(object)),
            score=pa.array(np.select(faults, [share, number_share]), mask=~(faults[0] | faults[1])),
            threshold=pa.array(np.select(faults, [self.least, self.numbers]), mask=~(faults[0] | faults[1])),
            evidence=strings(evidence),
        )
