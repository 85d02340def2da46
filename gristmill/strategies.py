"""The generation strategies by name, as recipes and command lines write them."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gristmill.config import read_config, read_mapping, refuse_unknown
from schemas.errors import InputError

if TYPE_CHECKING:
    from generate.strategies import Strategy

STRATEGIES: Mapping[str, str] = {
    "template": "generate.strategies.template:Template",
    "question": "generate.strategies.question:Question",
    "pairs": "generate.strategies.pairs:Pairs",
    "summarise": "generate.strategies.summarise:Summarise",
    "extract": "generate.strategies.extract:Extract",
    "paraphrase": "generate.strategies.paraphrase:Paraphrase",
}
"""Where each strategy is; it is imported when it is first asked for."""


def read_strategies(values: object, *, where: str) -> tuple["Strategy", ...]:
    """Read the strategies of a run.

    Args:
        values: `question`, `question=3,pairs=1` with shares, or a list of names and of names with their settings.
        where: Its place, for errors.

    Raises:
        InputError: An unknown strategy or setting.
    """
    if isinstance(values, str):
        values = [_shared(part, where) for part in values.split(",") if part.strip()]
    if not isinstance(values, list) or not values:
        raise InputError(
            "strategies are expected", where=where, mend="Write `question`, or a list with one strategy a line"
        )
    found = []
    for value in values:
        name, settings = next(iter(value.items())) if isinstance(value, Mapping) and len(value) == 1 else (value, None)
        refuse_unknown([str(name)], STRATEGIES, where=where, what="strategy")
        place = f"{where}, {name}"
        strategy: Strategy = read_config(_type(str(name)), read_mapping(settings, where=place), where=place)
        found.append(strategy)
    return tuple(found)


def _shared(part: str, where: str) -> object:
    """Read `pairs` or `pairs=2`."""
    name, equals, share = part.partition("=")
    if not equals:
        return name.strip()
    try:
        return {name.strip(): {"share": float(share)}}
    except ValueError:
        raise InputError(f"{share!r} is no share", where=where, mend="Write it as in question=3,pairs=1") from None


def _type(name: str) -> Any:  # Any: whatever has a strategy's methods
    module, _, kind = STRATEGIES[name].partition(":")
    return getattr(import_module(module), kind)
