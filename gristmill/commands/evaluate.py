"""`gristmill evaluate`: the base model against the tuned one, on rows that neither was trained on."""

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.commands.arguments import add_judge_spending, command, count, judge_spending
from gristmill.console import Console

if TYPE_CHECKING:
    from gristmill.judging import EvaluationJudge


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
    add_judge(parser)


def add_judge(parser: argparse.ArgumentParser) -> None:
    """Add the flags of a model that compares the answers; `gristmill judge` has the rest."""
    group = parser.add_argument_group("who judges", "a language model that compares the answers, in both orders")
    group.add_argument("--judge", choices=("embedded", "openai", "vllm"), help="default: nobody")
    group.add_argument("--judge-model", metavar="NAME", help="model of the server; else a model folder or hub name")
    group.add_argument("--judge-base-url", metavar="URL", help="address of the server; default: OPENAI_BASE_URL")
    group.add_argument("--judge-max-rows", type=count, metavar="N", help="judge at most N rows")
    add_judge_spending(parser, prefix="judge-")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Evaluate, and tell which model does better."""
    from gristmill.clients import check_client
    from gristmill.config import read_config
    from gristmill.evaluation import evaluate_run
    from train import EvaluateConfig

    settings = {name: getattr(args, name) for name in ("max_tokens", "max_rows", "seed", "data", "guardrails")}
    config = read_config(EvaluateConfig, settings, where="the command line")
    out = args.out or args.folder / "evaluation"
    judge = None if args.judge is None else _judge(args)
    if judge is not None:
        check_client(judge.client)
    report = evaluate_run(args.folder, out, config=config, progress=console.progress)
    console.say(report.text())
    if judge is None:
        return report.summary()
    judged = judge.on(out, console.progress, say=console.say)
    console.say(judged.text())
    return {**report.summary(), "judge": judged.summary()}


def _judge(args: argparse.Namespace) -> "EvaluationJudge":
    """Read the flags of the judge, before the evaluation begins."""
    from gristmill.judging import read_judge

    client = {"client": args.judge, "model": args.judge_model, "base_url": args.judge_base_url}
    own = {} if args.judge_max_rows is None else {"max_rows": args.judge_max_rows}
    judge = read_judge({**client, **own}, seed=args.seed, where="the command line, --judge")
    return dataclasses.replace(judge, spending=judge_spending(args, prefix="judge_"))
