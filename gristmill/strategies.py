"""The generation strategies by name, as recipes and command lines write them."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.config import read_config, read_mapping, refuse_unknown
from schemas.errors import InputError

if TYPE_CHECKING:
    from generate.strategies import Strategy

STRATEGIES: Mapping[str, str] = {
    "template": "generate.strategies.template:Template",
    "question": "generate.strategies.question:Question",
    "converse": "generate.strategies.converse:Converse",
    "across": "generate.strategies.across:Across",
    "refuse": "generate.strategies.refuse:Refuse",
    "self_instruct": "generate.strategies.self_instruct:SelfInstruct",
    "evolve": "generate.strategies.evolve:Evolve",
    "pairs": "generate.strategies.pairs:Pairs",
    "summarise": "generate.strategies.summarise:Summarise",
    "extract": "generate.strategies.extract:Extract",
    "paraphrase": "generate.strategies.paraphrase:Paraphrase",
}
"""Where each strategy is; it is imported when it is first asked for."""
_PATHS = ("seeds", "start")


def read_strategies(values: object, *, where: str, base: Path | None = None) -> tuple["Strategy", ...]:
    """Read the strategies of a run.

    Args:
        values: `question`, `question=3,pairs=1` with shares, or a list of names and of names with their settings.
        where: Its place, for errors.
        base: Folder that relative paths start at; None for the one we are in.

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
        given = _from(base, read_mapping(settings, where=place))
        strategy: Strategy = read_config(_type(str(name)), given, where=place)
        found.append(strategy)
    return tuple(found)


def _from(base: Path | None, settings: Mapping[str, Any]) -> dict[str, Any]:  # Any: settings are of any type
    """Have relative paths start at a folder."""
    found = dict(settings)
    for name in _PATHS:
        if base is not None and isinstance(found.get(name), str) and found[name]:
            found[name] = base / Path(found[name]).expanduser()
    return found


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
