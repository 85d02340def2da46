"""A finished run: its record, and its two models, checked to be the ones that the record says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from schemas import InputError
from train.folder import find_model, fingerprint, load_tokenizer
from train.render import Renderer


class Models(NamedTuple):
    """Both models, by folder and by name, and the one renderer."""

    folders: tuple[Path, Path]
    names: tuple[str, str]
    renderer: Renderer


def read_run(run: Path) -> dict[str, Any]:  # Any: what training.json holds
    """Read the record of a finished run.

    Raises:
        InputError: `run` is none.
    """
    try:
        record: dict[str, Any] = json.loads((run / "training.json").read_text(encoding="utf-8"))
        status = record["status"]
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(
            "no folder of a training run: there is no training.json in it",
            where=str(run),
            mend="Give the -o of `train`",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "its training.json cannot be read", where=str(run), mend="Train anew in another folder"
        ) from error
    if status != "done" or not (run / "merged").is_dir():
        raise InputError("this run is not finished", where=str(run), mend="Start it again; it goes on where it stopped")
    return record


def find_models(run: Path, record: Mapping[str, Any]) -> Models:  # Any: what training.json holds
    """Find both models, and check that they are those of the run.

    Raises:
        InputError: One has changed.
    """
    base, tuned = find_model(record["settings"]["model"]), run / "merged"
    if fingerprint(base) != record["made_from"]["model"]:
        raise InputError(
            "the base model is no longer the one that this run tuned",
            where=str(base),
            mend="Put it back, or train anew",
        )
    renderer = Renderer(load_tokenizer(tuned))
    if renderer.template.hash != record["made_from"]["template"]:
        raise InputError(
            "the chat template is no longer the one of the training",
            where=str(tuned / "chat_template.jinja"),
            mend="Put it back, or train anew",
        )
    names = (_name(base), _name(tuned))
    return Models((base, tuned), names, renderer)


def _name(folder: Path) -> str:
    return f"{folder.resolve().name}@{fingerprint(folder)}"
