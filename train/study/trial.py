"""One training of a study, measured on the held-out rows, and kept on disk the moment it is there."""

import dataclasses
import gc
import hashlib
import json
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from schemas import ChatRequest, LLMError, Message, rouge_l
from schemas.atomic import atomic_folder, make_folder, write_json
from schemas.progress import Progress
from train.config import TrainConfig
from train.digest import digest
from train.evaluation.metrics import token_f1
from train.folder import saving
from train.interval import read_number
from train.merge import save_model
from train.metrics_log import read_metrics
from train.model import LocalModel
from train.pack import pack
from train.plan import refuse_too_large
from train.render import Renderer
from train.rendered import Rendered
from train.sft import fine_tune
from train.start import load_base, plan_run

_NOT_OURS = {"model", "seed", "max_steps", "epochs", "max_length", "over_length", "held_out"} | {
    "save_every",
    "save_minutes",
}
"""Settings that a trial has of its own, or that show in the tokens of its rows."""


class Question(NamedTuple):
    """A held-out row as it is asked: the conversation up to its last answer, and that answer."""

    messages: tuple[Message, ...]
    gold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to train.

    Attributes:
        variant: Name of the size or the ablation; `base` for no training.
        seed: Its seed.
        rows: The rows.
        packs: Packs that they fill.
        steps: Optimiser steps; 0 for no training.
        tokens: About how many tokens these steps read.
        epochs: How often they read each row.
        key: Hash of all that decides the result.
    """

    variant: str
    seed: int
    rows: list[Rendered]
    packs: int
    steps: int
    tokens: int
    epochs: float
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a trial gave.

    Attributes:
        steps: Optimiser steps.
        tokens: Tokens that they read.
        seconds: Time of this process for it.
        first_loss: Loss per trained token at the first step; None for no training.
        last_loss: The same at the last step.
        nll: -log p of the answers of each held-out row, natural, summed over their tokens.
        f1: Token F1 of the answer to each held-out row; None where none were asked for.
        rouge_l: ROUGE-L of them.
    """

    steps: int
    tokens: int
    seconds: float
    first_loss: float | None
    last_loss: float | None
    nll: list[float]
    f1: list[float] | None
    rouge_l: list[float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where trials are done: the model, what it is measured on, and the folder.

    Attributes:
        folder: Folder of the base model.
        renderer: The one renderer.
        test: Held-out rows.
        questions: The same as they are asked; None where no answers are wanted.
        max_tokens: Longest answer.
        length: Tokens of a pack.
        config: Settings of the training.
        out: Folder of the study.
        keep: Keep the weights.
    """

    folder: Path
    renderer: Renderer
    test: Sequence[Rendered]
    questions: Sequence[Question] | None
    max_tokens: int
    length: int
    config: TrainConfig
    out: Path
    keep: bool


def trial_key(bench: Bench, model: str, rows: Sequence[Rendered], *, steps: int, seed: int) -> str:
    """Hash what decides a trial's result: model, rows, settings, held-out rows."""
    settings = {name: value for name, value in asdict(bench.config).items() if name not in _NOT_OURS}
    made_from: dict[str, Any] = {  # Any: whatever JSON can hold
        "model": model,
        "tokenizer": bench.renderer.tokenizer_hash,
        "template": bench.renderer.template.hash,
        "test": digest(bench.test),
        "answers": None if bench.questions is None else bench.max_tokens,
    }
    if steps:
        made_from |= {"rows": digest(rows), "length": bench.length, "steps": steps, "seed": seed, "settings": settings}
    return hashlib.sha256(json.dumps(made_from, sort_keys=True, default=str).encode()).hexdigest()[:16]


def known(out: Path, trial: Trial) -> Result | None:
    """Read the result of a trial that is done; None where it is not, or its file is damaged."""
    try:
        values = json.loads((out / "results" / f"{trial.key}.json").read_text(encoding="utf-8"))
        values["nll"] = [read_number(each) for each in values["nll"]]
        return Result(**{field.name: values[field.name] for field in dataclasses.fields(Result)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def run_trial(bench: Bench, trial: Trial, progress: Progress) -> Result:
    """Do a trial, from its last checkpoint where it was cut short, and write its result.

    The network is measured as it lies in memory: nothing is merged, and nothing saved but what is to be kept.

    Raises:
        InputError: A setting is wrong, or the training does not fit into memory.
        LLMError: A held-out question cannot be answered.
        OutputError: A file cannot be written.
        GristmillError: The loss is not finite.
    """
    started = time.monotonic()
    folder = bench.out / "running" / trial.key
    config = dataclasses.replace(bench.config, seed=trial.seed, max_steps=trial.steps or None)
    steps: list[dict[str, Any]] = []  # Any: numbers of several kinds
    if trial.steps:
        make_folder(folder)
        packed = pack(trial.rows, bench.length)
        plan = plan_run(packed, trial.rows, bench.folder, config=config, out=folder)
        refuse_too_large(plan, where=str(bench.folder), full=config.method == "full")
        network = load_base(bench.folder, config)
        tuned = fine_tune(network, packed, plan, bench.renderer, config=config, folder=folder, progress=progress)
        steps = read_metrics(folder / "metrics.jsonl")
        network = _as_it_was(tuned.model)
    else:
        network = load_base(bench.folder, config)
    model = LocalModel(network, bench.renderer, name=trial.variant)
    scores = model.score(bench.test, progress=progress)
    answers = None if bench.questions is None else _answers(model, bench.questions, bench.max_tokens, progress)
    result = Result(
        steps=trial.steps,
        tokens=sum(step["tokens"] for step in steps),
        seconds=round(time.monotonic() - started, 1),
        first_loss=steps[0]["loss"] if steps else None,
        last_loss=steps[-1]["loss"] if steps else None,
        nll=[score.nll for score in scores],
        f1=None if answers is None else [score[0] for score in answers],
        rouge_l=None if answers is None else [score[1] for score in answers],
    )
    if bench.keep and trial.steps:  # last, for saving casts the network to the base model's own precision
        _keep(bench, network, trial)
    named = {"variant": trial.variant, "seed": trial.seed, "rows": len(trial.rows)}
    write_json(make_folder(bench.out / "results") / f"{trial.key}.json", {**named, **asdict(result)})
    shutil.rmtree(folder, ignore_errors=True)
    del model, network
    gc.collect()  # one network's memory is free before the next is loaded
    return result


def kept_folder(out: Path, trial: Trial) -> Path:
    """Name the folder that a trial's weights are kept in; the key keeps those of other settings apart."""
    name = re.sub(r"[^\w.]+", "-", trial.variant.replace(" %", " percent")).strip("-")
    return out / "models" / f"{name}-seed-{trial.seed}-{trial.key[:8]}"


def _as_it_was(network: Any) -> Any:  # Any: accelerate takes and gives any module
    """Take the trainer's lower precision off a network, so that it is scored as the base model is."""
    from accelerate.utils.other import extract_model_from_parallel  # type: ignore[import-untyped] # it ships no types

    bare: Any = extract_model_from_parallel(network, keep_fp32_wrapper=False)
    return bare.eval()


def _keep(bench: Bench, network: Any, trial: Trial) -> None:  # Any: peft has no types
    out = kept_folder(bench.out, trial)
    if bench.config.method == "full":
        save_model(network.cpu(), bench.folder, out, renderer=bench.renderer, probes=trial.rows)
        return
    with saving(out), atomic_folder(out) as partial:
        network.save_pretrained(str(partial))
        bench.renderer.save(partial)


def _answers(
    model: LocalModel, questions: Sequence[Question], max_tokens: int, progress: Progress
) -> list[tuple[float, float]]:
    """Give token F1 and ROUGE-L of the answer to each question."""
    requests = [ChatRequest(messages=question.messages, max_tokens=max_tokens) for question in questions]
    found = [(0.0, 0.0)] * len(questions)
    with progress("Answering", len(questions), "answers") as bar:
        for position, outcome in model.complete(requests):
            if isinstance(outcome, LLMError):
                raise outcome
            gold = questions[position].gold
            found[position] = (token_f1(outcome.text, gold), rouge_l(outcome.text, gold))
            bar.advance()
    return found
