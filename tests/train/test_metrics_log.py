"""The log of steps survives kills and draws a picture."""

import json
from pathlib import Path

import pytest

from train.metrics_log import MetricsLog, plot_loss, read_metrics, smooth


def test_steps_after_the_checkpoint_are_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(json.dumps({"step": step}) + "\n" for step in range(1, 6)) + '{"step": 6, "lo')
    log = MetricsLog(path, after=3)
    log.append({"step": 4, "loss": 1.0})
    assert [step["step"] for step in read_metrics(path)] == [1, 2, 3, 4]


def test_what_is_no_number_is_null_and_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    log = MetricsLog(path, after=0)
    log.append({"step": 1, "loss": 1.0, "grad_norm": float("inf")})
    log.close()
    assert read_metrics(path) == [{"step": 1, "loss": 1.0, "grad_norm": None}]
    MetricsLog(path, after=1).close()
    assert read_metrics(path) == [{"step": 1, "loss": 1.0, "grad_norm": None}]


def test_a_missing_log_is_empty(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "none.jsonl") == []


def test_a_running_mean_starts_at_the_first_value() -> None:
    # weights 0.16 and 0.2 of 0.36: (0.16 * 1 + 0.2 * 10) / 0.36 = 6
    assert smooth([1.0, 10.0]) == pytest.approx([1.0, 6.0])
    assert smooth([]) == []


def test_one_step_can_be_drawn(tmp_path: Path) -> None:
    plot_loss([{"step": 1, "loss": 2.0}], tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
