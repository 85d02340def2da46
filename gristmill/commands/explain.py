"""`gristmill explain`: the whole story of one row of an earlier run."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "explain",
        run,
        about="tell what became of a row, step by step, and why",
        example="gristmill explain curated 4711",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder that gristmill curate wrote")
    parser.add_argument("row", metavar="ROW", help="number of the row in the input, or its id")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Tell the row's story."""
    from curate import explain

    story = explain(args.folder, args.row)
    console.say(story.text())
    return story.summary()
