"""Supervised fine-tuning: TRL's SFTTrainer over rows that we rendered and packed, watched and resumable.

TRL sees a dataset that is already tokenised, labelled and packed, so nothing is templated, truncated or dropped in it.
"""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import InputError
from schemas.progress import Progress, silent
from train.adapter import lora
from train.checkpoints import last_checkpoint, saver, step_of
from train.config import TrainConfig, check_sft
from train.folder import first_line, quiet_libraries, saving
from train.metrics_log import MetricsLog, watcher
from train.pack import Packed
from train.plan import Plan
from train.render import Renderer
from train.trainer import Probe, trainer_class

if TYPE_CHECKING:
    from transformers import PreTrainedModel
    from trl.trainer.sft_config import SFTConfig

_WORTH_A_PROBE = 20  # steps: in a shorter run the two of the probe would cost more than they tell


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


def settings(config: TrainConfig, folder: Path, *, checkpointing: bool = False) -> "SFTConfig":
    """Build TRL's settings from ours; `checkpointing` is what the plan chose, where the user does not.

    Raises:
        InputError: A field of `sft` is unknown, ours, or has a wrong value.
    """
    import torch
    from transformers.integrations import integration_utils
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
        "remove_unused_columns": False,
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
        "gradient_checkpointing": checkpointing,
        "dataloader_pin_memory": not on_cpu,
        "report_to": "none",
    }
    try:
        found = SFTConfig(**{**defaults, **config.sft, **ours})
    except (ValueError, TypeError, ImportError) as error:
        raise InputError(first_line(error), where="sft", mend="Set another value, or leave it out") from error
    theirs: Any = integration_utils  # Any: half of its functions are untyped
    for name in set(found.report_to or ()) - set(theirs.get_available_reporting_integrations()):
        raise InputError(
            f"{name} is not installed, or nothing that a training can report to",
            where="report_to",
            mend=f"Install it, pip install {name}, or leave it out: tensorboard/ is written anyway",
        )
    return found


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
    plan: Plan,
    renderer: Renderer,
    *,
    config: TrainConfig,
    folder: Path,
    planned: Callable[[Plan], None] | None = None,
    progress: Progress = silent,
) -> Tuned:
    """Train `network` on the packs, from the last whole checkpoint in `folder` where there is one.

    `planned` is told the plan before the first step: with what the probe found, where the run is long enough for one.
    Without it nothing is probed.

    Raises:
        InputError: A setting is wrong.
        OutputError: A checkpoint cannot be written.
        GristmillError: The loss is not finite.
    """
    from transformers import PrinterCallback, set_seed

    arguments = settings(config, folder, checkpointing=plan.checkpointing)
    checkpoint = last_checkpoint(folder / "checkpoints", clean=is_main())
    done = step_of(checkpoint)
    callbacks = [saver(config.save_minutes)]
    if is_main():
        callbacks.append(watcher(MetricsLog(folder / "metrics.jsonl", after=done), progress))

    def probed(probe: Probe | None) -> None:
        if planned is not None:
            planned(plan if probe is None else plan.probed(probe, done=done))

    worth = planned is not None and plan.steps - done >= _WORTH_A_PROBE
    if planned is not None and not worth:
        planned(plan)
    set_seed(config.seed)  # TRL wraps the model before its own seed is set
    with quiet_libraries(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            trainer = trainer_class(packed, probed if worth else None)(
                model=network,
                args=arguments,
                train_dataset=packed.dataset.add_column("pack", list(range(packed.dataset.num_rows))),
                processing_class=renderer.tokenizer,
                peft_config=lora(config),
                callbacks=callbacks,
            )
            trainer.remove_callback(PrinterCallback)
        except ValueError as error:
            raise InputError(first_line(error), where="sft", mend="Set another value, or leave it out") from error
        with saving(folder / "checkpoints"):
            trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    trained: Any = trainer.model  # Any: the trainer types it as any module
    return Tuned(trained, int(trainer.state.global_step), done)


def is_main() -> bool:
    """Tell whether this is the process that writes, of those that train together."""
    return os.environ.get("RANK", "0") == "0"
