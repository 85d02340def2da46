"""What a study came to, for people and for machines."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from train.interval import Interval
from train.study.law import Forecast

Verdict = Literal["helps", "hurts", "no clear difference", "does nothing", "others do the same"]
"""The last two are of stages without which the very same rows remain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One size, or the base model: the means over its seeds.

    Attributes:
        name: `base`, or the share of the rows.
        rows: Rows trained, a mean over the seeds.
        steps: Optimiser steps.
        epochs: How often each row was read, a mean over the seeds.
        tokens: Tokens that training read, a mean over the seeds.
        loss: Loss per token of the held-out answers.
        by_seed: The same for each seed.
        against_base: Loss minus that of the base model.
        against_largest: Loss minus that of the largest size.
        f1: Token F1 of the answers; None where none were asked for.
        rouge_l: ROUGE-L of them.
    """

    name: str
    rows: float
    steps: float
    epochs: float
    tokens: float
    loss: Interval
    by_seed: list[float]
    against_base: Interval
    against_largest: Interval
    f1: Interval | None = None
    rouge_l: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageWorth:
    """What one stage of curation is worth, or all of them together.

    Attributes:
        stage: Its name; `all stages` for all together.
        dropped: Rows that it drops where it stands.
        changed: Rows that it changes.
        rows: Rows trained without it.
        without: What was measured without it, as for a size.
        worth: Loss without it minus loss with it: above 0 where it helps.
        verdict: What that shows.
    """

    stage: str
    dropped: int
    changed: int
    rows: int
    without: Point
    worth: Interval
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyReport:
    """The outcome of a study.

    Attributes:
        out: Folder that it was written to.
        page: The page to look at.
        model: Name of the base model.
        held_out: Rows that all variants are measured on.
        groups: Groups of rows that hang together among them.
        gold_tokens: Tokens of their answers.
        seeds: The seeds.
        equal: What sizes have in common: `steps` or `epochs`.
        points: The base model first, then the sizes.
        stages: What each stage is worth, all stages together first; empty without ablations.
        forecast: What more rows would buy.
        warnings: What to bear in mind.
        trained: Trainings that this process did.
        reused: Trainings whose results were there.
        settings: Settings of the training.
    """

    out: Path
    page: Path
    model: str
    held_out: int
    groups: int
    gold_tokens: int
    seeds: tuple[int, ...]
    equal: str
    points: list[Point]
    stages: list[StageWorth]
    forecast: Forecast
    warnings: list[str]
    trained: int
    reused: int
    settings: dict[str, Any]  # Any: settings are of any type

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        values = asdict(self)
        law, gain = self.forecast.law, self.forecast.gain
        values["forecast"] = {
            "law": None if law is None else law._asdict(),
            "more": self.forecast.more,
            "gain": None if gain is None else gain._asdict(),
            "reason": self.forecast.reason,
        }
        plain: dict[str, Any] = _plain(values)  # Any: as in the result
        return plain

    @property
    def drawn(self) -> str:
        """Say what the intervals are over."""
        return f"rows and {len(self.seeds)} seeds" if len(self.seeds) > 1 else "rows"

    @property
    def headline(self) -> str:
        """Say in a sentence or two what the numbers show, and no more than that."""
        last = self.points[-1]
        low, mean, high = (
            abs(value) for value in (last.against_base.low, last.against_base.mean, last.against_base.high)
        )
        measured = f"{mean:.3f} ({min(low, high):.3f} to {max(low, high):.3f})"
        if last.against_base.high < 0:
            what = f"falls by {measured}"
        elif last.against_base.low > 0:
            what = f"rises by {measured}"
        else:
            what = f"shows no clear change ({last.against_base.signed})"
        return f"Trained on {last.rows:,.0f} rows, the loss per token of held-out answers {what}. {self.more_rows}"

    @property
    def more_rows(self) -> str:
        """Say what more rows would buy, or why nothing can be said of it."""
        more, gain = self.forecast.more, self.forecast.gain
        if gain is None:
            return f"What more rows would buy cannot be said: {self.forecast.reason}."
        bought = f"about {gain.mean:.3f} ({gain.low:.3f} to {gain.high:.3f})"
        return f"{more:,} more rows of this kind would lower it by {bought}."

    def text(self) -> str:
        """Tell it in two small tables."""
        first = max(10, *(len(point.name) for point in self.points))
        lines = [
            (
                f"{self.held_out} held-out rows, {self.gold_tokens:,} tokens of answers; loss per token, "
                f"with 95 % intervals over {self.drawn}"
            ),
            f"  {'':<{first}} {'rows':>7} {'steps':>6} {'epochs':>6}   {'loss':<24} against base",
        ]
        for point in self.points:
            trained = f"{point.rows:>7,.0f} {point.steps:>6.0f} {point.epochs:>6.1f}"
            against = point.against_base.signed if point.steps else ""
            lines.append(f"  {point.name:<{first}} {trained}   {point.loss!s:<24} {against}".rstrip())
        width = max((len(stage.stage) for stage in self.stages), default=0)
        if self.stages:
            lines.append(
                f"  {'left out':<{width}} {'drops':>7} {'changes':>7}   worth: the loss without it minus with it"
            )
        for stage in self.stages:
            did = f"{stage.dropped:>7,} {stage.changed:>7,}"
            lines.append(f"  {stage.stage:<{width}} {did}   {stage.worth.signed:<26} {stage.verdict}")
        lines += [self.headline, *(f"  note: {warning}" for warning in self.warnings), f"The page: {self.page}"]
        return "\n".join(lines)


def _plain(value: Any) -> Any:  # Any: whatever JSON can hold
    """Turn paths and tuples into what JSON has, and intervals into mean, low and high."""
    if isinstance(value, Interval):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value
