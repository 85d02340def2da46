"""Checkpoints of a run: when one is written, and from which a killed run goes on."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import TrainerCallback

_WORTH = 20  # times as long as the last one took: a checkpoint of a large model takes at most a twentieth of the time


def saver(minutes: float, *, clock: Callable[[], float] = time.monotonic) -> "TrainerCallback":
    """Make the trainer's callback that asks for a checkpoint when the last one, or the start, is `minutes` ago.

    Steps of a slow machine may take longer than a kill is away, however few they are. When a checkpoint is written
    changes no result: the trainer looks at this between two steps, and all processes follow the first one's clock.

    Args:
        minutes: Minutes from one checkpoint to the next.
        clock: Gives the time in seconds.
    """
    from transformers import TrainerCallback

    class Saver(TrainerCallback):
        since = begun = took = 0.0

        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - theirs
            self.since = clock()

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - theirs
            self.begun = clock()
            due = self.begun - self.since >= max(60 * minutes, _WORTH * self.took)
            control.should_save = control.should_save or _of_first(args.device, due=due)

        def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - theirs
            self.since = clock()
            self.took = self.since - self.begun

    return Saver()


def _of_first(device: Any, *, due: bool) -> bool:  # Any: torch's device
    """Give what the first process says: a checkpoint is written by all of them or by none."""
    import torch
    from accelerate.utils import broadcast  # type: ignore[import-untyped] # it ships no types

    said: Any = broadcast(torch.tensor([due], dtype=torch.int32, device=device))  # Any: it has no types
    return bool(said.item())


def last_checkpoint(folder: Path, *, clean: bool = True) -> Path | None:
    """Find the newest whole checkpoint and, to `clean`, remove those that a killed run left half-written.

    The trainer's state is written last, so a checkpoint that has it whole is whole.
    """
    whole = []
    for path in folder.glob("checkpoint-*"):
        try:
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            if clean:
                shutil.rmtree(path, ignore_errors=True)
        else:
            whole.append(path)
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path | None) -> int:
    """Give the step that a checkpoint was written at; 0 for none."""
    return 0 if checkpoint is None else int(checkpoint.name.rpartition("-")[2])
