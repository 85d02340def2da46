"""What an evaluation found, and how it is told in a few lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from train.evaluation.errors import ErrorCount
from train.evaluation.guardrails import Guardrails
from train.evaluation.measures import MEASURES, Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """The outcome of an evaluation.

    Attributes:
        out: Folder that it was written to.
        page: The page to look at.
        rows: Questions asked.
        asked: The same in words: `12 held-out rows`.
        base: Name of the base model.
        tuned: Name of the tuned model.
        measures: Each measure's comparison by its name, the names of `MEASURES`.
        perplexity: Perplexity of the gold answers to base and tuned.
        gold_tokens: Mean tokens of the gold answers.
        errors: How many answers have each class of errors.
        guardrails: What became of questions to refuse.
        notes: What could not be measured, and why.
        headline: What the numbers show, in a sentence.
    """

    out: Path
    page: Path
    rows: int
    asked: str
    base: str
    tuned: str
    measures: dict[str, Comparison]
    perplexity: tuple[float, float]
    gold_tokens: float
    errors: list[ErrorCount]
    guardrails: Guardrails
    notes: list[str]
    headline: str

    @classmethod
    def read(cls, out: Path, record: Mapping[str, Any]) -> Self:  # Any: what evaluation.json holds
        """Read what evaluation.json holds."""
        return cls(
            out=out,
            page=out / "page.html",
            rows=record["rows"],
            asked=record["asked"],
            base=record["base"],
            tuned=record["tuned"],
            measures={name: Comparison.read(values) for name, values in record["measures"].items()},
            perplexity=(record["perplexity"]["base"], record["perplexity"]["tuned"]),
            gold_tokens=record["gold_tokens"],
            errors=[ErrorCount.read(values) for values in record["errors"]],
            guardrails=Guardrails.read(record["guardrails"]),
            notes=record["notes"],
            headline=record["headline"],
        )

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give the numbers as plain JSON values; evaluation.json has the rest."""
        return {
            "out": str(self.out),
            "page": str(self.page),
            "rows": self.rows,
            "base": self.base,
            "tuned": self.tuned,
            "headline": self.headline,
            "perplexity": {"base": self.perplexity[0], "tuned": self.perplexity[1]},
            "gold_tokens": self.gold_tokens,
            "measures": {name: measure.plain() for name, measure in self.measures.items()},
            "errors": {
                each.name: {"judged": each.judged, "base": each.base, "tuned": each.tuned} for each in self.errors
            },
            "guardrails": {each.kind: each.refused.plain() for each in self.guardrails.guards},
            "notes": self.notes,
        }

    def text(self) -> str:
        """Tell it in a small table."""
        lines = [f"{self.asked}; difference is tuned - base with its 95 % interval"]
        width = max((len(MEASURES[name].label) for name in self.measures), default=0)
        for name, (base, tuned, difference, verdict) in self.measures.items():
            lines.append(
                f"  {MEASURES[name].label:<{width}} {base.mean:8.3f} {tuned.mean:8.3f}   {difference.signed}  {verdict}"
            )
        seen = [each for each in self.errors if each.base or each.tuned]
        if seen:
            listed = ", ".join(f"{each.name} {each.base} -> {each.tuned}" for each in seen)
            lines.append(f"Errors, base -> tuned: {listed}")
        lines += [f"Note: {note}" for note in self.notes]
        lines.append(f"The page: {self.page}")
        return "\n".join(lines)


def headline(measures: Mapping[str, Comparison], asked: str) -> str:
    """Say in one sentence what the numbers show on what was asked (`12 held-out rows`), and no more than that."""
    names = {
        "nll": "the likelihood of the gold answers",
        "f1": "token F1",
        "rouge_l": "ROUGE-L",
        "chrf": "chrF",
        "similarity": "embedding similarity",
        "did_not_stop": "stopping",
    }
    by_verdict: dict[str, list[str]] = {}
    for name, label in names.items():
        if name in measures:
            by_verdict.setdefault(measures[name].verdict, []).append(label)
    parts = [f"{verdict} in {listed(by_verdict[verdict])}" for verdict in ("better", "worse") if verdict in by_verdict]
    if not parts:
        return f"No clear difference between base and tuned on {asked}."
    rest = by_verdict.get("no clear difference", [])
    tail = f"; no clear difference in {listed(rest)}" if rest else ""
    return f"On {asked} the tuned model is {' and '.join(parts)}{tail}."


def listed(names: list[str]) -> str:
    """Join names as a sentence does."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
