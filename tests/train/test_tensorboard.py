"""Event files hold what TensorBoard reads, and each step once."""

from pathlib import Path
from typing import Any

from train.tensorboard import Events

STEPS = [{"step": number, "loss": number / 4, "time": 1.7e9 + number, "epoch": 1} for number in (1, 2, 300)]


def test_each_step_stands_in_the_files_once(tmp_path: Path) -> None:
    events = Events(tmp_path, STEPS[:2])
    events.append(STEPS[2])
    assert scalars(tmp_path) == [(1, {"loss": 0.25}), (2, {"loss": 0.5}), (300, {"loss": 75.0})]
    events.close()
    again = Events(tmp_path, STEPS[:1])
    again.append(STEPS[1])
    assert scalars(tmp_path) == [(1, {"loss": 0.25}), (2, {"loss": 0.5})]
    again.close()


def test_a_step_has_the_time_at_which_it_was_made(tmp_path: Path) -> None:
    Events(tmp_path, STEPS[:1]).close()
    assert [event.wall_time for event in read(tmp_path) if event.summary.value] == [1.7e9 + 1]


def test_a_run_without_steps_is_a_file_without_them(tmp_path: Path) -> None:
    Events(tmp_path).close()
    assert scalars(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 1


def scalars(folder: Path) -> list[tuple[int, dict[str, float]]]:
    """Give the scalars of each step in a folder of event files."""
    found: dict[int, dict[str, float]] = {}
    for event in read(folder):
        for value in event.summary.value:
            name = value.tag.removeprefix("train/")
            assert name not in found.setdefault(event.step, {})
            found[event.step][name] = value.simple_value
    return list(found.items())


def read(folder: Path) -> list[Any]:  # Any: protocol buffers have no types
    """Read the records of the event files: length and its checksum, the event and its."""
    from tensorboardX.proto.event_pb2 import Event  # type: ignore[import-untyped] # it ships no types

    found = []
    for path in sorted(folder.glob("events.out.tfevents.*")):
        data = path.read_bytes()
        while data:
            length = int.from_bytes(data[:8], "little")
            found.append(Event.FromString(data[12 : 12 + length]))
            data = data[16 + length :]
    return found
