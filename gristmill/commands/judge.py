"""`gristmill judge`: a language model says which of two answers is better, and is judged itself."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import add_client, add_judge_spending, client_config, command, count, judge_spending
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "judge",
        run,
        about="have a language model compare the answers of evaluations",
        example="gristmill judge run/evaluation --client openai --model gpt-4o-mini -o verdicts",
    )
    parser.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="folders of evaluations: base and tuned of the first, tuned of the others",
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="OUT", help="folder to write")
    parser.add_argument("--max-rows", type=count, metavar="N", help="judge at most N rows")
    parser.add_argument(
        "--controls", type=count, default=20, metavar="N", help="most rows of each control; default: %(default)s"
    )
    parser.add_argument(
        "--max-tokens", type=count, default=300, metavar="N", help="longest reply; default: %(default)s"
    )
    parser.add_argument(
        "--longest", type=count, default=4_000, metavar="N", help="characters of a text to show; default: %(default)s"
    )
    parser.add_argument("--prompt", default="", metavar="FILE", help="Jinja file in place of our prompt")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    add_client(parser, title="who judges")
    add_judge_spending(parser)


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Judge, and tell who is better and how far to rely on it."""
    from gristmill.clients import open_client
    from gristmill.commands.arguments import existing
    from gristmill.config import read_config
    from gristmill.judging import judge_folders
    from train.judge import JudgeConfig

    names = ("seed", "max_rows", "controls", "max_tokens", "longest", "prompt")
    config = read_config(JudgeConfig, {name: getattr(args, name) for name in names}, where="the command line")
    folders = existing(args.folders)
    client = open_client(client_config(args), console.progress, beside=args.out)
    judged = judge_folders(
        folders,
        args.out,
        client,
        config=config,
        spending=judge_spending(args),
        say=console.say,
        progress=console.progress,
    )
    if len(folders) > 1:
        console.say(
            f"{judged.common} rows are in all {len(folders)} evaluations; {judged.left_out} others are left out"
        )
    console.say(judged.report.text())
    console.say(f"The page: {args.out / 'judge.html'}")
    return {"out": str(args.out), "page": str(args.out / "judge.html"), **judged.report.summary()}
