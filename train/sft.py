"""Supervised fine-tuning: TRL's SFTTrainer over rows that we rendered and packed, watched and resumable.

TRL sees a dataset that is already tokenised, labelled and packed, so nothing is templated, truncated or dropped in it.
"""

import hashlib
import json
import math
import shutil
import warnings
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from schemas import GristmillError, InputError
from schemas.progress import Progress
from train.adapter import lora
from train.config import TrainConfig, check_sft
from train.folder import first_line, quiet_libraries, saving
from train.metrics_log import MetricsLog, watcher
from train.pack import Packed
from train.render import Rendered, Renderer

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer


class Tuned(NamedTuple):
    """What training gave.

    Attributes:
        model: The trained network, with its adapter where there is one.
        steps: Optimiser steps of the whole run.
        resumed_from: Step that this process started from.
    """

    model: "PreTrainedModel"
    steps: int
    resumed_from: int


def settings(config: TrainConfig, folder: Path) -> "SFTConfig":
    """Build TRL's settings from ours.

    Raises:
        InputError: A field of `sft` is unknown, ours, or has a wrong value.
    """
    import torch
    from trl.trainer.sft_config import SFTConfig

    check_sft(config.sft)
    on_cpu = bool(config.sft.get("use_cpu", not torch.cuda.is_available()))
    if not on_cpu and torch.cuda.device_count() > 1 and not torch.distributed.is_torchelastic_launched():
        raise InputError(
            f"{torch.cuda.device_count()} GPUs are visible to one process",
            mend="Start it with `accelerate launch`, or show it one: CUDA_VISIBLE_DEVICES=0",
        )
    ours: dict[str, Any] = {  # Any: SFTConfig's fields are of all types
        "output_dir": str(folder / "checkpoints"),
        "max_steps": config.max_steps or -1,
        "num_train_epochs": config.epochs,
        "learning_rate": config.rate,
        "per_device_train_batch_size": config.batch_packs,
        "seed": config.seed,
        "packing": False,
        "padding_free": True,
        "max_length": None,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "disable_tqdm": True,
        "save_strategy": "steps",
        "save_steps": config.save_every,
        "save_total_limit": 2,
    }
    defaults: dict[str, Any] = {
        "use_cpu": on_cpu,
        "bf16": fast_bf16(on_cpu=on_cpu),
        "gradient_checkpointing": False,
        "dataloader_pin_memory": not on_cpu,
        "report_to": "none",
    }
    try:
        return SFTConfig(**{**defaults, **config.sft, **ours})
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(first_line(error), where="sft", mend="Set another value, or leave it out") from error


def fast_bf16(*, on_cpu: bool) -> bool:
    """Tell whether bfloat16 is faster here than float32: a GPU that has it, or a CPU with instructions for it."""
    if not on_cpu:
        import torch

        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def fine_tune(  # noqa: PLR0913 - the model, its data and where it goes
    network: "PreTrainedModel",
    packed: Packed,
    rows: Sequence[Rendered],
    renderer: Renderer,
    *,
    config: TrainConfig,
    folder: Path,
    progress: Progress,
) -> Tuned:
    """Train `network` on the packs, from the last whole checkpoint in `folder` where there is one.

    Raises:
        InputError: A setting is wrong.
        OutputError: A checkpoint cannot be written.
        GristmillError: The loss is not finite.
    """
    from transformers import PrinterCallback, set_seed

    arguments = settings(config, folder)
    checkpoint = last_checkpoint(folder / "checkpoints")
    log = MetricsLog(folder / "metrics.jsonl", after=_step(checkpoint))
    set_seed(config.seed)  # TRL wraps the model before its own seed is set
    with quiet_libraries(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            trainer = _trainer_class(rows)(
                model=network,
                args=arguments,
                train_dataset=packed.dataset,
                processing_class=renderer.tokenizer,
                peft_config=lora(config),
                callbacks=[watcher(log, progress)],
            )
            trainer.remove_callback(PrinterCallback)
        except ValueError as error:
            raise InputError(first_line(error), where="sft", mend="Set another value, or leave it out") from error
        with saving(folder / "checkpoints"):
            trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    trained: Any = trainer.model  # Any: the trainer types it as any module
    return Tuned(trained, int(trainer.state.global_step), _step(checkpoint))


def last_checkpoint(folder: Path) -> Path | None:
    """Find the newest whole checkpoint and remove those that a killed run left half-written.

    The trainer's state is written last, so a checkpoint that has it whole is whole.
    """
    whole = []
    for path in folder.glob("checkpoint-*"):
        try:
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            shutil.rmtree(path, ignore_errors=True)
        else:
            whole.append(path)
    return max(whole, key=_step, default=None)


def _step(checkpoint: Path | None) -> int:
    return 0 if checkpoint is None else int(checkpoint.name.rpartition("-")[2])


def _trainer_class(rows: Sequence[Rendered]) -> "type[SFTTrainer]":
    """Make a trainer that stops at a loss that is not finite, with the rows of that step, and writes no model card."""
    from trl.trainer.sft_trainer import SFTTrainer

    class WatchedTrainer(SFTTrainer):
        def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # Any: as in SFTTrainer
            loss: Any = super().training_step(model, inputs, *args, **kwargs)  # type: ignore[no-untyped-call] # theirs
            if not math.isfinite(loss.item()):
                step = self.state.global_step + 1
                listed = ", ".join(map(str, _rows_in(inputs, rows))) or "none that are known"
                raise GristmillError(
                    f"the loss is {loss.item()} at step {step}; the rows in it are {listed}",
                    where=str(self.args.output_dir),
                    mend="Lower learning_rate, or look at these rows; the last checkpoint is whole",
                )
            return loss

        def create_model_card(self, *args: Any, **kwargs: Any) -> None:
            """Write none: training.json says what this run is."""

    return WatchedTrainer


def _rows_in(inputs: Any, rows: Sequence[Rendered]) -> list[int]:  # Any: a batch of TRL's
    """Find the row numbers of a packed batch again by their tokens."""
    names: dict[bytes, list[int]] = {}
    for row in rows:
        names.setdefault(_digest(row.ids), []).append(row.row)
    ids = inputs["input_ids"][0].cpu().numpy().astype(np.int32)
    borders = inputs["cu_seq_lens_q"].cpu().tolist()
    pieces = [ids[start:stop] for start, stop in pairwise(borders)]
    return sorted({number for piece in pieces for number in names.get(_digest(piece), [])})


def _digest(ids: "np.typing.NDArray[np.int32]") -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(ids).tobytes(), digest_size=16).digest()
