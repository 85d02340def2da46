"""The command line: parse, call one command, and turn every error into one sentence and an exit code."""

import argparse
import os
import sys
from collections.abc import Sequence

from gristmill import __version__
from gristmill.commands import audit, chat, curate, evaluate, explain, generate, init, losses, plan, run, study, train
from gristmill.console import Console

_COMMANDS = (init, run, plan, generate, audit, curate, explain, train, evaluate, study, losses, chat)

_EPILOG = """\
example:
  gristmill init project && gristmill run project/recipe.yaml -o project/out

exit codes: 0 done, 1 failed, 2 wrong input
"""


def build_parser() -> argparse.ArgumentParser:
    """Put the commands together."""
    parser = argparse.ArgumentParser(
        prog="gristmill",
        description="From your own documents to a curated dataset and a fine-tuned model, with the evidence.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"gristmill {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    args = build_parser().parse_args(argv)
    console = Console(json=args.json)
    try:
        console.result(args.run(args, console))
    except KeyboardInterrupt:
        console.fail("stopped. What was done so far is kept: run the same command again to go on")
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the outermost place: every error becomes a sentence here
        return _explain(error, console)
    return 0


def _explain(error: Exception, console: Console) -> int:
    """Print one sentence for an error and give its exit code."""
    from schemas.errors import GristmillError

    if isinstance(error, GristmillError):
        console.fail(str(error))
        return error.exit_code
    if os.environ.get("GRISTMILL_DEBUG"):
        raise error
    if isinstance(error, MemoryError):
        console.fail("out of memory. Use a smaller model, fewer rows at once, or a larger machine")
    elif isinstance(error, OSError) and error.filename is not None:
        console.fail(f"{error.filename}: {error.strerror}. Check that it is there and that you may use it")
    else:
        lines = str(error).strip().splitlines() or [""]
        console.fail(
            f"unexpected {type(error).__name__}: {lines[0]}. Set GRISTMILL_DEBUG=1 and run it again to see where, "
            "and please report it"
        )
    return 1
