"""The curation stages by name, as recipes and command lines write them."""

from collections.abc import Mapping
from typing import Any

from gristmill.config import read_config, refuse_unknown
from schemas.errors import InputError


def stage_types() -> dict[str, type]:
    """Give every stage under its name."""
    import curate

    return {
        "placeholder": curate.Placeholder,
        "empty": curate.Empty,
        "length": curate.Length,
        "repetition": curate.Repetition,
        "exact": curate.Exact,
        "near": curate.Near,
    }


def read_stages(values: object, *, where: str) -> tuple[Any, ...]:  # Any: whatever has a stage's methods
    """Read a list of stages: each a name, or a name with its settings.

    Raises:
        InputError: An unknown stage or setting.
    """
    if not isinstance(values, list) or not values:
        raise InputError("a list of stages is expected", where=where, mend="Write one a line, as `- exact`")
    kinds = stage_types()
    stages: list[Any] = []  # Any: as in the result
    for value in values:
        if isinstance(value, Mapping) and len(value) == 1:
            name, settings = next(iter(value.items()))
        else:
            name, settings = value, None
        refuse_unknown([str(name)], kinds, where=where, what="stage")
        stages.append(read_config(kinds[str(name)], settings, where=f"{where}, {name}"))
    return tuple(stages)


def named_stages(names: str) -> tuple[Any, ...]:  # Any: as above
    """Read `exact,near,length` into stages with their default settings.

    Raises:
        InputError: An unknown stage.
    """
    return read_stages([name.strip() for name in names.split(",") if name.strip()], where="--stages")
