import argparse
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from gristmill.cli import main
from gristmill.commands.curate import shares
from gristmill.recipe import read_curation


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Give forty rows, ten of which say the same."""
    file = tmp_path / "rows.jsonl"
    lines = [
        {"question": f"What is number {n % 30} good for?", "answer": f"For {n % 30} things, and for no other."}
        for n in range(40)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def result(capfd: pytest.CaptureFixture[str], *argv: str | Path) -> dict[str, Any]:
    """Run a command in a process of its own, for --json moves standard output, and give what it prints there."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "gristmill", *map(str, argv), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_dry_run_tells_and_writes_nothing(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["curate", str(rows), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "30 kept + 10 dropped + 0 errored = 40 rows" in said
    assert [path.name for path in rows.parent.iterdir()] == ["rows.jsonl"]


def test_other_thresholds_are_tried(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["curate", str(rows), "--what-if", "--stages", "length"]) == 0
    said = capsys.readouterr().out
    assert "length, high: of 40 rows that come to it stay" in said
    assert ">       2000           40  now" in said
    assert [path.name for path in rows.parent.iterdir()] == ["rows.jsonl"]


def test_other_thresholds_are_tried_on_what_an_earlier_run_measured(
    rows: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = rows.parent / "out"
    assert main(["curate", str(rows), "--what-if", "--stages", "length", "-o", str(out)]) == 2
    assert "no earlier run left its signals" in capfd.readouterr().err
    assert main(["curate", str(rows), "--stages", "length", "-o", str(out)]) == 0
    found = result(capfd, "curate", rows, "--what-if", "--stages", "length", "-o", out)
    assert {"stage": "length", "setting": "high", "value": 2000, "current": True, "judged": 40, "kept": 40} in found[
        "trials"
    ]


def test_rows_are_split(rows: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = rows.parent / "out"
    found = result(capfd, "curate", rows, "-o", out, "--split", "train=0.5,test=0.5", "--seed", "4")
    assert found["seed"] == 4
    assert found["stages"][-1]["settings"]["seed"] == 4
    splits = pq.read_table(out / "curated.parquet")["split"].to_pylist()
    assert len(splits) == 30
    assert {split: splits.count(split) for split in splits} == {"train": 15, "test": 15}
    story = result(capfd, "explain", out, "1")
    assert story["beside"]["split"] in {"train", "test"}


def test_a_recipe_may_hold_nothing_but_the_curation(rows: Path, capfd: pytest.CaptureFixture[str]) -> None:
    recipe = rows.parent / "recipe.yaml"
    recipe.write_text("seed: 9\ncurate: {stages: [exact, split, select: {rows: 5}]}\n")
    found = result(capfd, "curate", rows, "--dry-run", "--recipe", recipe)
    assert (found["kept"], found["seed"]) == (5, 9)
    assert [stage["settings"].get("seed") for stage in found["stages"]] == [None, 9, 9]
    assert read_curation(recipe, 2).seed == 2


def test_splitting_twice_is_refused(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["curate", str(rows), "--dry-run", "--stages", "split", "--split", "train=0.9,test=0.1"]) == 2
    assert "split the rows already" in capsys.readouterr().err


def test_a_real_run_needs_a_folder(rows: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["curate", str(rows)]) == 2
    assert "-o DIR" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "train", "train=x", "dev=0.1,train=0.9"], ids=["none", "bare", "word", "name"])
def test_shares_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        shares(text)


def test_shares_are_read() -> None:
    assert shares("train=0.9,test=0.1") == {"train": 0.9, "test": 0.1}
