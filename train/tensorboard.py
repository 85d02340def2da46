"""TensorBoard event files, written without TensorBoard: the format is small, and the package brings 20 others.

A file is a chain of records: length, checksum of the length, an `Event` message, checksum of it. Messages are encoded
by hand in protocol buffers' wire format: https://protobuf.dev/programming-guides/encoding/.
"""

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from schemas.atomic import atomic_file, make_folder, writing

NAME = "events.out.tfevents.0000000000.gristmill"
_TAGS = ("loss", "learning_rate", "grad_norm", "accuracy", "tokens", "tokens_per_second")
_CASTAGNOLI = 0x82F63B78


class EventFile:
    """The steps of a run as scalars under `train/`.

    Steps that a killed run logged after its checkpoint are taken back, so none is shown twice.

    Args:
        folder: Folder of the file.
        steps: Steps that are there already.
    """

    def __init__(self, folder: Path, steps: Iterable[Mapping[str, Any]] = ()) -> None:  # Any: numbers of several kinds
        self.path = make_folder(folder) / NAME
        steps = list(steps)
        began = float(steps[0].get("time", 0.0)) if steps else 0.0
        with atomic_file(self.path) as partial:
            partial.write_bytes(record(version_event(began)) + b"".join(record(event(step)) for step in steps))

    def append(self, step: Mapping[str, Any]) -> None:  # Any: as above
        """Add the numbers of one step."""
        with writing(self.path), self.path.open("ab") as file:
            file.write(record(event(step)))


def version_event(when: float) -> bytes:
    """Encode the event that every file starts with."""
    return b"\x09" + struct.pack("<d", when) + _field(3, b"brain.Event:2")


def event(step: Mapping[str, Any]) -> bytes:  # Any: as above
    """Encode a step: `time` in seconds since 1970, `step`, and the scalars that it has."""
    values = b""
    for tag in _TAGS:
        if tag in step:
            scalar = b"\x15" + struct.pack("<f", float(step[tag]))
            values += _field(1, _field(1, f"train/{tag}".encode()) + scalar)
    return (
        b"\x09" + struct.pack("<d", float(step.get("time", 0.0))) + b"\x10" + _varint(step["step"]) + _field(5, values)
    )


def record(payload: bytes) -> bytes:
    """Frame a message as a record."""
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", _masked(length)) + payload + struct.pack("<I", _masked(payload))


def crc32c(data: bytes) -> int:
    """Give the Castagnoli checksum."""
    found = 0xFFFFFFFF
    for byte in data:
        found = _TABLE[(found ^ byte) & 0xFF] ^ (found >> 8)
    return found ^ 0xFFFFFFFF


def _table() -> list[int]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (_CASTAGNOLI if number & 1 else 0)  # noqa: PLW2901 - a shift register
        table.append(number)
    return table


_TABLE = _table()


def _masked(data: bytes) -> int:
    """Give the checksum as records hold it: rotated and shifted, so that a checksum of checksums is no constant."""
    found = crc32c(data)
    return (((found >> 15) | (found << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _field(number: int, content: bytes) -> bytes:
    """Encode a field that has a length."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
