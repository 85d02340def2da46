"""`gristmill plan`: what generating would ask for and cost, before the first request."""

import argparse
from typing import TYPE_CHECKING, Any

from gristmill.commands.arguments import command, existing_documents
from gristmill.commands.generation import add_generation, generation
from gristmill.console import Console

if TYPE_CHECKING:
    from generate import Assumptions


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = command(
        commands,
        "plan",
        run,
        about="count what generating would ask for and cost; no model is asked",
        example="gristmill plan docs --strategy question --examples 200",
    )
    add_generation(parser)
    group = parser.add_argument_group("what is taken for granted")
    group.add_argument(
        "--accepted", type=share, default=0.7, metavar="SHARE", help="drafts accepted; default: %(default)s"
    )
    group.add_argument(
        "--written",
        type=share,
        default=0.4,
        metavar="SHARE",
        help="tokens written, of those that a request may write; default: %(default)s",
    )
    group.add_argument(
        "--tokens-per-second",
        type=float,
        metavar="N",
        help="tokens written in a second by all requests in flight; default: 60 embedded, 40 for each in flight",
    )


def run(args: argparse.Namespace, console: Console) -> dict[str, Any]:  # Any: whatever JSON can hold
    """Plan, and tell it."""
    from generate import Resources, plan

    documents = existing_documents(args.documents)
    config, client = generation(args, console, asking=False)
    found = plan(
        documents,
        config=config,
        client=client,
        resources=Resources(prices=args.prices, journal=args.journal),
        assumed=_assumed(args),
        progress=console.progress,
    )
    console.say(found.text())
    return found.summary()


def share(text: str) -> float:
    """Read a share above 0 and up to 1."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"a number above 0 and up to 1 is expected, not {text!r}")
    return value


def _assumed(args: argparse.Namespace) -> "Assumptions":
    """Take the flags, and count with the model's own tokenizer where it lies on this machine."""
    from generate import Assumptions
    from gristmill.tokens import local_count
    from schemas.errors import InputError

    local = args.client != "openai"
    speed = args.tokens_per_second or (60.0 if local else 40.0 * args.concurrency)
    if not speed > 0:
        raise InputError(f"--tokens-per-second is {speed}", mend="Give it a number above 0")
    assumed = {"accepted": args.accepted, "written": args.written, "tokens_per_second": speed}
    counted = local_count(args.model) if local else None
    if counted is None:
        return Assumptions(**assumed)
    return Assumptions(**assumed, count=counted, counts="counted by the model's tokenizer")
