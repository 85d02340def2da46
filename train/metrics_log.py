"""The log of a training run: one JSON line per step, kept as it goes, and the picture of it."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.atomic import atomic_file, write_text, writing
from schemas.json_values import plain_json
from schemas.progress import Bar, Progress
from train.tensorboard import Events

if TYPE_CHECKING:
    from transformers import TrainerCallback


class MetricsLog:
    """Append steps to `metrics.jsonl` and to `tensorboard/` beside it.

    A run that resumes takes back what was logged after its checkpoint.

    Args:
        path: The file.
        after: Step of the checkpoint that the run starts from.
    """

    def __init__(self, path: Path, *, after: int) -> None:
        self.path = path
        kept = [step for step in read_metrics(path) if step["step"] <= after]
        write_text(path, "".join(_line(step) for step in kept))
        self.events = Events(path.parent / "tensorboard", kept)

    def append(self, step: dict[str, Any]) -> None:  # Any: numbers of several kinds
        """Add the numbers of one step."""
        with writing(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(_line(step))
        self.events.append(step)

    def close(self) -> None:
        """Let go of the files."""
        self.events.close()


def read_metrics(path: Path) -> list[dict[str, Any]]:  # Any: numbers of several kinds
    """Read the steps that were logged; a line that a killed run cut short is left aside."""
    if not path.is_file():
        return []
    steps = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            steps.append(json.loads(line))
        except ValueError:
            break
    return steps


def watcher(log: MetricsLog, progress: Progress) -> "TrainerCallback":
    """Make the trainer's callback that logs every step and moves the progress bar."""
    from transformers import TrainerCallback

    class Watcher(TrainerCallback):
        bar: Bar | None = None
        since = 0.0

        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - theirs
            if state.is_world_process_zero:
                self.bar = progress("Training", state.max_steps, "steps")
                self.bar.__enter__()
                self.bar.advance(state.global_step)
            self.since = time.perf_counter()

        def on_log(
            self,
            args: Any,  # noqa: ARG002 - theirs
            state: Any,
            control: Any,  # noqa: ARG002 - theirs
            logs: dict[str, float] | None = None,
            **kwargs: Any,  # noqa: ARG002 - theirs
        ) -> None:
            if not logs or "loss" not in logs or self.bar is None:
                return
            now, tokens = time.perf_counter(), logs.get("tokens", 0.0)
            log.append(
                {
                    "step": state.global_step,
                    "epoch": round(float(state.epoch or 0), 4),
                    "loss": float(logs["loss"]),
                    "learning_rate": float(logs["learning_rate"]),
                    "grad_norm": float(logs.get("grad_norm", 0.0)),
                    "accuracy": round(float(logs.get("mean_token_accuracy", 0.0)), 6),
                    "tokens": int(tokens),
                    "tokens_per_second": round(tokens / max(now - self.since, 1e-9), 1),
                    "time": round(time.time(), 3),
                }
            )
            self.since = now
            self.bar.note(f"loss {float(logs['loss']):.3f}")
            self.bar.advance()

        def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - theirs
            if self.bar is not None:
                self.bar.__exit__(None, None, None)
            log.close()

    return Watcher()


def plot_loss(steps: list[dict[str, Any]], path: Path) -> None:  # Any: numbers of several kinds
    """Draw the loss of each step, and its running mean, into a PNG file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    at, losses = [step["step"] for step in steps], [step["loss"] for step in steps]
    axes.plot(at, losses, color="#9db4c8", linewidth=1, marker="." if len(at) < 60 else "", label="each step")
    if len(losses) >= 10:
        axes.plot(at, smooth(losses), color="#b3541e", linewidth=2, label="running mean")
        axes.legend(frameon=False)
    axes.set_xlabel("step")
    axes.set_ylabel("loss per trained token")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, alpha=0.25)
    with atomic_file(path) as partial:
        figure.savefig(partial, format="png", dpi=120, metadata={"Software": None})


def smooth(values: list[float], weight: float = 0.8) -> list[float]:
    """Give the exponential running mean, unbiased at the start."""
    found, mean, norm = [], 0.0, 0.0
    for value in values:
        mean, norm = weight * mean + (1 - weight) * value, weight * norm + (1 - weight)
        found.append(mean / norm)
    return found


def _line(step: dict[str, Any]) -> str:
    return json.dumps(plain_json(step)) + "\n"
