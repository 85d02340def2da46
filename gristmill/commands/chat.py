"""`gristmill chat`: ask the tuned model, or several models side by side."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.commands.arguments import command, count
from gristmill.console import Console

if TYPE_CHECKING:
    from schemas.chat import Client
    from schemas.example import Message


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "chat",
        run,
        about="ask a model, or base and tuned side by side",
        example='gristmill chat run --compare --ask "How many days of leave do I have?"',
    )
    parser.add_argument(
        "models", nargs="+", metavar="RUN_OR_MODEL", help="run folder, model folder, hub name or `embedded`"
    )
    parser.add_argument("--compare", action="store_true", help="show the base model of a run beside the tuned one")
    parser.add_argument(
        "--ask", action="append", default=[], metavar="QUESTION", help="ask this and stop; may be repeated"
    )
    parser.add_argument(
        "--max-tokens", type=count, default=128, metavar="N", help="longest answer; default: %(default)s"
    )


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Hold the conversation: what `--ask` says, or line by line from standard input."""
    from train import LocalModel

    models = {label: LocalModel.load(folder) for label, folder in _named(args, console)}
    history: dict[str, list[Message]] = {label: [] for label in models}
    turns = []
    for question in args.ask or _typed(console):
        answers = {}
        for label, model in models.items():
            if args.ask:
                history[label] = []
            answers[label] = _answer(model, history[label], question, args.max_tokens)
            console.say(f"{label}: {answers[label]}" if len(models) > 1 else answers[label])
        if len(models) > 1:
            console.say()
        turns.append({"question": question, "answers": answers})
    return {"turns": turns}


def _named(args: argparse.Namespace, console: Console) -> Iterable[tuple[str, str]]:
    """Give each model's label and folder; with `--compare`, the base of a run comes before it."""
    from gristmill.models import model_folder
    from train.finished import find_models, read_run

    for name in args.models:
        of_run = (Path(name) / "training.json").is_file()
        if args.compare and of_run:
            record = read_run(Path(name))
            base, _ = find_models(Path(name), record).folders
            yield f"base ({Path(record['settings']['model']).name})", str(base)
        label = f"tuned ({Path(name).name})" if of_run else Path(name).name
        yield label, model_folder(name, console.progress)


def _typed(console: Console) -> Iterable[str]:
    """Read questions until the input ends or an empty line comes."""
    live = sys.stdin.isatty()
    if live:
        console.say("Ask away; an empty line ends the conversation.")
    while True:
        if live:
            sys.stderr.write("> ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line.strip():
            if line and not live:
                continue
            return
        yield line.strip()


def _answer(model: "Client", history: "list[Message]", question: str, max_tokens: int) -> str:
    """Ask one model the next turn of its conversation."""
    from schemas.chat import ChatRequest, ChatResponse
    from schemas.example import Message

    history.append(Message("user", question))
    _, outcome = next(iter(model.complete([ChatRequest(messages=tuple(history), max_tokens=max_tokens)])))
    if not isinstance(outcome, ChatResponse):
        raise outcome
    history.append(Message("assistant", outcome.text))
    return outcome.text
