"""`gristmill curate`: rows in, the good ones out, and a decision for each."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command, existing, pairs
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "curate",
        run,
        about="judge every row, keep the good ones, account for the others",
        example="gristmill curate pairs.parquet -o curated --stages exact,near,length",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON, JSONL, CSV or Parquet, or hub:OWNER/NAME")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder to write")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--stages", metavar="NAMES", help="stages by name; default: all that suit instruction rows")
    chosen.add_argument("--recipe", type=Path, metavar="FILE", help="take the stages from a recipe")
    parser.add_argument(
        "--columns", type=pairs, metavar="PAIRS", help="name columns, as instruction=prompt,response=reply"
    )
    parser.add_argument("--format", metavar="NAME", help="take the rows to be of this format")
    parser.add_argument(
        "--keep-going", action="store_true", help="set lines that are not JSON aside instead of stopping"
    )


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Curate, and tell what became of the rows."""
    from curate import Pipeline, default_stages
    from gristmill.recipe import read_recipe
    from gristmill.stages import named_stages

    existing([Path(name) for name in args.files if not name.startswith("hub:")])
    if args.recipe is not None:
        stages = read_recipe(args.recipe).stages
    else:
        stages = named_stages(args.stages) if args.stages else tuple(default_stages())
    report = Pipeline(stages).run(
        *args.files,
        out=args.out,
        columns=args.columns,
        format=args.format,
        keep_going=args.keep_going,
        progress=console.progress,
    )
    console.say(report.text())
    return report.summary()
