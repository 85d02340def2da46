"""What a run was made with: stages and their settings as plain values, their hash, and the versions of the parts."""

import dataclasses
import hashlib
import inspect
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from curate.function import Function
from schemas.atomic import writing

PARTS = ("gristmill", "numba", "numpy", "pyarrow", "rapidfuzz", "xxhash")


def settings_of(stage: object) -> dict[str, Any]:  # Any: settings are of any type
    """Give the settings of a stage or mend as plain values."""
    if isinstance(stage, Function):
        return {"function": _source(stage.function)}
    if dataclasses.is_dataclass(stage):
        values = {field.name: getattr(stage, field.name) for field in dataclasses.fields(stage)}
    else:
        values = {name: value for name, value in vars(stage).items() if not name.startswith("_")}
        values = {name: value for name, value in values.items() if name != "name"}
    return {name: _plain(value) for name, value in values.items()}


def kind_of(stage: object) -> str:
    """Name what a stage is: ours by its class, a user's own by its module too."""
    kind = type(stage)
    return kind.__qualname__ if kind.__module__.startswith("curate.") else f"{kind.__module__}.{kind.__qualname__}"


def recipe_hash(stages: Sequence[Mapping[str, Any]], seed: int) -> str:  # Any: as above
    """Hash the stages, their settings and the seed: 16 hex digits."""
    whole = json.dumps({"stages": list(stages), "seed": seed}, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def versions() -> dict[str, str]:
    """Give the versions of the parts that the output depends on."""
    found = {"python": platform.python_version()}
    for part in PARTS:
        try:
            found[part] = version(part)
        except PackageNotFoundError:
            found[part] = "not installed"
    return found


def file_sha256(path: Path) -> str:
    """Hash a file."""
    with writing(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source(function: Any) -> str:  # Any: whatever can be called
    """Give the source of a function, so that another function of the same name is another recipe."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def _plain(value: Any) -> Any:  # Any: settings are of any type
    """Bring a setting into what JSON can hold."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, set | frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"is": kind_of(value), **settings_of(value)}
    return kind_of(value) if not callable(value) else _source(value)
