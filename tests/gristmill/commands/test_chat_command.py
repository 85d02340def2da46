"""`gristmill chat`: base and tuned of a run side by side, and a run that is not what it says."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gristmill.cli import main
from schemas import Example, Message, examples_table
from train import TrainConfig, train


@pytest.fixture(scope="module")
def tuned(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a finished run; do not change it."""
    rows = [
        Example(messages=(Message("user", f"What is {number}?"), Message("assistant", f"It is {number}.")))
        for number in range(8)
    ]
    out = tmp_path_factory.mktemp("runs") / "run"
    train(examples_table(rows), out, config=TrainConfig(model=str(tiny_folder), seed=0, max_steps=1, held_out=0))
    return out


def asked(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, Any, str]:  # Any: JSON
    code = main(["chat", *map(str, words), "--ask", "What is 3?", "--max-tokens", "4", "--json"])
    said, error = capsys.readouterr()
    return code, json.loads(said) if said else None, error


def test_base_and_tuned_answer_side_by_side(tuned: Path, tiny_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, result, _ = asked(capsys, tuned, "--compare")
    assert code == 0
    assert list(result["turns"][0]["answers"]) == [f"base ({tiny_folder.name})", "tuned (run)"]


def test_a_base_model_that_is_another_now_is_not_passed_off_as_the_base(
    tuned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = shutil.copytree(tuned, tmp_path / "run")
    record = json.loads((run / "training.json").read_text())
    record["made_from"]["model"] = "0" * 12
    (run / "training.json").write_text(json.dumps(record))
    code, _, error = asked(capsys, run, "--compare")
    assert code == 2
    assert "the base model is no longer the one that this run tuned" in error


def test_a_record_that_is_broken_is_told_by_its_folder(
    tuned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = shutil.copytree(tuned, tmp_path / "run")
    (run / "training.json").write_text("{}")
    code, _, error = asked(capsys, run, "--compare")
    assert code == 2
    assert "its training.json cannot be read" in error
