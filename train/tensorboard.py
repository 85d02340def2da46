"""A run's steps as TensorBoard shows them: event files made of the log, which is the one that counts."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from schemas.atomic import make_folder, writing

TAGS = ("loss", "learning_rate", "grad_norm", "accuracy", "tokens", "tokens_per_second")


class Events:
    """The steps of a run as scalars under `train/`.

    The files of before are made anew from the steps that are given, so a step that a killed run logged after its
    checkpoint is not shown twice.

    Args:
        folder: Folder of the files.
        steps: Steps that are there already.
    """

    def __init__(self, folder: Path, steps: Iterable[Mapping[str, Any]] = ()) -> None:  # Any: numbers of several kinds
        # The plain writer: that of SummaryWriter writes from a thread of its own, and its flush does not wait for it.
        from tensorboardX.event_file_writer import EventsWriter  # type: ignore[import-untyped] # it ships no types

        self.folder = make_folder(folder)
        with writing(folder):
            for old in folder.glob("events.out.tfevents.*"):
                old.unlink()
            self._writer: Any = EventsWriter(str(folder / "events"))  # Any: as above
            for step in steps:
                self._writer.write_event(_event(step))
            self._writer.flush()

    def append(self, step: Mapping[str, Any]) -> None:  # Any: as above
        """Add the numbers of one step: `step`, `time` in seconds since 1970, and the scalars that it has."""
        with writing(self.folder):
            self._writer.write_event(_event(step))
            self._writer.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()


def _event(step: Mapping[str, Any]) -> Any:  # Any: protocol buffers have no types
    from tensorboardX.proto.event_pb2 import Event  # type: ignore[import-untyped] # as above
    from tensorboardX.proto.summary_pb2 import Summary  # type: ignore[import-untyped] # as above

    values = [Summary.Value(tag=f"train/{tag}", simple_value=step[tag]) for tag in TAGS if step.get(tag) is not None]
    return Event(step=step["step"], wall_time=step.get("time", 0.0), summary=Summary(value=values))
