"""A study: one training on more and fewer rows, and on rows curated otherwise, measured on the same held-out rows."""

import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from schemas import InputError, last_answer
from schemas.atomic import make_folder, write_json, write_text
from schemas.counted import counted
from schemas.parquet import write_table
from schemas.progress import Progress, silent
from train.adapter import check_adapter
from train.config import TrainConfig
from train.folder import find_model, fingerprint, load_config, load_tokenizer, require
from train.model import context_length
from train.pack import pack, pack_length
from train.plan import duration, unheard
from train.render import Renderer
from train.rendered import Rendered
from train.run import Rows, conversations, read_rows
from train.sft import settings
from train.sides import Clusters
from train.steps import count_steps
from train.study.analysis import Measured, analyse
from train.study.config import StudyConfig, share_name
from train.study.report import StudyReport
from train.study.shared import Ablation, Shared, share
from train.study.subsets import subset
from train.study.trial import (
    Bench,
    Question,
    Result,
    Trial,
    kept_folder,
    known,
    run_trial,
    trial_key,
)

Say = Callable[[str], object]


class _Packs(NamedTuple):
    """How many packs some rows fill, and what an epoch makes of them: steps, and tokens that these read."""

    packs: int
    steps: int
    tokens: float


def study(  # noqa: PLR0913 - all but two are optional
    data: Path | Rows,
    out: Path,
    *,
    config: StudyConfig,
    training: TrainConfig,
    ablations: Sequence[Ablation] = (),
    clusters: Clusters | None = None,
    progress: Progress = silent,
    say: Say = unheard,
) -> StudyReport:
    """Train on subsets of the rows, and on what each stage of curation left out would leave, and measure all alike.

    Writes held-out.parquet, study.json, page.html, summary.md and, as soon as it is there, the result of each training
    under results/. A study that was killed goes on: what is done is reused, what was under way resumes from its
    checkpoint.

    Args:
        data: The rows with all stages of curation: a curated folder, a file of any format, or what `read_rows` made.
        out: Folder of the study.
        config: What is varied.
        training: How each variant is trained; its seed draws the held-out rows.
        ablations: The rows with a stage of curation left out; the full set is then among the sizes.
        clusters: Gives the near-duplicate cluster of each row of a table, (rows,) int64.
        progress: Shows how far it is.
        say: Told the plan and what comes next.

    Raises:
        InputError: The data or the settings allow no such study.
        LLMError: A held-out question cannot be answered.
        OutputError: A file cannot be written.
        GristmillError: A loss is not finite.
    """
    require("torch", "transformers", "accelerate", "datasets", "trl", "peft", "matplotlib")
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise InputError("a study runs in one process", mend="Start it without `accelerate launch`, on one GPU")
    _refuse_ignored(training)
    settings(training, out)  # wrong settings are told before anything is read
    full = data if isinstance(data, Rows) else read_rows(data)
    folder = find_model(training.model)
    check_adapter(folder, training)
    renderer = Renderer(load_tokenizer(folder))
    context = context_length(load_config(folder), renderer)
    shared = share(full, ablations, renderer, context=context, config=training, clusters=clusters, progress=progress)
    bench = Bench(
        folder=folder,
        renderer=renderer,
        test=shared.test,
        questions=_questions(full, shared) if config.answers else None,
        max_tokens=config.max_tokens,
        length=pack_length(shared.checked.report.max_length, context),
        config=training,
        out=make_folder(out),
        keep=config.keep,
    )
    trials = plan(bench, shared, ablations, config)
    write_table(out / "held-out.parquet", shared.held_out)
    results, trained = _run(bench, trials, progress, say)
    measured = Measured(trials, results, shared, list(ablations))
    report = analyse(
        measured, config, training, out=out, model=f"{folder.resolve().name}@{fingerprint(folder)}", trained=trained
    )
    _write(report)
    shutil.rmtree(out / "running", ignore_errors=True)  # what an earlier study with other settings left
    return report


def _refuse_ignored(training: TrainConfig) -> None:
    """Refuse settings that say which rows are trained: that is what a study varies."""
    for name in ("mix", "data_weight", "held_out_data"):
        if getattr(training, name) != getattr(TrainConfig(seed=training.seed), name):
            raise InputError(
                f"a study does not take {name}: it varies the rows of one dataset",
                where=name,
                mend="Leave it out; rows to hold out can be marked in a column `split`",
            )


def plan(bench: Bench, shared: Shared, ablations: Sequence[Ablation], config: StudyConfig) -> list[Trial]:
    """Say what is to be trained: the base model first, then the sizes, then the ablations, each with every seed.

    Raises:
        InputError: A size is no row, or an ablation leaves none.
    """
    model = fingerprint(bench.folder)
    packs: dict[tuple[int, ...], _Packs] = {}
    arguments = settings(bench.config, bench.out)

    def packed(rows: Sequence[Rendered]) -> _Packs:
        """Pack rows once, however many trials have them."""
        name = tuple(map(id, rows))
        if name not in packs:
            count = pack(rows, bench.length).dataset.num_rows
            made = count_steps(count, arguments)
            read = sum(len(row.ids) for row in rows) * (1 - made.dropped / max(count, 1))
            packs[name] = _Packs(count, made.per_epoch, read)
        return packs[name]

    def trial(variant: str, seed: int, rows: list[Rendered], steps: int) -> Trial:
        found = packed(rows)
        return Trial(
            variant=variant,
            seed=seed,
            rows=rows,
            packs=found.packs,
            steps=steps,
            tokens=round(steps / found.steps * found.tokens),
            epochs=steps / found.steps,
            key=trial_key(bench, model, rows, steps=steps, seed=seed),
        )

    once = packed(shared.train).steps
    steps = bench.config.max_steps or math.ceil(bench.config.epochs * once)
    key = trial_key(bench, model, [], steps=0, seed=0)
    trials = [Trial(variant="base", seed=0, rows=[], packs=0, steps=0, tokens=0, epochs=0.0, key=key)]
    sizes = config.sizes if not ablations else tuple(dict.fromkeys((*config.sizes, 100)))
    names = [row.id for row in shared.train]
    for size in sizes:
        for seed in config.seeds:
            rows = [shared.train[place] for place in subset(names, shared.groups, size, seed=seed)]
            share_of = 1.0 if config.equal == "steps" else packed(rows).steps / once
            trials.append(trial(share_name(size), seed, rows, max(1, round(steps * share_of))))
    for ablation, rows in zip(ablations, shared.others, strict=True):
        if not rows:
            raise InputError("no row is left to train", where=ablation.name, mend="Leave this stage out of --stages")
        trials += [trial(ablation.name, seed, rows, steps) for seed in config.seeds]
    return trials


def _run(bench: Bench, trials: Sequence[Trial], progress: Progress, say: Say) -> tuple[dict[str, Result], int]:
    """Do every trial whose result is not there; tell the plan before, and after the first how long the rest takes."""
    results: dict[str, Result] = {}
    for trial in trials:
        lost = bench.keep and trial.steps and not kept_folder(bench.out, trial).is_dir()
        if trial.key not in results and not lost and (result := known(bench.out, trial)) is not None:
            results[trial.key] = result
    first: dict[str, Trial] = {}
    for trial in trials:
        first.setdefault(trial.key, trial)
    todo = [trial for key, trial in first.items() if key not in results]
    for line in _plan_text(bench, trials, results):
        say(line)
    trained = sum(trial.steps > 0 for trial in todo)
    left, number = sum(trial.tokens for trial in todo), 0
    for trial in todo:
        if trial.steps:
            number += 1
            say(f"[{number}/{trained}] {trial.variant}, seed {trial.seed}")
        started = time.monotonic()
        results[trial.key] = run_trial(bench, trial, progress)
        left -= trial.tokens
        if number == 1 and left:
            rest = (time.monotonic() - started) * left / trial.tokens
            say(f"  the rest will take about {duration(rest)}")
    return results, trained


def _plan_text(bench: Bench, trials: Sequence[Trial], results: dict[str, Result]) -> list[str]:
    """Tell what will be trained: a line for each variant, its seeds together."""
    lines = [f"{counted(len(bench.test), 'row')} held out; each variant is trained and measured alike:"]
    seen: set[str] = set()
    for name in dict.fromkeys(trial.variant for trial in trials if trial.steps):
        of_it = [trial for trial in trials if trial.variant == name]
        first = of_it[0]
        rows = sum(len(trial.rows) for trial in of_it) / len(of_it)
        reused, same = (sum(trial.key in known_ for trial in of_it) for known_ in (results, seen))
        seen |= {trial.key for trial in of_it}
        note = "the same rows as another" if same == len(of_it) else f"{reused} done already" if reused else ""
        packs, steps = f"{first.packs:>6,} packs", f"{first.steps:>6,} steps {first.tokens:>12,} tokens"
        lines.append(f"  {name:<22} {rows:>8,.0f} rows {packs} {steps} x {len(of_it)} seeds  {note}".rstrip())
    return lines


def _questions(full: Rows, shared: Shared) -> list[Question]:
    """Take the held-out rows as they are asked."""
    wanted = {(row.row, row.id): place for place, row in enumerate(shared.test)}
    found: dict[int, Question] = {}
    for row, name, messages in conversations(full):
        if (row, name) in wanted:
            last = last_answer(messages)
            found[wanted[row, name]] = Question(tuple(messages[:last]), messages[last].content)
    return [found[place] for place in range(len(shared.test))]


def _write(report: StudyReport) -> None:
    from train.study.markdown import markdown
    from train.study.page import render_page

    write_json(report.out / "study.json", report.summary())
    write_text(report.out / "summary.md", markdown(report))
    write_text(report.page, render_page(report))
