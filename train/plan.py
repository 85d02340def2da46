"""The plan of a run: how many steps over how many tokens, what memory and how long, told before the first.

What can be counted is counted; memory is estimated before the weights are loaded and measured by the probe, and the
time is the probe's.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas import InputError
from schemas.counted import counted
from train.memory import Memory, estimate, size
from train.pack import Packed
from train.rendered import Rendered
from train.steps import count_steps
from train.trainer import Probe

if TYPE_CHECKING:
    from trl.trainer.sft_config import SFTConfig

ROOMY = 0.9  # of the free memory: above it checkpointing is switched on, so that other programs can breathe


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is going to do.

    Attributes:
        rows: Rows that one epoch reads.
        packs: Sequences that they are packed into.
        packs_dropped: Packs that an epoch leaves out, for they fill no batch: others each time.
        pack_length: Most tokens of a pack.
        empty: Share of the packs' positions that hold nothing; such positions are not computed.
        tokens: Tokens of one epoch.
        trained_tokens: Those of them that are learnt.
        epochs: Passes over the rows that the steps make.
        steps: Optimiser steps, with those that an earlier process made.
        rows_per_step: Mean rows of an optimiser step, all devices together.
        tokens_per_step: Mean tokens of it.
        devices: Processes that train together.
        device: `cpu` or `cuda`.
        dtype: What is computed in: `bfloat16`, `float16` or `float32`.
        dtype_reason: Why.
        checkpointing: Whether activations are computed again in place of being kept.
        checkpointing_reason: Why.
        memory: Bytes by kind, estimated, per device.
        free: Bytes that are free on the device.
        measured: Most bytes that the probe and the optimiser's state take; 0 before the probe.
        tokens_per_second: Speed of the probe, all devices together; 0 before it.
        seconds: Time that the steps to do will take; 0 before the probe.
    """

    rows: int
    packs: int
    packs_dropped: int
    pack_length: int
    empty: float
    tokens: int
    trained_tokens: int
    epochs: float
    steps: int
    rows_per_step: float
    tokens_per_step: float
    devices: int
    device: str
    dtype: str
    dtype_reason: str
    checkpointing: bool
    checkpointing_reason: str
    memory: Memory
    free: int
    measured: int = 0
    tokens_per_second: float = 0.0
    seconds: float = 0.0

    def probed(self, probe: Probe, *, done: int) -> "Plan":
        """Add what the probe found, for a run that has made `done` steps already."""
        speed = probe.tokens / max(probe.seconds, 1e-9) * self.devices
        left = max(self.steps - done, 0) * self.tokens_per_step
        return dataclasses.replace(
            self,
            measured=probe.peak + self.memory.optimiser if probe.peak else 0,
            tokens_per_second=round(speed, 1),
            seconds=round(left / speed, 1),
        )

    def record(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        return {**dataclasses.asdict(self), "memory": self.memory._asdict()}

    def text(self) -> str:
        """Tell it in a few lines."""
        memory = self.memory
        on = f"{self.devices} x {self.device}" if self.devices > 1 else self.device
        dropped = counted(self.packs_dropped, "pack", "are", one="is")
        lines = [
            (
                f"Plan: {self.steps:,} steps of {self.rows_per_step:.1f} rows and {self.tokens_per_step:,.0f} tokens, "
                f"{self.epochs:.3g} epochs of {self.tokens:,} tokens, {self.trained_tokens:,} of them learnt"
            ),
            (
                f"  {self.rows:,} rows in {self.packs:,} packs of up to {self.pack_length:,} tokens; no padding, "
                f"{self.empty:.1%} of the packs is empty"
            ),
            *(
                [f"  {dropped} left out in each epoch (dataloader_drop_last), others each time"]
                if self.packs_dropped
                else []
            ),
            f"  {self.dtype} on {on}: {self.dtype_reason}",
            f"  gradient checkpointing {'on' if self.checkpointing else 'off'}: {self.checkpointing_reason}",
            f"  memory about {size(memory.total)} of {size(self.free)} free: weights {size(memory.weights)}, gradients "
            f"{size(memory.gradients)}, optimiser {size(memory.optimiser)}, activations {size(memory.activations)}"
            + (f"; {size(self.measured)} measured, libraries included" if self.measured else ""),
        ]
        if self.seconds:
            lines.append(f"  about {duration(self.seconds)} to go at {self.tokens_per_second:,.0f} tokens/s")
        return "\n".join(lines)


def make_plan(  # noqa: PLR0913 - everything that is known before the weights are loaded goes in
    packed: Packed,
    rows: Sequence[Rendered],
    arguments: "SFTConfig",
    *,
    shape: Any,  # Any: each model has a configuration class of its own
    parameters: int,
    trainable: int,
    weight_bytes: float,
    free: float,
    dtype_given: bool = False,
    checkpointing: bool | None = None,
) -> Plan:
    """Count, estimate and choose.

    Args:
        packed: The packs.
        rows: The rows in them.
        arguments: TRL's settings.
        shape: Configuration of the model.
        parameters: Parameters of the model.
        trainable: Parameters that are trained.
        weight_bytes: Bytes per parameter as the model is loaded.
        free: Bytes that are free on the device.
        dtype_given: Whether the user chose what to compute in.
        checkpointing: What the user chose; None to switch it on only where memory would not do without.
    """
    made = count_steps(packed.dataset.num_rows, arguments)
    tokens = sum(len(row.ids) for row in rows)
    read = 1 - made.dropped / max(packed.dataset.num_rows, 1)  # share of an epoch: which packs is drawn anew each time
    steps = arguments.max_steps if arguments.max_steps > 0 else math.ceil(arguments.num_train_epochs * made.per_epoch)
    kept, again = (
        estimate(
            packed,
            arguments,
            shape=shape,
            parameters=parameters,
            trainable=trainable,
            weight_bytes=weight_bytes,
            checkpointing=each,
        )
        for each in (False, True)
    )
    if checkpointing is not None:
        chosen, reason = checkpointing, "it is set"
    elif kept.total <= ROOMY * free:
        chosen, reason = False, f"{size(kept.total)} fit into the {size(free)} that are free, and it would cost a fifth"
    else:
        chosen, reason = True, f"without it {size(kept.total)} would be needed, and {size(free)} are free"
    return Plan(
        rows=len(rows),
        packs=packed.dataset.num_rows,
        packs_dropped=made.dropped,
        pack_length=packed.length,
        empty=round(1 - tokens / max(packed.dataset.num_rows * packed.length, 1), 4),
        tokens=tokens,
        trained_tokens=sum(int(row.learnt.sum()) for row in rows),
        epochs=round(steps / made.per_epoch, 3),
        steps=steps,
        rows_per_step=round(read * len(rows) / made.per_epoch, 2),
        tokens_per_step=round(read * tokens / made.per_epoch, 1),
        devices=made.devices,
        device="cpu" if arguments.use_cpu else "cuda",
        dtype="bfloat16" if arguments.bf16 else "float16" if arguments.fp16 else "float32",
        dtype_reason=_dtype_reason(arguments, given=dtype_given),
        checkpointing=chosen,
        checkpointing_reason=reason,
        memory=again if chosen else kept,
        free=round(free),
    )


def refuse_too_large(plan: Plan, *, where: str, full: bool) -> None:
    """Refuse a run that would not fit into memory, before anything is loaded.

    Raises:
        InputError: It does not fit.
    """
    if plan.memory.total <= plan.free:
        return
    memory = plan.memory
    ways = ["lower batch_packs or max_length", "choose a smaller model", "free memory"]
    if full:
        ways.insert(0, "train an adapter in place of all weights")
    raise InputError(
        f"training needs about {size(memory.total)} and {size(plan.free)} are free: weights {size(memory.weights)}, "
        f"gradients {size(memory.gradients)}, optimiser {size(memory.optimiser)}, activations "
        f"{size(memory.activations)}",
        where=where,
        mend=f"{', '.join(ways[:-1])}, or {ways[-1]}".capitalize(),
    )


def _dtype_reason(arguments: "SFTConfig", *, given: bool) -> str:
    half = bool(arguments.bf16 or arguments.fp16)
    if given:
        return "it is set"
    if arguments.use_cpu:
        return "the CPU has instructions for it" if half else "the CPU has no instructions for bfloat16"
    return "the GPU computes in it" if half else "the GPU does not compute in bfloat16"


def unheard(text: str) -> None:
    """Hear a line and do nothing: the default wherever a plan is told."""


def duration(seconds: float) -> str:
    """Write a time for people: `40 s`, `12 min`, `3 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
