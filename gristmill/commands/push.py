"""`gristmill push`: a tuned model goes to the hub."""

import argparse
from pathlib import Path
from typing import Any

from gristmill.commands.arguments import command
from gristmill.console import Console


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "push",
        run,
        about="upload a tuned model to the model hub, private unless asked otherwise",
        example="gristmill push run --to org/name",
    )
    parser.add_argument("folder", type=Path, metavar="RUN", help="folder of a training run")
    parser.add_argument("--to", required=True, metavar="ORG/NAME", help="its name on the hub")
    parser.add_argument("--adapter", action="store_true", help="the adapter alone, in place of the merged model")
    parser.add_argument("--public", action="store_true", help="make a new repository public")


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Upload, and tell where it is."""
    from train import push

    address = push(args.folder, args.to, adapter=args.adapter, public=args.public)
    console.say(f"Uploaded: {address}")
    return {"to": args.to, "commit": address}
