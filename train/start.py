"""What a run starts with: its plan, and the weights of its base model where and as they are trained."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from train.adapter import load_four_bits, targets
from train.config import TrainConfig
from train.folder import BYTES, free_memory, load_config, parameters, tensor_shapes
from train.memory import lora_parameters
from train.model import load_network
from train.pack import Packed
from train.plan import Plan, make_plan
from train.rendered import Rendered
from train.sft import settings

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def plan_run(packed: Packed, rows: Sequence[Rendered], folder: Path, *, config: TrainConfig, out: Path) -> Plan:
    """Plan a run from what is known before the weights are loaded.

    Args:
        packed: The packs.
        rows: The rows in them.
        folder: Folder of the base model.
        config: Settings.
        out: Folder of the run.

    Raises:
        InputError: A setting is wrong.
    """
    dtype = _dtype(config)
    adapter = lora_parameters(tensor_shapes(folder), config.lora_rank, targets(config), dora=config.lora_dora)
    return make_plan(
        packed,
        rows,
        settings(config, out),
        shape=load_config(folder),
        parameters=parameters(folder),
        trainable=parameters(folder) if config.method == "full" else adapter,
        weight_bytes=BYTES["4bit" if config.quantise == "4bit" else dtype],
        free=free_memory(_device(config)),
        dtype_given=any(name in config.sft for name in ("bf16", "fp16")),
        checkpointing=config.sft.get("gradient_checkpointing"),
    )


def _device(config: TrainConfig) -> str:
    """Give the device of this process."""
    import torch

    on_gpu = torch.cuda.is_available() and not config.sft.get("use_cpu", False)
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if on_gpu else "cpu"


def load_base(folder: Path, config: TrainConfig) -> "PreTrainedModel":
    """Load the weights to train, or to train an adapter on.

    Raises:
        InputError: They cannot be loaded.
    """
    if config.quantise == "4bit":
        return load_four_bits(folder, device=_device(config))
    return load_network(folder, dtype=_dtype(config), device=_device(config))


def _dtype(config: TrainConfig) -> str:
    """Choose what the weights are loaded in: float32, but bfloat16 under an adapter where the GPU computes in it."""
    import torch

    halved = _device(config) != "cpu" and config.method == "lora" and torch.cuda.is_bf16_supported()
    return "bfloat16" if halved else "float32"
