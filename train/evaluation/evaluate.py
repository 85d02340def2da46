"""Base against tuned on the rows that neither was trained on: the same prompts, greedy decoding, paired intervals."""

import gc
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas import InputError
from schemas.atomic import make_folder, write_json
from schemas.counted import counted
from schemas.parquet import read_table, write_table
from schemas.progress import Progress, silent
from train.evaluation.answers import Reply, replies
from train.evaluation.asked import Asked, Selection, held_out, of_file, select
from train.evaluation.checks import plain_checks
from train.evaluation.config import EvaluateConfig
from train.evaluation.errors import Check, find_errors
from train.evaluation.guardrails import REFUSED, guardrails, read_guardrails
from train.evaluation.measures import MEASURES, Comparison, compare, medians
from train.evaluation.nearest import nearest
from train.evaluation.notes import notes
from train.evaluation.record import VERSION, answers_digest, earlier, kept_sections, show
from train.evaluation.report import EvaluationReport, headline
from train.evaluation.slices import slices
from train.evaluation.table import ANSWERS_SCHEMA, Embedder, records
from train.finished import Models, find_models, read_run
from train.folder import fingerprint, load_config, require
from train.journal import Journal
from train.metrics_log import read_metrics
from train.model import LocalModel, context_length, load_network

_LARGEST = 700.0  # e to the power of more is no float


def evaluate(
    run: Path,
    out: Path,
    *,
    config: EvaluateConfig,
    checks: Sequence[Check] = (),
    embedder: Embedder | None = None,
    progress: Progress = silent,
) -> EvaluationReport:
    """Compare the base model of a run with its tuned model on the run's held-out rows, or on other ones.

    Writes answers.parquet, evaluation.json, page.html, summary.md, and the journal answers.jsonl that lets a killed
    evaluation go on. The models are loaded one after the other. Where the folder holds the evaluation of the very same
    things, page and summary are written again and no model is loaded.

    Args:
        run: Folder of a finished run.
        out: Folder to write.
        config: Settings.
        checks: Checks of the answers besides those that need nothing but the answer.
        embedder: Gives the embedding similarity and the nearest training rows; None leaves the one out and compares
            words for the other.
        progress: Shows how far it is.

    Raises:
        InputError: `run` is no finished run, or there is nothing to ask.
        LLMError: A question cannot be answered.
        OutputError: A file cannot be written.
    """
    require("torch", "transformers", "matplotlib", "sacrebleu")
    record = read_run(run)
    every = (*plain_checks(), *checks)
    made_from = _made_from(run, record, config, every, embedder)
    if done := earlier(out, made_from):
        show(out, done)
        return EvaluationReport.read(out, done)
    models = find_models(run, record)
    chosen, guards = _choose(run, models, config)
    make_folder(out)
    rows = _ask(models, [*chosen.asked, *guards.asked], out, config=config, embedder=embedder, progress=progress)
    rows, extra = rows[: len(chosen.asked)], rows[len(chosen.asked) :]
    result = _result(rows, extra, every, config)
    near = nearest([row["last_question"] for row in rows], read_table(run / "train.parquet"), embedder=embedder)
    for row, found in zip(rows, near, strict=True):
        row["nearest"] = [each._asdict() for each in found]
    kind = "held-out row" if config.data is None else "row"
    asked = counted(len(rows), kind) + (f" of {config.data.name}" if config.data else "")
    whole = {
        "version": VERSION,
        "base": models.names[0],
        "tuned": models.names[1],
        "rows": len(rows),
        "asked": asked,
        "headline": headline({name: Comparison.read(each) for name, each in result["measures"].items()}, asked),
        "notes": notes(record, chosen, guards, rows, config, embedder),
        **result,
        "nearest_by": "TF-IDF of the words" if embedder is None else "embedding",
        "settings": config.plain(),
        "made_from": made_from,
        "training": record,
        "preflight": json.loads((run / "preflight.json").read_text(encoding="utf-8")),
        "loss": [[step["step"], step["loss"]] for step in read_metrics(run / "metrics.jsonl")],
        "sections": kept_sections(out, {"base": models.names[0], "tuned": models.names[1]}),
    }
    write_table(out / "answers.parquet", pa.Table.from_pylist(rows, schema=ANSWERS_SCHEMA))
    write_json(out / "evaluation.json", {**whole, "answers": answers_digest(out)})
    show(out, whole)
    return EvaluationReport.read(out, whole)


def _choose(run: Path, models: Models, config: EvaluateConfig) -> tuple[Selection, Selection]:
    """Choose what to ask: held-out rows or the user's, and questions to refuse.

    Raises:
        InputError: There is nothing to ask.
    """
    context = context_length(load_config(models.folders[1]), models.renderer)
    rows = held_out(run) if config.data is None else of_file(config.data)
    chosen = select(rows, models.renderer, context=context, most=config.max_rows, seed=config.seed)
    if not chosen.asked:
        raise InputError(
            f"of {counted(chosen.left_out, 'row')} none can be asked: each cannot be read, has no answer, or is longer "
            "than the model reads",
            where=str(config.data or run / "heldout.parquet"),
            mend="Name a file of other questions with --data",
        )
    if config.guardrails is None:
        return chosen, Selection([], 0)
    extra = read_guardrails(config.guardrails)
    return chosen, select(extra, models.renderer, context=context, most=None, seed=config.seed)


def _ask(
    models: Models,
    asked: Sequence[Asked],
    out: Path,
    *,
    config: EvaluateConfig,
    embedder: Embedder | None,
    progress: Progress,
) -> list[dict[str, Any]]:  # Any: rows of answers.parquet
    """Have both models answer everything, and measure the answers."""
    journal = Journal(out / "answers.jsonl")
    found: list[list[Reply]] = []
    for folder, name in zip(models.folders, models.names, strict=True):
        found.append(
            replies(
                [each.question for each in asked],
                journal,
                name=name,
                load=lambda folder=folder, name=name: LocalModel(load_network(folder), models.renderer, name=name),  # type: ignore[misc] # the loop's values are bound
                max_tokens=config.max_tokens,
                progress=progress,
            )
        )
        gc.collect()  # one model's memory is free before the next is loaded
    return records(asked, *found, embedder=embedder)


def _result(
    rows: Sequence[dict[str, Any]], extra: Sequence[dict[str, Any]], checks: Sequence[Check], config: EvaluateConfig
) -> dict[str, Any]:  # Any: rows of answers.parquet, values of JSON
    """Count and compare."""
    compared = {name: compare(rows, name, seed=config.seed) for name in MEASURES}
    measures = {name: each for name, each in compared.items() if each is not None}
    nll = measures.get("nll")
    refused = next((check for check in checks if check.name == REFUSED), None)
    return {
        "measures": {name: each.plain() for name, each in measures.items()},
        "medians": {"length_ratio": medians(rows, "length_ratio")},
        "perplexity": {
            "base": None if nll is None else _perplexity(nll.base.mean),
            "tuned": None if nll is None else _perplexity(nll.tuned.mean),
        },
        "gold_tokens": sum(row["gold_tokens"] for row in rows) / len(rows),
        "errors": [each.plain() for each in find_errors(rows, checks, seed=config.seed)],
        "slices": [each.plain() for each in slices(rows, seed=config.seed)],
        "guardrails": guardrails([*rows, *extra], refused, seed=config.seed).plain(),
    }


def _perplexity(nll: float) -> float | None:
    return None if math.isnan(nll) else math.exp(min(nll, _LARGEST))


def _made_from(
    run: Path,
    record: Mapping[str, Any],
    config: EvaluateConfig,
    checks: Sequence[Check],
    embedder: Embedder | None,
) -> dict[str, Any]:  # Any: as above
    """Put down all that the outcome depends on."""
    return {
        **record["made_from"],
        "tuned": fingerprint(run / "merged"),
        "settings": config.plain(),
        "rows": _digest(config.data or run / "heldout.parquet"),
        "guardrails": "" if config.guardrails is None else _digest(config.guardrails),
        "checks": [f"{check.name}: {check.meaning}" for check in checks],
        "embedder": "" if embedder is None else embedder.fingerprint,
    }


def _digest(path: Path) -> str:
    """Hash a file, or the rows of a curated folder.

    Raises:
        InputError: It is missing.
    """
    file = path / "curated.parquet" if path.is_dir() else path
    try:
        with file.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()[:16]
    except OSError as error:
        raise InputError("no such file, or it cannot be read", where=str(file), mend="Check the path") from error
