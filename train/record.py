"""The record of a run, training.json: what an earlier process put down, and whether this one may go on with it."""

import dataclasses
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from schemas import InputError
from train.config import TrainConfig

FORMAT = 1
"""Of training.json and of what lies beside it; raised when a run of before could not be gone on with."""

_VERSIONS = ("gristmill", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
# What may change between a killed run and the one that goes on: the hash of the data tells whether a mix has changed.
_FREE = {"save_every", "save_minutes", "model", "mix", "held_out_data"}
_DEFAULTS: dict[str, Any] = {  # Any: settings are of all types
    each.name: each.default for each in dataclasses.fields(TrainConfig) if each.default is not dataclasses.MISSING
}


def earlier_record(out: Path, record: dict[str, Any]) -> dict[str, Any] | None:
    """Give the record of the run that the folder holds; refuse to go on with a run that was another.

    A run of an older version goes on where it can: settings that it did not know stand at their defaults.

    Raises:
        InputError: The folder holds a run of other settings or data, or of a newer format.
    """
    path = out / "training.json"
    if not path.is_file():
        return None
    mend = f"To start anew choose another folder with -o, or remove this one: rm -r {out}"
    try:
        old: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        made_by = old.get("versions", {}).get("gristmill", "an unknown version")
        if old.get("format", 0) > FORMAT:
            raise InputError(
                f"this run was made by gristmill {made_by}, whose record (format {old['format']}) is newer than what "
                f"this one reads ({FORMAT})",
                where=str(out),
                mend=f"Go on with that version. {mend}",
            )
        before, now = _flat(old), _flat(json.loads(json.dumps(record)))
        old["status"] = str(old["status"])
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError("no record of a run", where=str(path), mend="Choose another folder with -o") from error
    differing = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    if differing:
        listed = ", ".join(f"{name} (was {before.get(name)}, is {now.get(name)})" for name in differing[:3])
        more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
        raise InputError(f"this folder holds another run: {listed}{more}", where=str(out), mend=mend)
    return old


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Give what must be equal for a run to go on."""
    known = {**_DEFAULTS, **record["settings"]}
    return {**{name: value for name, value in known.items() if name not in _FREE}, **record["made_from"]}


def changed_versions(earlier: dict[str, Any], record: dict[str, Any]) -> str:
    """Tell which libraries an earlier process of a run had in another version."""
    before, now = earlier.get("versions", {}), record["versions"]
    return ", ".join(f"{name} {before.get(name)} -> {now[name]}" for name in now if before.get(name) != now[name])


def versions() -> dict[str, str]:
    """Give the versions of what a run's numbers rest on."""
    return {name: _version(name) for name in _VERSIONS}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"  # ours, where it runs from its source folder
