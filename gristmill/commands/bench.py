"""`gristmill bench`: public benchmarks and tasks of one's own, base against tuned."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.commands.arguments import command, count
from gristmill.console import Console

if TYPE_CHECKING:
    from train.harness import Contestant


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "bench",
        run,
        about="run public benchmarks or tasks of your own on models",
        example="gristmill bench run --tasks arc_easy,hellaswag,mmlu,truthfulqa_mc2 --limit 200 -o benchmarks",
    )
    parser.add_argument(
        "models",
        nargs="+",
        metavar="RUN_OR_MODEL",
        help="run folder (base and tuned), model folder, hub name, embedded",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--tasks", type=_names, default=(), metavar="NAMES", help="tasks and groups of lm-evaluation-harness"
    )
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="rows of your own as a task: question, choices and answer, or question and answer; may be repeated",
    )
    parser.add_argument("--include-path", type=Path, metavar="DIR", help="folder of your own tasks in its YAML")
    parser.add_argument("--limit", type=count, metavar="N", help="ask at most N rows of each task")
    parser.add_argument("--fewshot", type=_from_zero, metavar="N", help="worked examples; default: as the task says")
    parser.add_argument(
        "--no-chat-template", dest="chat_template", action="store_false", help="ask as bare text, without the template"
    )
    parser.add_argument("--batch-size", type=count, default=8, metavar="N", help="rows at once; default: %(default)s")
    parser.add_argument(
        "--max-tokens", type=count, default=128, metavar="N", help="longest answer to --data; default: %(default)s"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Run the tasks, and tell how each model does."""
    from gristmill.commands.arguments import existing
    from gristmill.config import read_config
    from gristmill.steps import alone_in
    from train.evaluation.record import put_section
    from train.harness import BenchConfig, bench
    from train.harness.model import check_installed

    names = ("seed", "tasks", "include_path", "limit", "fewshot", "chat_template", "batch_size", "max_tokens")
    settings = {**{name: getattr(args, name) for name in names}, "data": tuple(existing(args.data))}
    config = read_config(BenchConfig, settings, where="the command line")
    check_installed()
    with alone_in(args.out):
        models = list(_contestants(args.models, console))
        report = bench(models, args.out, config=config, progress=console.progress)
        if (args.out / "evaluation.json").is_file():
            put_section(args.out, report.section())
    console.say(report.text())
    return {"out": str(args.out), **report.summary()}


def _contestants(names: Sequence[str], console: Console) -> "Iterator[Contestant]":
    """Give base and tuned of each run, and each model, every one under a name of its own."""
    from gristmill.models import model_folder
    from train.folder import find_model
    from train.harness import Contestant, of_run

    taken: set[str] = set()
    for name in names:
        if (Path(name) / "training.json").is_file():
            label = "" if len(names) == 1 else Path(name).resolve().name
            found: tuple[Contestant, ...] = of_run(Path(name), label)
        else:
            folder = find_model(model_folder(name, console.progress))
            found = (Contestant(Path(name).name, folder, folder),)
        for each in found:
            free = next(n for n in (each.name, *(f"{each.name}-{k}" for k in range(2, 1_000))) if n not in taken)
            taken.add(free)
            yield each._replace(name=free)


def _names(text: str) -> tuple[str, ...]:
    """Read `arc_easy,hellaswag`."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _from_zero(text: str) -> int:
    """Read a whole number of at least 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number of at least 0 is expected, not {text!r}")
    return int(text)
