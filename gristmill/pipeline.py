"""The whole way: documents to pairs, pairs to curated rows, rows to a tuned model, and base against tuned."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, Any

from gristmill import __version__
from gristmill.console import Console, seconds
from gristmill.recipe import Recipe
from gristmill.steps import Ledger, Step, alone_in, file_digest

if TYPE_CHECKING:
    from generate import GenerateConfig
    from gristmill.judging import EvaluationJudge
    from train import EvaluateConfig, TrainConfig

MakeStep = Callable[[Recipe, Path, Console], Step]


def run_recipe(recipe: Recipe, out: Path, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Do every step whose inputs have changed, and tell where each result lies.

    Raises:
        GristmillError: A step failed; the steps before it are done and stay done.
    """
    from gristmill.commands.arguments import existing

    started = time.monotonic()
    existing([*_mixed(recipe), *_asked(recipe)])  # told now, and not after an hour of generating
    makers: list[MakeStep] = [_generate, _curate]
    if recipe.train is not None:
        makers += [_train, _evaluate]
    results: dict[str, Any] = {}  # Any: as above
    with alone_in(out):
        ledger = Ledger(out)
        for number, make in enumerate(makers, 1):
            begun = time.monotonic()
            step = make(recipe, out, console)
            console.say(f"[{number}/{len(makers)}] {step.name}")
            done = ledger.do(step, before=partial(_check_ahead, recipe, makers[number - 1 :], console))
            console.say(indent(done.summary["text"], "  "))
            console.say("  unchanged, reused\n" if done.reused else f"  done in {seconds(time.monotonic() - begun)}\n")
            results[step.name] = {**done.summary, "reused": done.reused}
    took, peak = time.monotonic() - started, peak_memory()
    console.say(f"All done in {seconds(took)}, with at most {peak / 1e9:.1f} GB of memory. The results:")
    for label, path in _places(out, with_model=recipe.train is not None):
        console.say(f"  {label:<24}{path}")
    return {"steps": results, "seconds": round(took, 1), "peak_bytes": peak}


def _check_ahead(recipe: Recipe, ahead: Sequence[MakeStep], console: Console) -> None:
    """Find out before a step what it and those behind it need: an hour of generating must not end on a missing key.

    Raises:
        GristmillError: Something is missing.
    """
    from gristmill.clients import check_client, check_key
    from gristmill.models import model_folder
    from gristmill.named_models import NamedClient

    if _generate in ahead and recipe.judge is not None and recipe.generate.asks:
        check_client(recipe.judge)
    if _curate in ahead:
        clients = (getattr(stage, "client", None) for stage in recipe.stages)
        for client in clients:
            if isinstance(client, NamedClient):
                check_key(client.route)
    if _train in ahead and recipe.train is not None:
        model_folder(recipe.train.model, console.progress)
    if _evaluate in ahead and recipe.answers_judge is not None:
        check_client(recipe.answers_judge.client)


def peak_memory() -> int:
    """Give the most memory that this process held at once, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _generate(recipe: Recipe, out: Path, console: Console) -> Step:
    from generate import Resources, generate
    from gristmill.clients import open_client, suited
    from gristmill.commands.arguments import existing_documents

    pairs = out / "pairs.parquet"
    documents = existing_documents(list(recipe.documents))
    config = suited(recipe.generate, recipe.client)
    client = open_client(recipe.client, console.progress, beside=out) if config.asks else None
    judge = None if recipe.judge is None else open_client(recipe.judge, console.progress, beside=out)
    resources = Resources(judge=judge, budget=recipe.budget, prices=recipe.prices)

    def work() -> dict[str, Any]:  # Any: whatever JSON can hold
        report = generate(
            documents, pairs, config=config, client=client, resources=resources, progress=console.progress
        )
        return {**report.summary(), "text": report.text()}

    made_from = {
        "version": __version__,
        "settings": repr(config),
        "recipe": config.recipe(),  # with the contents of the files that strategies take
        "route": client.route if client else "",
        "model": client.model if client else "",
        "judge": [judge.route, judge.model] if judge else "",
        "budget": repr(recipe.budget),
        "documents": _corpus_digest(documents, config),
    }
    return Step(
        name="generate",
        made_from=made_from,
        outputs=[pairs, out / "generation.json"],
        work=work,
        is_left=lambda summary: any(failed["retryable"] for failed in summary["failed"]),
    )


def _curate(recipe: Recipe, out: Path, console: Console) -> Step:
    from curate import Pipeline
    from gristmill.stages import with_journal

    pairs, curated = out / "pairs.parquet", out / "curated"

    def work() -> dict[str, Any]:  # Any: whatever JSON can hold
        report = Pipeline(with_journal(recipe.stages, curated), seed=recipe.seed).run(
            pairs, out=curated, progress=console.progress
        )
        return {**report.summary(), "text": report.text()}

    made_from = {
        "version": __version__,
        "stages": [repr(stage) for stage in recipe.stages],
        "files": [stage.fingerprint for stage in recipe.stages if hasattr(stage, "files")],
        "seed": recipe.seed,
        "pairs": file_digest(pairs),
    }
    outputs = [curated / name for name in ("curated.parquet", "decisions.parquet", "report.html")]
    return Step(name="curate", made_from=made_from, outputs=outputs, work=work)


def _train(recipe: Recipe, out: Path, console: Console) -> Step:
    import dataclasses

    from gristmill.models import model_folder
    from gristmill.training import train_run
    from train.folder import fingerprint

    assert recipe.train is not None, "run_recipe leaves the step out"
    data, folder = out / "curated" / "curated.parquet", out / "model"
    config: TrainConfig = dataclasses.replace(recipe.train, model=model_folder(recipe.train.model, console.progress))

    def work() -> dict[str, Any]:  # Any: whatever JSON can hold
        report = train_run(data, folder, config=config, tell=console.say, progress=console.progress)
        return {**report.summary(), "text": report.text()}

    made_from = {
        "version": __version__,
        "settings": repr(recipe.train),
        "data": file_digest(data),
        "model": fingerprint(Path(config.model)) if Path(config.model).is_dir() else "",
        "mix": [file_digest(file) for file in map(_rows_of, _mixed(recipe))],
    }
    outputs = [folder / "training.json", folder / "merged" / "config.json", folder / "heldout.parquet"]
    return Step(name="train", made_from=made_from, outputs=outputs, scratch=[folder], work=work)


def _mixed(recipe: Recipe) -> list[Path]:
    """Give the files and curated folders that training mixes in or holds out; what comes from a hub is none."""
    if recipe.train is None:
        return []
    names = [*(part.data for part in recipe.train.mix), recipe.train.held_out_data]
    return [Path(name) for name in names if name is not None and not name.startswith("hub:")]


def _asked(recipe: Recipe) -> list[Path]:
    """Give the files and curated folders that the evaluation asks."""
    asked = () if recipe.evaluate is None else (recipe.evaluate.data, recipe.evaluate.guardrails)
    return [path for path in asked if path is not None]


def _rows_of(path: Path) -> Path:
    """Give the file that the rows of a curated folder lie in, or the file itself."""
    return path / "curated.parquet" if path.is_dir() else path


def _evaluate(recipe: Recipe, out: Path, console: Console) -> Step:
    from gristmill.evaluation import evaluate_run

    assert recipe.evaluate is not None, "it comes with the training"
    config: EvaluateConfig = recipe.evaluate
    judge = recipe.answers_judge
    run, folder = out / "model", out / "evaluation"

    def work() -> dict[str, Any]:  # Any: whatever JSON can hold
        report = evaluate_run(run, folder, config=config, progress=console.progress)
        if judge is None:
            return {**report.summary(), "text": report.text()}
        judged = judge.on(folder, console.progress, say=console.say)
        return {**report.summary(), "judge": judged.summary(), "text": f"{report.text()}\n{judged.text()}"}

    made_from = {
        "version": __version__,
        "settings": repr(config),
        **({} if judge is None else {"judge": repr(judge), "judge_prompt": _prompt_digest(judge)}),
        "run": file_digest(run / "training.json"),
        "rows": file_digest(run / "heldout.parquet"),
        "files": [file_digest(file) for file in map(_rows_of, _asked(recipe))],
    }
    outputs = [folder / "evaluation.json", folder / "page.html", folder / "summary.md"]
    outputs += [] if judge is None else [folder / "judge.json", folder / "judge.html", folder / "verdicts.parquet"]
    # No scratch: answers and verdicts are kept by what they answer, so other settings still find those that they share.
    return Step(name="evaluate", made_from=made_from, outputs=outputs, work=work)


def _prompt_digest(judge: "EvaluationJudge") -> str:
    """Hash the judge's prompt; empty for ours, which comes with the version."""
    return file_digest(Path(judge.config.prompt)) if judge.config.prompt else ""


def _corpus_digest(documents: Sequence[Path], config: "GenerateConfig") -> dict[str, str]:
    """Hash every file that may be read; one that is too large to be read counts with its size alone."""
    from generate.corpus import File, list_files
    from generate.loaders import UnreadableError

    found = {}
    for item in list_files(documents, include=config.include, exclude=config.exclude):
        if not isinstance(item, File):
            found[str(item.path)] = f"{item.reason}: {item.detail}"
            continue
        try:
            size = item.size
            found[item.id] = (
                f"{size} bytes" if size > config.max_bytes else sha256(item.read(config.max_bytes)).hexdigest()
            )
        except OSError as error:
            found[item.id] = str(error.strerror)
        except UnreadableError as error:
            found[item.id] = f"{error.reason}: {error.detail}"
    return found


def _places(out: Path, *, with_model: bool) -> list[tuple[str, Path]]:
    """Say where each result lies."""
    places = [
        ("question-answer pairs", out / "pairs.parquet"),
        ("curated dataset", out / "curated" / "curated.parquet"),
        ("curation report", out / "curated" / "report.html"),
    ]
    if with_model:
        places += [("tuned model", out / "model" / "merged"), ("base against tuned", out / "evaluation" / "page.html")]
    return places
