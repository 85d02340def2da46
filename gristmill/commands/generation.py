"""What `generate` and `plan` share on their command lines."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.commands.arguments import add_client, client_config, count
from gristmill.console import Console

if TYPE_CHECKING:
    from generate import GenerateConfig, Resources
    from schemas.chat import Client

_SETTINGS = (
    "strategy",
    "examples",
    "per_document",
    "samples",
    "repair",
    "section_tokens",
    "seed",
    "prompts",
    "include",
    "exclude",
)


def add_generation(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what is made, out of what, by whom."""
    parser.add_argument("documents", nargs="+", type=Path, metavar="DOCS", help="folders and files to read")
    parser.add_argument(
        "--strategy",
        default="question",
        metavar="NAMES",
        help="one, or several with their shares, as in question=3,pairs=1; default: %(default)s",
    )
    parser.add_argument(
        "--examples", type=count, metavar="N", help="accepted examples wanted; default: one per section"
    )
    parser.add_argument("--per-document", type=count, metavar="N", help="most examples out of one document")
    parser.add_argument(
        "--samples",
        type=count,
        default=3,
        metavar="N",
        help="most times to ask about one section to reach --examples; default: %(default)s",
    )
    parser.add_argument(
        "--repair", action="store_true", help="ask once more, with the reason, for what is not grounded"
    )
    parser.add_argument(
        "--section-tokens", type=count, default=400, metavar="N", help="longest section; default: %(default)s"
    )
    parser.add_argument("--prompts", type=Path, metavar="DIR", help="folder of prompts that take the place of ours")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument(
        "--include", action="append", default=[], metavar="PATTERN", help="read only such files, as in .gitignore"
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave such files out")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="file that keeps every answer")
    parser.add_argument("--prices", type=Path, metavar="FILE", help="table of prices that goes before ours")
    add_client(parser)


def add_spending(parser: argparse.ArgumentParser) -> None:
    """Add the flags of the judge and of the budget."""
    group = parser.add_argument_group("who judges", "a second model that sees the passage, the question and the answer")
    group.add_argument("--judge", metavar="NAME", help="model of an OpenAI-compatible server; default: nobody")
    group.add_argument("--judge-base-url", metavar="URL", help="address of that server; default: that of the writer")
    group = parser.add_argument_group("what may be spent", "kept aside before a request leaves, so never overrun")
    group.add_argument("--budget-usd", type=float, metavar="DOLLARS", help="most dollars")
    group.add_argument("--max-requests", type=count, metavar="N", help="most requests")
    group.add_argument("--max-tokens", type=count, metavar="N", help="most tokens, read and written together")


def generation(
    args: argparse.Namespace, console: Console, *, asking: bool = True, beside: Path = Path()
) -> tuple["GenerateConfig", "Client | None"]:
    """Read those flags: the settings, and who writes.

    Args:
        args: The command line.
        console: Where the user sees how a model is fetched.
        beside: Folder for the record of submitted batches.
        asking: Whether the model is going to be asked; where it is not, it is not fetched either.
    """
    from gristmill.clients import NotFetched, open_client, suited
    from gristmill.embedded import is_fetched
    from gristmill.recipe import generate_config

    who = client_config(args)
    settings = {name: getattr(args, name) for name in _SETTINGS}
    config = suited(generate_config(settings, where="the command line"), who)
    if not config.asks:
        return config, None
    if not asking and who.client != "openai" and who.model is None and not is_fetched():
        return config, NotFetched()
    return config, open_client(who, console.progress, beside=beside)


def resources(args: argparse.Namespace, console: Console) -> "Resources":
    """Read the flags of the judge and of the budget."""
    from generate import Budget, Resources
    from gristmill.clients import check_key, open_client
    from gristmill.recipe import ClientConfig

    judge = None
    if args.judge is not None:
        address = args.judge_base_url or args.base_url
        judge = open_client(
            ClientConfig(
                client="openai",
                model=args.judge,
                base_url=address,
                concurrency=args.concurrency,
                timeout=args.timeout,
            ),
            console.progress,
        )
        check_key(judge.route)
    return Resources(
        judge=judge,
        budget=Budget(usd=args.budget_usd, requests=args.max_requests, tokens=args.max_tokens),
        prices=args.prices,
        journal=args.journal,
    )
