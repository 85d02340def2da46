"""Optimiser steps of an epoch, counted as transformers' trainer makes them."""

import math
from typing import TYPE_CHECKING, NamedTuple

from schemas import InputError
from schemas.counted import counted

if TYPE_CHECKING:
    from trl.trainer.sft_config import SFTConfig


class Steps(NamedTuple):
    """The steps of an epoch.

    Attributes:
        per_epoch: How many there are.
        dropped: Packs that no step reads, for they fill no batch: `dataloader_drop_last` leaves them out.
        devices: Processes that train together.
    """

    per_epoch: int
    dropped: int
    devices: int


def count_steps(packs: int, arguments: "SFTConfig") -> Steps:
    """Count the steps that read `packs` packs.

    Raises:
        InputError: None is made, for the packs fill no batch and such batches are dropped.
    """
    devices = max(int(arguments.world_size), 1)
    at_once = arguments.per_device_train_batch_size * devices
    dropped = packs % at_once if arguments.dataloader_drop_last else 0
    batches = math.ceil((packs - dropped) / at_once)
    if dropped and not batches:
        raise InputError(
            f"{counted(packs, 'pack', 'fill', one='fills')} no batch of {at_once}, so dataloader_drop_last leaves "
            "nothing to train",
            where="sft",
            mend="Leave dataloader_drop_last out, or lower batch_packs",
        )
    return Steps(max(math.ceil(batches / arguments.gradient_accumulation_steps), 1), dropped, devices)
