"""Running the harness: one task and one model at a time, each result kept as soon as it is there."""

import contextlib
import gc
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from schemas import InputError
from schemas.atomic import make_folder, write_json
from schemas.progress import Progress, silent
from train.finished import find_models, read_run
from train.folder import first_line
from train.harness.config import BenchConfig
from train.harness.model import Contestant, Prompting, check_installed, open_model, prompting, quiet_harness, too_long
from train.harness.report import BenchReport, LeftOut, lines
from train.harness.results import kept
from train.harness.rows import RowTask, read_row_task

_FIRST = 5


class _Task(NamedTuple):
    """A task by its name in the harness, or made of rows."""

    name: str
    rows: RowTask | None = None


def of_run(run: Path, name: str = "") -> tuple[Contestant, Contestant]:
    """Give base and tuned of a finished run, both to be asked with the tuned model's tokenizer and template.

    Args:
        run: The run.
        name: Put in front of `base` and `tuned`, where there are several runs.

    Raises:
        InputError: It is no finished run, or one of its models has changed.
    """
    (base, tuned), _, _ = find_models(run, read_run(run))
    head = f"{name} " if name else ""
    return Contestant(f"{head}base", base, tuned), Contestant(f"{head}tuned", tuned, tuned)


def bench(models: Sequence[Contestant], out: Path, *, config: BenchConfig, progress: Progress = silent) -> BenchReport:
    """Run tasks of the harness on models, and compare each with the first.

    Writes bench.json, and each result with its rows into results/, from where a killed run goes on.

    Args:
        models: The models, at least one.
        out: Folder to write.
        config: The settings.
        progress: Shows how far it is.

    Raises:
        InputError: A task is unknown, its data cannot be had, or a model cannot be loaded.
        MissingExtraError: The harness is not installed.
        OutputError: A file cannot be written.
    """
    check_installed()
    tasks = [*(_Task(name) for name in config.tasks), *(_Task(*_named(path)) for path in config.data)]
    names = [task.name for task in tasks]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"two tasks are called {twice[0]}", mend="Name each once, or rename a file")
    asked = [prompting(model, chat_template=config.chat_template) for model in models]
    make_folder(out / "results")
    places = {
        (model.name, task.name): out / "results" / f"{_key(model, how, task, config)}.json"
        for model, how in zip(models, asked, strict=True)
        for task in tasks
    }
    reused = sum(path.is_file() for path in places.values())
    with progress("Benchmarks", len(places) - reused, "tasks") as bar:
        manager = _manager(tasks, config) if reused < len(places) else None
        for model, how in zip(models, asked, strict=True):
            missing = [task for task in tasks if not places[model.name, task.name].is_file()]
            opened = open_model(model, batch_size=config.batch_size) if missing else None
            for task in missing:
                bar.note(f"{model.name}, {task.name}")
                write_json(places[model.name, task.name], _ask(opened, task, how, manager, config))
                bar.advance()
            del opened
            gc.collect()  # one model's memory is free before the next is loaded
    results = {place: json.loads(path.read_text(encoding="utf-8")) for place, path in places.items()}
    found = [
        line for task in tasks for line in lines([results[model.name, task.name] for model in models], seed=config.seed)
    ]
    report = BenchReport(
        out=out,
        models=tuple(model.name for model in models),
        lines=tuple(found),
        notes=tuple(_notes(models, asked, tasks, results, config)),
        left_out=tuple(
            LeftOut(task.name, reason, len(rows), tuple(rows[:_FIRST]))
            for task in tasks
            if task.rows is not None
            for reason, rows in task.rows.left_out.items()
        ),
        reused=(reused, len(places)),
    )
    write_json(out / "bench.json", {"settings": _settings(config), "lm_eval": version("lm_eval"), **report.summary()})
    return report


def _named(path: Path) -> tuple[str, RowTask]:
    task = read_row_task(path)
    return task.name, task


def _key(model: Contestant, how: Prompting, task: _Task, config: BenchConfig) -> str:
    """Name a result by everything that decides it."""
    own = _folder_digest(config.include_path) if config.include_path is not None else ""
    whole = [
        version("lm_eval"),
        model.weights,
        how,
        task.name,
        task.rows.digest if task.rows is not None else own,
        config.limit,
        config.fewshot,
        config.max_tokens,
        config.seed,
    ]
    return f"{task.name}-{hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]}".replace("/", "_")


def _folder_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.suffix in {".yaml", ".yml", ".py"}):
        digest.update(f"{path.relative_to(folder)}:".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _manager(tasks: Sequence[_Task], config: BenchConfig) -> Any:  # Any: the harness has no types
    """Find the tasks and their data before a model is loaded.

    Raises:
        InputError: A task is unknown, or its data cannot be had.
    """
    if config.include_path is not None and not config.include_path.is_dir():
        raise InputError("no such folder of tasks", where=str(config.include_path), mend="Check the path")
    with quiet_harness():
        from lm_eval.tasks import TaskManager  # type: ignore[import-untyped] # it has none

        own = None if config.include_path is None else str(config.include_path)
        manager = TaskManager(include_path=own, include_defaults=False)
        named = [task.name for task in tasks if task.rows is None]
        if not set(named) <= set(manager.all_tasks):  # reading the harness' own 14,000 takes half a minute
            manager = TaskManager(include_path=own)
        for name in named:
            if name not in manager.all_tasks:
                near = _near(name, manager.all_tasks)
                raise InputError(f"there is no task {name!r}", where="tasks", mend=near)
            _load(manager, name)
    return manager


def _load(manager: Any, name: str) -> None:  # Any: as above
    try:
        with contextlib.redirect_stdout(None):
            manager.load([name])
    except Exception as error:
        reached = isinstance(error, OSError) or "Couldn't" in str(error) or "offline" in str(error).lower()
        raise InputError(
            f"its data cannot be had ({first_line(error)})" if reached else f"it cannot be used ({first_line(error)})",
            where=f"task {name}",
            mend="Run it once where there is a network (the data is then kept in the hub's cache), or bring rows of "
            "your own with --data or --include-path"
            if reached
            else "Check the task's YAML",
        ) from error


def _near(name: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else "List all with: lm_eval ls tasks"


def _ask(
    model: Any, task: _Task, how: Prompting, manager: Any, config: BenchConfig
) -> dict[str, Any]:  # Any: the harness has no types, and the result is JSON
    """Run one task on one model, and keep of it what is compared."""
    with quiet_harness():
        from lm_eval import simple_evaluate  # type: ignore[import-untyped] # it has none

        spec = task.name if task.rows is None else task.rows.config(chat=how.chat, max_tokens=config.max_tokens)
        seeds = dict.fromkeys(
            ("random_seed", "numpy_random_seed", "torch_random_seed", "fewshot_random_seed"), config.seed
        )
        found = simple_evaluate(
            model=model,
            tasks=[spec],
            task_manager=manager,
            limit=config.limit,
            num_fewshot=config.fewshot,
            apply_chat_template=how.chat,
            log_samples=True,
            bootstrap_iters=1000,
            **seeds,
        )
    return kept(task.name, found, cut=sum(too_long(model, some) for some in found["samples"].values()))


def _notes(
    models: Sequence[Contestant],
    asked: Sequence[Prompting],
    tasks: Sequence[_Task],
    results: Mapping[tuple[str, str], Mapping[str, Any]],
    config: BenchConfig,
) -> list[str]:  # Any: values of JSON
    """Say what limits the comparison."""
    found = []
    if any(result["limited"] for result in results.values()):
        found.append(f"at most {config.limit} rows of each task were asked: these are not the tasks' own numbers")
    if len({how.chat for how in asked}) > 1:
        bare = ", ".join(model.name for model, how in zip(models, asked, strict=True) if not how.chat)
        found.append(f"asked as bare text, for want of a chat template: {bare}")
    for task in tasks:
        if len({results[model.name, task.name]["prompts"] for model in models}) > 1:
            found.append(f"{task.name}: the models were asked with different prompts")
        cut = max(results[model.name, task.name]["too_long"] for model in models)
        if cut:
            found.append(f"{task.name}: {cut} prompts are longer than a model reads; the harness cuts their beginning")
    return found


def _settings(config: BenchConfig) -> dict[str, Any]:  # Any: values of JSON
    return {
        "seed": config.seed,
        "tasks": list(config.tasks),
        "data": [str(path) for path in config.data],
        "include_path": None if config.include_path is None else str(config.include_path),
        "limit": config.limit,
        "fewshot": config.fewshot,
        "chat_template": config.chat_template,
        "max_tokens": config.max_tokens,
    }
