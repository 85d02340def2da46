"""`gristmill losses`: what each row is to the base and to the tuned model, as columns for curation."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command, dataset
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "losses",
        run,
        about="write each row's loss before and after training beside it",
        example="gristmill losses run -o scored.parquet",
    )
    parser.add_argument("folder", type=Path, metavar="RUN", help="folder of a training run")
    parser.add_argument("data", nargs="?", metavar="DATA", help="rows to score; default: those that the run trained on")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="Parquet file to write")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Score the rows, and tell how their losses are spread."""
    from train.row_losses import row_losses

    data = None if args.data is None else dataset(args.data)
    report = row_losses(args.folder, data, args.out, progress=console.progress)
    console.say(report.text())
    return report.summary()
