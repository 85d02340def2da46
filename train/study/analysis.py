"""From the losses of every trial to what the data and each stage of curation are worth."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from train.config import TrainConfig
from train.interval import Interval
from train.study.config import StudyConfig
from train.study.intervals import Bootstrap, Drawn
from train.study.law import forecast
from train.study.report import Point, StageWorth, StudyReport, Verdict
from train.study.shared import Ablation, Shared
from train.study.trial import Result, Trial

_FAR = 1.25


class Measured(NamedTuple):
    """The trials of a study, their results by key, the rows, and the ablations in order."""

    trials: list[Trial]
    results: dict[str, Result]
    shared: Shared
    ablations: list[Ablation]


def analyse(
    measured: Measured, config: StudyConfig, training: TrainConfig, *, out: Path, model: str, trained: int
) -> StudyReport:
    """Put the results of all trials together."""
    trials, results, shared, ablations = measured
    tokens = [int(row.learnt.sum()) for row in shared.test]
    seeds = len(config.seeds)
    by_token = Bootstrap(tokens, shared.test_groups, seeds, seed=training.seed)
    by_row = Bootstrap([1.0] * len(tokens), shared.test_groups, seeds, seed=training.seed)
    variants = {
        name: [trial for trial in trials if trial.variant == name]
        for name in dict.fromkeys(trial.variant for trial in trials)
    }
    losses = {name: by_token.mean([results[trial.key].nll for trial in of_it]) for name, of_it in variants.items()}
    left_out = {ablation.name for ablation in ablations}
    sizes = [name for name in variants if name not in left_out and name != "base"]
    largest = sizes[-1]

    def point(name: str) -> Point:
        of_it = variants[name]
        return Point(
            name=name,
            rows=_mean([len(trial.rows) for trial in of_it]),
            steps=_mean([trial.steps for trial in of_it]),
            epochs=_mean([trial.epochs for trial in of_it]),
            tokens=_mean([results[trial.key].tokens for trial in of_it]),
            loss=losses[name].interval,
            by_seed=[sum(results[trial.key].nll) / sum(tokens) for trial in of_it],
            against_base=(losses[name] - losses["base"]).interval,
            against_largest=(losses[name] - losses[largest]).interval,
            f1=_answers(by_row, [results[trial.key].f1 for trial in of_it]),
            rouge_l=_answers(by_row, [results[trial.key].rouge_l for trial in of_it]),
        )

    points = [point(name) for name in ("base", *sizes)]
    rows = np.array([each.rows for each in points[1:]])
    _, first = np.unique(rows, return_index=True)
    keys = {name: [trial.key for trial in of_it] for name, of_it in variants.items()}
    return StudyReport(
        out=out,
        page=out / "page.html",
        model=model,
        held_out=len(tokens),
        groups=by_token.units,
        gold_tokens=sum(tokens),
        seeds=config.seeds,
        equal=config.equal,
        points=points,
        stages=[
            _worth(
                ablation,
                point(ablation.name),
                losses[ablation.name] - losses[largest],
                same=keys[ablation.name] == keys[largest],
            )
            for ablation in ablations
        ],
        forecast=forecast(rows[first], [losses[sizes[place]] for place in first], seeds=seeds),
        warnings=[*shared.warnings, *_warnings(variants, sizes, len(shared.train), seeds)],
        trained=trained,
        reused=len({trial.key for trial in trials if trial.steps}) - trained,
        settings={name: value for name, value in asdict(training).items() if name not in {"seed", "max_length"}}
        | {"max_length": shared.checked.report.max_length, "learning_rate": training.rate},
    )


def _worth(ablation: Ablation, without: Point, difference: Drawn, *, same: bool) -> StageWorth:
    return StageWorth(
        stage=ablation.stage or "all stages",
        dropped=ablation.dropped,
        changed=ablation.changed,
        rows=round(without.rows),
        without=without,
        worth=difference.interval,
        verdict=_verdict(difference.interval, idle=same, did=ablation.dropped + ablation.changed),
    )


def _verdict(worth: Interval, *, idle: bool, did: int) -> Verdict:
    if idle:
        return "others do the same" if did else "does nothing"
    if worth.low > 0:
        return "helps"
    return "hurts" if worth.high < 0 else "no clear difference"


def _warnings(variants: dict[str, list[Trial]], sizes: Sequence[str], rows: int, seeds: int) -> list[str]:
    """Say what to bear in mind about the sizes and the seeds."""
    found = []
    if seeds < 2:
        found.append("one seed: the intervals show the chance in the held-out rows alone, not that of training")
    for name in sizes:
        wanted, got = rows * float(name.split()[0]) / 100, _mean([len(trial.rows) for trial in variants[name]])
        if not wanted / _FAR <= got <= wanted * _FAR:
            found.append(f"{name} came to {got:,.0f} rows, not {wanted:,.0f}: rows that hang together stay together")
    short = [
        name
        for name, of_it in variants.items()
        if name != "base"
        and of_it[0].epochs
        and of_it[0].tokens < max(each[0].tokens for each in variants.values()) / 2
        and of_it[0].steps == max(each[0].steps for each in variants.values())
    ]
    if short:
        found.append(
            f"{', '.join(short)}: too few rows to fill a step, so as many steps read less than half the tokens"
        )
    return found


def _answers(bootstrap: Bootstrap, scores: Sequence[list[float] | None]) -> Interval | None:
    there = [each for each in scores if each is not None]
    return bootstrap.mean(there).interval if there else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
