"""What several commands share on their command lines."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.console import Console

if TYPE_CHECKING:
    from gristmill.judge_cost import Spending
    from gristmill.recipe import ClientConfig

Run = Callable[[argparse.Namespace, Console], dict[str, Any]]  # Any: whatever JSON can hold


def command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Run, *, about: str, example: str
) -> argparse.ArgumentParser:
    """Add a command whose `--help` ends with an example, and which takes `--json`."""
    parser = commands.add_parser(
        name,
        help=about,
        description=about[:1].upper() + about[1:] + ".",
        epilog=f"example:\n  {example}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--json", action="store_true", help="print the result as JSON, and nothing else, on standard output"
    )
    parser.set_defaults(run=run)
    return parser


def add_client(parser: argparse.ArgumentParser, *, title: str = "who writes") -> None:
    """Add the flags that choose who answers the requests."""
    group = parser.add_argument_group(title)
    group.add_argument(
        "--client", choices=("embedded", "openai", "vllm"), default="embedded", help="default: %(default)s"
    )
    group.add_argument(
        "--model",
        metavar="NAME",
        help="model of the server; else a model folder or hub name in place of the embedded one",
    )
    group.add_argument("--base-url", metavar="URL", help="address of the server; default: OPENAI_BASE_URL")
    group.add_argument(
        "--concurrency", type=count, default=16, metavar="N", help="requests in flight; default: %(default)s"
    )
    group.add_argument(
        "--timeout",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="how long a server may take for an answer, at first; default: %(default).0f",
    )
    group.add_argument(
        "--batch", action="store_true", help="ask the server through its Batch API: half the price, within a day"
    )
    group.add_argument(
        "--extra-body",
        type=json_object,
        default={},
        metavar="JSON",
        help='further fields of every request to a server: {"chat_template_kwargs": {"enable_thinking": false}}',
    )
    group.add_argument(
        "--vllm",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of vLLM: dtype, max_model_len, gpu_memory_utilization, tensor_parallel",
    )


def add_training(parser: argparse.ArgumentParser, *, steps: str = "stop after N optimiser steps") -> None:
    """Add the flags that say which model is trained and how; `steps` is what `--max-steps` says of itself."""
    parser.add_argument(
        "--model", default="embedded", metavar="NAME", help="model folder or hub name; default: %(default)s"
    )
    parser.add_argument("--max-steps", type=count, metavar="N", help=steps)
    parser.add_argument("--full", action="store_true", help="tune all weights in place of a LoRA adapter")
    parser.add_argument(
        "--set",
        dest="settings",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any other training setting, TRL's SFTConfig included; may be repeated",
    )


def training_settings(args: argparse.Namespace) -> dict[str, Any]:  # Any: checked by TrainConfig
    """Read those flags, but for the model."""
    from gristmill.training_settings import split_settings

    return {
        **split_settings(args.settings),
        **({} if args.max_steps is None else {"max_steps": args.max_steps}),
        **({"method": "full"} if args.full else {}),
    }


def add_judge_spending(parser: argparse.ArgumentParser, *, prefix: str = "") -> None:
    """Add the flags of what a judge may spend; `prefix` stands in front of their names."""
    group = parser.add_argument_group("what judging may spend", "kept aside before a request leaves, so never overrun")
    group.add_argument(f"--{prefix}budget-usd", type=float, metavar="DOLLARS", help="most dollars")
    group.add_argument(f"--{prefix}max-requests", type=count, metavar="N", help="most requests")
    group.add_argument(
        f"--{prefix}budget-tokens", type=count, metavar="N", help="most tokens, read and written together"
    )
    group.add_argument(f"--{prefix}prices", type=Path, metavar="FILE", help="table of prices that goes before ours")


def judge_spending(args: argparse.Namespace, *, prefix: str = "") -> "Spending":
    """Read those flags."""
    from generate import Budget
    from gristmill.judge_cost import Spending

    usd, requests, tokens, prices = (
        getattr(args, f"{prefix}{name}") for name in ("budget_usd", "max_requests", "budget_tokens", "prices")
    )
    return Spending(budget=Budget(usd=usd, requests=requests, tokens=tokens), prices=prices)


def client_config(args: argparse.Namespace) -> "ClientConfig":
    """Read those flags."""
    from gristmill.config import read_config
    from gristmill.recipe import CLIENT_KEYS, ClientConfig

    values = {**{name: getattr(args, name) for name in CLIENT_KEYS}, "vllm": dict(args.vllm)}
    return read_config(ClientConfig, values, where="the command line")


def count(text: str) -> int:
    """Read a whole number of at least 1."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"a whole number of at least 1 is expected, not {text!r}")
    return value


def pairs(text: str) -> dict[str, str]:
    """Read `instruction=prompt,response=reply`."""
    found = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    if len(found) != text.count(",") + 1 or not all(key and value for key, value in found.items()):
        raise argparse.ArgumentTypeError(f"pairs as in instruction=prompt,response=reply are expected, not {text!r}")
    return {key.strip(): value.strip() for key, value in found.items()}


def setting(text: str) -> tuple[str, Any]:  # Any: YAML decides
    """Read `learning_rate=1e-4`; the value is YAML, and a number may be written with an exponent."""
    import yaml

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"NAME=VALUE is expected, not {text!r}")
    try:
        return name.strip(), float(value) if _is_exponent(value) else yaml.safe_load(value)
    except yaml.YAMLError:
        return name.strip(), value


def json_object(text: str) -> dict[str, Any]:  # Any: JSON
    """Read a JSON object."""
    import json

    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"a JSON object is expected, not {text!r}")
    return value


def _is_exponent(value: str) -> bool:
    """Tell whether YAML would take a number such as 1e-4 for text, because it has no point."""
    mantissa, mark, exponent = value.strip().lower().partition("e")
    return bool(mark) and mantissa.lstrip("+-").replace(".", "", 1).isdigit() and exponent.lstrip("+-").isdigit()


def existing(paths: list[Path]) -> list[Path]:
    """Refuse a path that is not there, before any work starts.

    Raises:
        InputError: One is missing.
    """
    from schemas.errors import InputError

    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", where=str(path), mend="Check the path")
    return paths


def dataset(name: str) -> str | Path:
    """Tell a file or a folder, which must be there, from a hub dataset.

    Raises:
        InputError: It is missing.
    """
    return name if name.startswith("hub:") else existing([Path(name)])[0]


def existing_documents(paths: list[Path]) -> list[Path]:
    """Refuse a path that no corpus can be read from, before any work starts.

    Raises:
        InputError: One is missing.
    """
    from generate.corpus import exists

    existing([path for path in paths if not exists(path)])
    return paths
