"""`gristmill generate`: documents in, grounded question-answer pairs out."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command, existing_documents
from gristmill.commands.generation import add_generation, add_spending, generation, resources
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
    add_generation(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="Parquet file to write")
    add_spending(parser)


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Generate, and tell what came of it."""
    from generate import generate
    from gristmill.steps import alone_in

    documents = existing_documents(args.documents)
    with alone_in(args.out.parent):  # two runs into one folder would pay for every answer twice
        config, client = generation(args, console, beside=(args.journal or args.out).parent)
        report = generate(
            documents,
            args.out,
            config=config,
            client=client,
            resources=resources(args, console),
            progress=console.progress,
        )
    console.say(report.text())
    return report.summary()
