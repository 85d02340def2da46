"""Event files hold what TensorBoard reads: records with right checksums, and each step once."""

import struct
from pathlib import Path
from typing import Any

import pytest

from train.tensorboard import NAME, EventFile, crc32c


@pytest.mark.parametrize(
    ("data", "expected"),
    # RFC 3720, B.4, and the checksum's usual check value
    [(b"", 0), (bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43), (b"123456789", 0xE3069283)],
    ids=["nothing", "zeros", "ones", "digits"],
)
def test_the_checksum_is_castagnoli(data: bytes, expected: int) -> None:
    assert crc32c(data) == expected


def test_each_step_stands_in_the_file_once(tmp_path: Path) -> None:
    steps = [{"step": number, "loss": number / 4, "time": 1.7e9 + number, "epoch": 1} for number in (1, 2, 300)]
    EventFile(tmp_path, steps[:2]).append(steps[2])
    assert scalars(tmp_path / NAME) == [(1, {"loss": 0.25}), (2, {"loss": 0.5}), (300, {"loss": 75.0})]
    EventFile(tmp_path, steps[:1]).append(steps[1])
    assert scalars(tmp_path / NAME) == [(1, {"loss": 0.25}), (2, {"loss": 0.5})]


def test_a_file_without_steps_says_its_version(tmp_path: Path) -> None:
    EventFile(tmp_path)
    (first,) = records((tmp_path / NAME).read_bytes())
    assert fields(first)[3] == [b"brain.Event:2"]


def scalars(path: Path) -> list[tuple[int, dict[str, float]]]:
    found = []
    for event in records(path.read_bytes())[1:]:
        values = [fields(value) for value in fields(fields(event)[5][0])[1]]
        named = {value[1][0].decode().removeprefix("train/"): struct.unpack("<f", value[2][0])[0] for value in values}
        found.append((fields(event)[2][0], named))
    return found


def records(data: bytes) -> list[bytes]:
    found = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert unmask(data[8:12]) == crc32c(data[:8])
        assert unmask(data[12 + length : 16 + length]) == crc32c(data[12 : 12 + length])
        found.append(data[12 : 12 + length])
        data = data[16 + length :]
    return found


def unmask(data: bytes) -> int:
    turned = (int.from_bytes(data, "little") - 0xA282EAD8) & 0xFFFFFFFF
    return ((turned >> 17) | (turned << 15)) & 0xFFFFFFFF


def fields(message: bytes) -> dict[int, list[Any]]:  # Any: bytes or numbers
    found: dict[int, list[Any]] = {}
    while message:
        key, message = varint(message)
        if key & 7 == 0:
            value: Any
            value, message = varint(message)
        else:
            length, message = {1: (8, message), 5: (4, message)}.get(key & 7) or varint(message)
            value, message = message[:length], message[length:]
        found.setdefault(key >> 3, []).append(value)
    return found


def varint(message: bytes) -> tuple[int, bytes]:
    value = shift = 0
    while True:
        value |= (message[0] & 0x7F) << shift
        more, message, shift = message[0] & 0x80, message[1:], shift + 7
        if not more:
            return value, message
