"""What the benchmarks found: each measure of each model, and the paired difference from the first one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from schemas.counted import counted
from train.evaluation.record import Section
from train.interval import Interval, bootstrap, plain_number

Standing = Literal["better", "worse", "no clear difference", ""]

_SAME = 1e-6  # a mean over samples that is this near to what the harness says is the same measure


class Score(NamedTuple):
    """One measure of one model: its value, and its standard error as the harness gives it (NaN where it gives none)."""

    value: float
    stderr: float


class LeftOut(NamedTuple):
    """Rows of a file that cannot be asked.

    Attributes:
        task: Name of the task.
        reason: `no_question`, `no_answer` or `unreadable`.
        rows: How many there are.
        first: Numbers of the first of them.
    """

    task: str
    reason: str
    rows: int
    first: tuple[int, ...]

    def text(self) -> str:
        """Tell it."""
        shown = ", ".join(map(str, self.first)) + (" ..." if self.rows > len(self.first) else "")
        named = f"{'row' if self.rows == 1 else 'rows'} {shown}"
        return f"{self.task}: left out, {self.reason.replace('_', ' ')}: {counted(self.rows, 'row')} ({named})"


class Line(NamedTuple):
    """One measure of one task.

    Attributes:
        task: Name of the task or group.
        measure: Name of the measure, with the harness' filter behind a comma where there is one.
        rows: Rows that were asked.
        scores: One of each model.
        differences: Each model minus the first, paired over rows; None for the first, and where the samples do not
            make up the measure.
        higher_is_better: Whether more is better; None where the harness does not say.
    """

    task: str
    measure: str
    rows: int
    scores: tuple[Score, ...]
    differences: tuple[Interval | None, ...]
    higher_is_better: bool | None

    def standing(self, number: int) -> Standing:
        """Say what the difference of a model shows; nothing where there is none."""
        difference = self.differences[number]
        if difference is None or self.higher_is_better is None:
            return ""
        if difference.low <= 0 <= difference.high or math.isnan(difference.mean):
            return "no clear difference"
        return "better" if (difference.mean > 0) == self.higher_is_better else "worse"


Results = Mapping[str, Any]  # what one model got in one task, as `train.harness.run` keeps it; Any: JSON


def lines(of_models: Sequence[Results], *, seed: int) -> list[Line]:
    """Compare what several models got in one task.

    Args:
        of_models: Of each model: `scores` by task and measure, `samples` by task, measure and row, `rows` by task.
        seed: Seed of the bootstrap.
    """
    found = []
    first = of_models[0]
    for task, measures in first["scores"].items():
        for measure in measures:
            scores = tuple(Score(*map(_float, each["scores"][task][measure])) for each in of_models)
            values = [_values(each, task, measure) for each in of_models]
            paired = [None if number == 0 else _paired(values, scores, number, seed) for number in range(len(scores))]
            higher = first["higher_is_better"].get(task, {}).get(measure.partition(",")[0])
            found.append(Line(task, measure, first["rows"][task], scores, tuple(paired), higher))
    return found


def _values(results: Results, task: str, measure: str) -> dict[str, float]:
    """Give the measure's value on each row of a task, or of all tasks of a group."""
    return {
        f"{name}:{row}": value
        for name in results["members"].get(task, [task])
        for row, value in results["samples"].get(name, {}).get(measure, {}).items()
    }


def _paired(values: Sequence[Mapping[str, float]], scores: Sequence[Score], number: int, seed: int) -> Interval | None:
    """Give the paired difference of a model from the first, where the rows make up what the harness says of both."""
    ours, theirs = values[number], values[0]
    if not ours or ours.keys() != theirs.keys():
        return None
    for known, score in ((ours, scores[number]), (theirs, scores[0])):
        if not abs(float(np.mean([*known.values()])) - score.value) <= _SAME:
            return None
    return bootstrap([ours[row] - theirs[row] for row in theirs], seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchReport:
    """The outcome of the benchmarks.

    Attributes:
        out: Folder that it was written to.
        models: Names of the models; differences are from the first.
        lines: Each measure of each task.
        notes: What limits the comparison, as sentences.
        left_out: Rows of the files that were not asked, by file and reason.
        reused: Results that lay in the folder already, out of all.
    """

    out: Path
    models: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()
    reused: tuple[int, int]

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        return {
            "models": list(self.models),
            "tasks": [
                {
                    "task": line.task,
                    "measure": line.measure,
                    "rows": line.rows,
                    "higher_is_better": line.higher_is_better,
                    "models": [
                        {
                            "model": name,
                            "value": plain_number(score.value),
                            "stderr": plain_number(score.stderr),
                            "difference": None if apart is None else apart.plain(),
                            "standing": line.standing(number) or None,
                        }
                        for number, (name, score, apart) in enumerate(
                            zip(self.models, line.scores, line.differences, strict=True)
                        )
                    ],
                }
                for line in self.lines
            ],
            "notes": list(self.notes),
            "left_out": [{**each._asdict(), "first": list(each.first)} for each in self.left_out],
        }

    @property
    def _remarks(self) -> tuple[str, ...]:
        return (*self.notes, *(each.text() for each in self.left_out))

    def text(self) -> str:
        """Tell it in a small table."""
        width = max((len(f"{line.task} {line.measure}") for line in self.lines), default=0)
        names = max(map(len, self.models))
        told = []
        for line in self.lines:
            for number, (name, score) in enumerate(zip(self.models, line.scores, strict=True)):
                head = f"{line.task} {line.measure}" if number == 0 else ""
                told.append(f"  {head:<{width}}  {name:<{names}} {_score(score)}{_apart(line, number)}")
        done, whole = self.reused
        head = "value ± standard error"
        if len(self.models) > 1:
            head += f", difference from {self.models[0]} with its paired 95 % interval"
        return "\n".join(
            [
                head,
                *told,
                *([f"  {done} of {whole} results lay there already"] if done else []),
                *(f"  Note: {note}" for note in self._remarks),
                f"The numbers: {self.out / 'bench.json'}",
            ]
        )

    def section(self) -> Section:
        """Give it as a section of an evaluation's page."""
        return Section(
            key="bench",
            title="Benchmarks",
            lead="Value ± standard error, by lm-evaluation-harness. Behind it the difference from "
            f"{self.models[0]} with its 95 % interval, paired over the rows.",
            head=("task", "measure", "rows", *self.models),
            rows=tuple(
                (
                    line.task,
                    line.measure,
                    str(line.rows),
                    *(f"{_score(score).strip()}{_apart(line, number)}" for number, score in enumerate(line.scores)),
                )
                for line in self.lines
            ),
            notes=self._remarks,
            data=self.summary(),
        )


def _score(score: Score) -> str:
    error = "" if math.isnan(score.stderr) else f" ± {score.stderr:.3f}"
    return f"{score.value:8.3f}{error}"


def _apart(line: Line, number: int) -> str:
    difference = line.differences[number]
    if difference is None:
        return ""
    standing = line.standing(number)
    return f"   {difference.signed}{'  ' if standing else ''}{standing}"


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
