"""`gristmill audit`: what is in some rows, as one page."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command, existing
from gristmill.commands.curate import add_rows, chosen_stages, reading
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "audit",
        run,
        about="tell what is in some rows, as one page, and change nothing",
        example="gristmill audit pairs.parquet -o report.html",
    )
    add_rows(parser)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="page to write, as report.html")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Judge the rows, and write the page."""
    from curate import Pipeline
    from gristmill.stages import with_journal

    existing([Path(name) for name in args.files if not name.startswith("hub:")])
    stages, seed = chosen_stages(args, console)
    pipeline = Pipeline(with_journal(stages, args.out), seed=seed, diversity=True)
    report = pipeline.audit(*args.files, out=args.out, **reading(args, console))
    console.say(report.text())
    console.say(f"Nothing was dropped. The page: {args.out}")
    return {**report.summary(), "page": str(args.out)}
