"""`gristmill generate`: documents in, grounded question-answer pairs out."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import add_client, client_config, command, count, existing
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "generate",
        run,
        about="make grounded question-answer pairs from documents",
        example="gristmill generate docs -o pairs.parquet --strategy template --examples 20",
    )
    parser.add_argument("documents", nargs="+", type=Path, metavar="DOCS", help="folders and files to read")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="Parquet file to write")
    parser.add_argument("--strategy", choices=("question", "template"), default="question", help="default: %(default)s")
    parser.add_argument(
        "--examples", type=count, metavar="N", help="accepted examples wanted; default: one per section"
    )
    parser.add_argument(
        "--section-tokens", type=count, default=400, metavar="N", help="longest section; default: %(default)s"
    )
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument(
        "--journal", type=Path, metavar="FILE", help="file that keeps every answer; default: beside the output"
    )
    add_client(parser)


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Generate, and tell what came of it."""
    from generate import GenerateConfig, generate
    from gristmill.clients import open_client, suited
    from gristmill.config import read_config

    settings = {name: getattr(args, name) for name in ("strategy", "examples", "section_tokens", "seed")}
    who = client_config(args)
    config = suited(read_config(GenerateConfig, settings, where="the command line"), who)
    client = (
        None
        if config.strategy == "template"
        else open_client(who, console.progress, beside=(args.journal or args.out).parent)
    )
    report = generate(
        existing(args.documents),
        args.out,
        config=config,
        client=client,
        journal=args.journal,
        progress=console.progress,
    )
    console.say(report.text())
    return report.summary()
