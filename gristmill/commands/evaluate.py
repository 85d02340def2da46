"""`gristmill evaluate`: the base model against the tuned one, on rows that neither was trained on."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command, count
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "evaluate",
        run,
        about="compare the base model with the tuned one",
        example="gristmill evaluate run -o evaluation",
    )
    parser.add_argument("folder", type=Path, metavar="RUN", help="folder of a training run")
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", help="folder to write; default: RUN/evaluation")
    parser.add_argument(
        "--max-tokens", type=count, default=128, metavar="N", help="longest answer; default: %(default)s"
    )
    parser.add_argument("--max-rows", type=count, metavar="N", help="ask at most N of the rows")
    parser.add_argument(
        "--data", type=Path, metavar="FILE", help="ask these questions and answers in place of the held-out rows"
    )
    parser.add_argument(
        "--guardrails",
        type=Path,
        metavar="FILE",
        help="ask these, too: questions, each with a kind (unanswerable, out_of_scope, unsafe, in_scope)",
    )
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Evaluate, and tell which model does better."""
    from gristmill.config import read_config
    from gristmill.evaluation import evaluate_run
    from train import EvaluateConfig

    settings = {name: getattr(args, name) for name in ("max_tokens", "max_rows", "seed", "data", "guardrails")}
    config = read_config(EvaluateConfig, settings, where="the command line")
    out = args.out or args.folder / "evaluation"
    report = evaluate_run(args.folder, out, config=config, progress=console.progress)
    console.say(report.text())
    return report.summary()
