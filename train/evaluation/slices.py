"""Slices: the same comparison for parts of the rows, so that a gain in one document does not hide a loss in another."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from train.evaluation.asked import question_type
from train.evaluation.measures import Comparison, compare

LEAST_ROWS = 5
OTHER = "other"
SLICED = ("f1", "nll", "rouge_l", "exact_match")
_LENGTHS = ((8, "up to 8 tokens"), (32, "9 to 32 tokens"), (128, "33 to 128 tokens"))


class Slice(NamedTuple):
    """A part of the rows.

    Attributes:
        by: What the rows were parted by.
        name: What these have in common; `other` gathers those that are too few to stand alone.
        rows: How many they are.
        measures: Comparisons by the names of `SLICED`.
    """

    by: str
    name: str
    rows: int
    measures: dict[str, Comparison]

    def plain(self) -> dict[str, Any]:  # Any: values of JSON
        """Give it as JSON values."""
        return {**self._asdict(), "measures": {name: each.plain() for name, each in self.measures.items()}}


def _length(row: Mapping[str, Any]) -> str:  # Any: a row of answers.parquet
    return next((name for most, name in _LENGTHS if row["gold_tokens"] <= most), "129 tokens and more")


def _turns(row: Mapping[str, Any]) -> str:  # Any: as above
    return f"{row['turns']} question{'s' if row['turns'] != 1 else ''}"


SLICES: dict[str, Callable[[Mapping[str, Any]], str]] = {  # Any: as above
    "document": lambda row: row["document"],
    "strategy": lambda row: row["strategy"],
    "question type": lambda row: question_type(row["last_question"]),
    "turns": _turns,
    "length of gold": _length,
}


def slices(rows: Sequence[Mapping[str, Any]], *, seed: int) -> list[Slice]:  # Any: as above
    """Part the rows in each way and compare base and tuned in each part, within a way by the loss in token F1.

    Parts of fewer than `LEAST_ROWS` rows are put together; a way that leaves one part only tells nothing and is left
    out, and so are rows that do not say where they belong.
    """
    found = []
    for by, name_of in SLICES.items():
        parts: dict[str, list[Mapping[str, Any]]] = {}  # Any: as above
        for row in rows:
            if name := name_of(row):
                parts.setdefault(name, []).append(row)
        if len(parts) < 2:
            continue
        large = {name: part for name, part in parts.items() if len(part) >= LEAST_ROWS and name != OTHER}
        rest = [row for name, part in parts.items() if name not in large for row in part]
        if rest:
            large[OTHER] = rest
        if len(large) < 2:
            continue
        ours = [Slice(by, name, len(part), _measures(part, seed)) for name, part in large.items()]
        found += sorted(ours, key=lambda each: (each.measures["f1"].difference.mean, each.name))
    return found


def _measures(rows: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Comparison]:  # Any: as above
    compared = {name: compare(rows, name, seed=seed) for name in SLICED}
    return {name: each for name, each in compared.items() if each is not None}
