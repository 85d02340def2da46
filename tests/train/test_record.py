"""A run of another version goes on where it can, and says what changed; one that cannot is refused with the reason."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas import InputError
from train import TrainConfig, train
from train.record import FORMAT, changed_versions


def changed(run: Path, out: Path, **fields: Any) -> Path:
    shutil.copytree(run, out)
    record = json.loads((out / "training.json").read_text())
    record.update(fields)
    (out / "training.json").write_text(json.dumps({name: each for name, each in record.items() if each is not None}))
    return out


def again(run: Path, facts: pa.Table, folder: Path, heard: list[str] | None = None) -> str:
    config = TrainConfig(model=str(folder), seed=3, max_steps=6, save_every=2, held_out=8, batch_packs=1)
    return train(facts, run, config=config, tell=(heard if heard is not None else []).append).status


def test_a_newer_format_is_refused(tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    run = changed(tiny_run, tmp_path / "run", format=FORMAT + 1, versions={"gristmill": "9.0"})
    with pytest.raises(InputError, match=r"made by gristmill 9\.0, whose record \(format 2\) is newer"):
        again(run, facts, tiny_folder)


def test_settings_that_an_older_version_lacks_stand_at_their_defaults(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path
) -> None:
    settings = json.loads((tiny_run / "training.json").read_text())["settings"]
    del settings["lora_dropout"], settings["over_length"]
    assert again(changed(tiny_run, tmp_path / "run", format=None, settings=settings), facts, tiny_folder) == "done"


def test_a_setting_that_is_not_known_here_is_named(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path
) -> None:
    settings = json.loads((tiny_run / "training.json").read_text())["settings"] | {"quantum": 3}
    with pytest.raises(InputError, match=r"another run: quantum \(was 3, is None\)"):
        again(changed(tiny_run, tmp_path / "run", settings=settings), facts, tiny_folder)


def test_other_versions_are_told_and_noted(tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    versions = json.loads((tiny_run / "training.json").read_text())["versions"] | {"torch": "1.0"}
    run = changed(tiny_run, tmp_path / "run", versions=versions, status="running")
    heard: list[str] = []
    assert again(run, facts, tiny_folder, heard) == "done"
    assert "torch 1.0 -> " in heard[0]
    assert json.loads((run / "training.json").read_text())["resumed"][0].startswith("torch 1.0 -> ")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"settings": 3}', '{"format": "x"}'])
def test_what_is_no_record_is_refused(tiny_folder: Path, facts: pa.Table, tmp_path: Path, text: str) -> None:
    (tmp_path / "training.json").write_text(text)
    with pytest.raises(InputError, match="no record of a run"):
        again(tmp_path, facts, tiny_folder)


def test_equal_versions_have_not_changed() -> None:
    assert changed_versions({"versions": {"a": "1"}}, {"versions": {"a": "1"}}) == ""
    assert changed_versions({}, {"versions": {"a": "1"}}) == "a None -> 1"
