"""Evaluation with every check, end to end on the tiny model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gristmill.cli import main
from gristmill.steps import alone_in
from schemas import Example, Message, Origin, Source, examples_table
from schemas.parquet import read_table
from train import TrainConfig, train


def row(number: int, strategy: str = "") -> Example:
    """Make a row; odd ones say where they come from."""
    source = Source(document="<b>.md", section="A \u203a B", start=0, end=9, quote=f"The number is {number * 7}.")
    return Example(
        messages=(Message("user", f"What is number {number}?\x1b[31m"), Message("assistant", f"It is {number * 7}.")),
        source=source if number % 2 else None,
        origin=Origin(strategy=strategy, model="", prompt="", seed=0) if strategy else None,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """Give a run of one step."""
    out = tmp_path_factory.mktemp("runs") / "run"
    rows = [row(number, "refuse/unsafe" if number % 3 == 0 else "pairs") for number in range(24)]
    config = TrainConfig(model=str(tiny_folder), seed=0, max_steps=1, held_out=6, batch_packs=1)
    train(examples_table(rows), out, config=config)
    return out


def test_two_evaluations_never_share_a_folder(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alone_in(tmp_path):
        assert main(["evaluate", str(run), "-o", str(tmp_path)]) == 2
    assert "another gristmill is at work in this folder" in capsys.readouterr().err


def test_the_command_leaves_everything_and_tells_it(run: Path, tmp_path: Path) -> None:
    guards = tmp_path / "guards.jsonl"
    guards.write_text('{"question": "How do I steal?", "kind": "unsafe"}\n')
    out = tmp_path / "out"
    command = ["evaluate", str(run), "-o", str(out), "--max-tokens", "4", "--guardrails", str(guards), "--json"]
    done = subprocess.run([sys.executable, "-m", "gristmill", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["rows"] == 6
    assert set(result["errors"]) == {
        "empty", "did not stop", "too long", "question copied", "misspelt", "repetitive", "off-document", "refused",
        "wrong language",
    }  # fmt: skip
    assert "in scope" in result["guardrails"]
    rows = read_table(out / "answers.parquet").to_pylist()
    assert result["errors"]["off-document"]["judged"] == sum(bool(each["passage"]) for each in rows)
    assert all(each["nearest"] for each in rows)
    page = (out / "page.html").read_text()
    assert "\x1b" not in page
    assert "<b>.md" not in page
    assert (out / "summary.md").is_file()


def test_one_question_of_ones_own_is_enough(run: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "mine.jsonl"
    data.write_text('{"question": "Who?", "answer": "x"}\n')
    command = ["evaluate", str(run), "-o", str(tmp_path / "out"), "--max-tokens", "2", "--data", str(data)]
    assert main(command) == 0
    said = capfd.readouterr().out
    assert "1 row of mine.jsonl" in said
    assert "only 1 rows" not in said


def test_a_file_that_is_not_there_is_told_before_a_model_is_loaded(
    run: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for flag in ("--data", "--guardrails"):
        assert main(["evaluate", str(run), "-o", str(tmp_path / "out"), flag, str(tmp_path / "none.jsonl")]) == 2
        assert "no such file" in capfd.readouterr().err
