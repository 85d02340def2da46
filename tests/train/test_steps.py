"""The steps of an epoch are those that transformers' trainer makes."""

from types import SimpleNamespace
from typing import Any

import pytest

from schemas import InputError
from train.steps import count_steps


def arguments(batch: int, accumulate: int = 1, *, devices: int = 1, drop: bool = False) -> Any:  # Any: stands for TRL's
    return SimpleNamespace(
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulate,
        world_size=devices,
        dataloader_drop_last=drop,
    )


@pytest.mark.parametrize(
    ("packs", "given", "expected"),
    [
        (7, arguments(2), (4, 0, 1)),
        (7, arguments(2, drop=True), (3, 1, 1)),
        (7, arguments(2, 2, drop=True), (2, 1, 1)),
        (8, arguments(2, drop=True), (4, 0, 1)),
        (11, arguments(2, devices=2), (3, 0, 2)),
        (11, arguments(2, devices=2, drop=True), (2, 3, 2)),
        (1, arguments(4), (1, 0, 1)),
    ],
    ids=["kept", "dropped", "accumulated", "none to drop", "two devices", "two devices, dropped", "one pack"],
)
def test_packs_make_steps(packs: int, given: Any, expected: tuple[int, int, int]) -> None:
    assert count_steps(packs, given) == expected


def test_packs_that_fill_no_batch_are_refused_where_it_would_be_dropped() -> None:
    with pytest.raises(InputError, match="3 packs fill no batch of 4, so dataloader_drop_last leaves nothing to train"):
        count_steps(3, arguments(4, drop=True))
