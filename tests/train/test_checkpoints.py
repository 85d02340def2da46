"""Checkpoints are written by time, too; that changes no loss, keeps two of them, and a killed short run goes on."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from schemas.parquet import write_table
from train import TrainConfig
from train.checkpoints import last_checkpoint, saver
from train.run import train as train_run

ROOT = Path(__file__).resolve().parents[2]


class Hours:
    """A training of which each step takes as long as it is told, and a checkpoint too."""

    def __init__(self, minutes: float) -> None:
        self.now = 1_000.0
        self.callback: Any = saver(minutes, clock=lambda: self.now)  # Any: called with no more than it looks at
        self.args = SimpleNamespace(device="cpu")
        self.state = None
        self._begin()

    def step(self, seconds: float, *, saving: float = 0.0, asked: bool = False) -> bool:
        """Make a step, and tell whether a checkpoint was written after it."""
        self.now += seconds
        control = self._control(should_save=asked)
        self.callback.on_step_end(self.args, self.state, control)
        if control.should_save:
            self.now += saving
            self.callback.on_save(self.args, self.state, control)
        return bool(control.should_save)

    def _begin(self) -> None:
        self.callback.on_train_begin(self.args, self.state, self._control())

    def _control(self, *, should_save: bool = False) -> SimpleNamespace:
        return SimpleNamespace(should_save=should_save)


def losses(run: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (run / "metrics.jsonl").read_text().splitlines()]


def test_a_checkpoint_is_written_when_the_last_is_five_minutes_ago() -> None:
    run = Hours(5)
    assert [run.step(100) for _ in range(8)] == [False, False, True, False, False, True, False, False]


def test_one_that_the_steps_ask_for_counts() -> None:
    run = Hours(5)
    assert [run.step(200, asked=asked) for asked in (False, True, False, True)] == [False, True, False, True]
    assert run.step(100) is False
    assert run.step(200) is True


def test_one_that_takes_long_is_not_written_all_the_time() -> None:
    run = Hours(5)
    assert run.step(300, saving=60) is True
    assert [run.step(300) for _ in range(4)] == [False, False, False, True]


@pytest.mark.parametrize("every", [50, 2], ids=["no steps", "steps too"])
def test_saving_after_each_step_changes_no_loss_and_keeps_two(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path, every: int
) -> None:
    settings: dict[str, Any] = {"max_steps": 6, "save_every": every, "held_out": 8, "batch_packs": 1}
    config = TrainConfig(model=str(tiny_folder), seed=3, save_minutes=1e-9, **settings)
    train_run(facts, tmp_path / "run", config=config)
    assert losses(tmp_path / "run") == losses(tiny_run)
    kept = sorted(path.name for path in (tmp_path / "run" / "checkpoints").iterdir())
    assert len(kept) == 2
    assert kept[-1] == "checkpoint-6"


@pytest.mark.slow
def test_a_killed_run_of_few_steps_goes_on(
    tiny_run: Path, tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_table(tmp_path / "facts.parquet", facts)
    out = tmp_path / "run"
    settings: dict[str, Any] = {"model": str(tiny_folder), "seed": 3, "max_steps": 6, "held_out": 8, "batch_packs": 1}
    code = f"""
        from itertools import count
        from pathlib import Path
        import train.sft as sft
        from tests.train.dying import die_after
        from train import TrainConfig, train
        from train.checkpoints import saver
        die_after(5)
        minutes = count(step=60)  # of a machine on which a look at the clock, one a step, is a minute after the last
        sft.saver = lambda wait: saver(wait, clock=lambda: float(next(minutes)))
        config = TrainConfig(**{settings!r}, save_minutes=2)
        train(Path({str(tmp_path / "facts.parquet")!r}), Path({str(out)!r}), config=config)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    checkpoint = last_checkpoint(out / "checkpoints")
    assert checkpoint is not None
    begun_from: list[Path | None] = []

    def look(folder: Path, *, clean: bool = True) -> Path | None:
        begun_from.append(last_checkpoint(folder, clean=clean))
        return begun_from[-1]

    monkeypatch.setattr("train.sft.last_checkpoint", look)
    train_run(tmp_path / "facts.parquet", out, config=TrainConfig(**settings, save_minutes=7))
    assert begun_from == [checkpoint]
    assert losses(out) == losses(tiny_run)
