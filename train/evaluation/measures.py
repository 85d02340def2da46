"""The measures of an evaluation: what each reads of an answer, and how base and tuned compare in it."""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from train.interval import FEWEST, Interval, bootstrap

Verdict = Literal["better", "worse", "no clear difference", "longer", "shorter"]
Columns: TypeAlias = Mapping[str, Sequence[Any]]  # Any: columns of answers.parquet have different types


class Measure(NamedTuple):
    """One measure.

    Attributes:
        label: What the page calls it.
        value: Gives its value for one answer; None where it has none.
        good: Which way is better; `neither` where more is just more.
        percent: Whether it is a share.
        weighted: Whether a row counts as often as its gold answer has tokens.
    """

    label: str
    value: Callable[[Mapping[str, Any], str], float | None]  # Any: a row of answers.parquet
    good: Literal["higher", "lower", "neither"] = "higher"
    percent: bool = False
    weighted: bool = False


def _column(name: str) -> Callable[[Mapping[str, Any], str], float | None]:  # Any: as above
    return lambda row, model: row[f"{model}_{name}"]


MEASURES: dict[str, Measure] = {
    "nll": Measure(
        "negative log-likelihood of gold, per token",
        lambda row, model: row[f"{model}_nll"] / max(row["gold_tokens"], 1),
        good="lower",
        weighted=True,
    ),
    "exact_match": Measure("exact match", _column("exact_match"), percent=True),
    "f1": Measure("token F1", _column("f1"), percent=True),
    "rouge_l": Measure("ROUGE-L", _column("rouge_l"), percent=True),
    "chrf": Measure("chrF", _column("chrf")),
    "similarity": Measure("embedding similarity", _column("similarity")),
    "did_not_stop": Measure(
        "did not stop", lambda row, model: float(not row[f"{model}_stopped"]), good="lower", percent=True
    ),
    "length_ratio": Measure(
        "length ratio to gold", lambda row, model: row[f"{model}_tokens"] / max(row["gold_tokens"], 1), good="neither"
    ),
    "tokens": Measure("tokens per answer", _column("tokens"), good="neither"),
}


class Comparison(NamedTuple):
    """One measure of both models, and the paired difference tuned minus base."""

    base: Interval
    tuned: Interval
    difference: Interval
    verdict: Verdict

    def plain(self) -> dict[str, Any]:  # Any: lists and a text
        """Give it as JSON values; what is not a number is null."""
        sides = {name: interval.plain() for name, interval in self._asdict().items() if name != "verdict"}
        return {**sides, "verdict": self.verdict}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:  # Any: as above
        """Read it back."""
        base, tuned, difference = (Interval.read(values[name]) for name in ("base", "tuned", "difference"))
        return cls(base, tuned, difference, values["verdict"])


def compare(rows: Sequence[Mapping[str, Any]], name: str, *, seed: int) -> Comparison | None:  # Any: as above
    """Compare both models in one measure, over rows in which both have a finite value; None where there is none."""
    measure = MEASURES[name]
    pairs = [(measure.value(row, "base"), measure.value(row, "tuned"), row["gold_tokens"]) for row in rows]
    whole = [
        (float(base), float(tuned), float(tokens))
        for base, tuned, tokens in pairs
        if base is not None and tuned is not None and math.isfinite(base) and math.isfinite(tuned)
    ]
    if not whole:
        return None
    before, after, tokens = (list(side) for side in zip(*whole, strict=True))
    return paired(before, after, tokens if measure.weighted else None, good=measure.good, seed=seed)


def paired(
    base: Sequence[float],
    tuned: Sequence[float],
    weights: Sequence[float] | None = None,
    *,
    good: Literal["higher", "lower", "neither"],
    seed: int,
) -> Comparison:
    """Compare two models on the same rows; where they differ on a few alone, chance would do as much."""
    apart = [ours - theirs for theirs, ours in zip(base, tuned, strict=True)]
    before, after, difference = (bootstrap(values, weights, seed=seed) for values in (base, tuned, apart))
    enough = sum(each != 0 for each in apart) >= FEWEST  # the interval of one row has no width
    return Comparison(before, after, difference, verdict(good, difference) if enough else "no clear difference")


def medians(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, float]:  # Any: as above
    """Give the median of both models, for a measure whose mean a few answers can carry away."""
    return {model: median(MEASURES[name].value(row, model) or 0.0 for row in rows) for model in ("base", "tuned")}


def verdict(good: Literal["higher", "lower", "neither"], difference: Interval) -> Verdict:
    """Say what a difference shows: nothing where its interval holds 0."""
    if math.isnan(difference.mean) or difference.low <= 0 <= difference.high:
        return "no clear difference"
    if good == "neither":
        return "longer" if difference.mean > 0 else "shorter"
    return "better" if (difference.mean < 0) == (good == "lower") else "worse"
