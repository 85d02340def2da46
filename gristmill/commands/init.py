"""`gristmill init`: a recipe, commented, ready to run."""

import argparse
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command, existing_documents
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands, "init", run, about="write a commented recipe", example="gristmill init handbook --docs docs"
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="where; default: this folder"
    )
    parser.add_argument("--docs", type=Path, nargs="+", default=[], metavar="PATH", help="folders and files to read")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Write the recipe, never over one that is there."""
    from schemas.atomic import write_text
    from schemas.errors import InputError

    target = args.folder / "recipe.yaml"
    if target.exists():
        raise InputError("there is a recipe already", where=str(target), mend="Choose another folder, or remove it")
    documents = [os.path.relpath(path, args.folder) for path in existing_documents(args.docs)] or ["docs"]
    listed = "\n".join(f"  - {_quoted(Path(name).as_posix())}" for name in documents)
    template = files("gristmill").joinpath("recipe.template.yaml").read_text(encoding="utf-8")
    write_text(target, template.replace("  - docs\n", listed + "\n", 1))
    console.say(f"Recipe written: {target}")
    if not args.docs:
        console.say(f"Put your documents into {args.folder / 'docs'}, or name other places under `documents`.")
    console.say(f"Then run it:    gristmill run {target} -o {args.folder / 'out'}")
    return {"recipe": str(target)}


def _quoted(name: str) -> str:
    """Write a path so that YAML reads it as it is."""
    return name if name.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum() else repr(name)
