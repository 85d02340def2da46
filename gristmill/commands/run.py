"""`gristmill run`: the whole recipe, each step once; after Ctrl-C or a crash it goes on from where it was."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "run",
        run,
        about="do all that a recipe says, and skip what is done already",
        example="gristmill run recipe.yaml -o out",
    )
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="the YAML file")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder for all results")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Run the recipe's steps in order."""
    from gristmill.pipeline import run_recipe
    from gristmill.recipe import read_recipe

    return run_recipe(read_recipe(args.recipe), args.out, console)
