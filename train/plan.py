"""The plan of a run: how many steps over how many tokens, what memory and how long, told before the first.

What can be counted is counted; memory is estimated before the weights are loaded and measured by the probe, and the
time is the probe's.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas import InputError
from train.adapter import ALL_LINEAR
from train.pack import Packed
from train.rendered import Rendered
from train.trainer import Probe, most_of

if TYPE_CHECKING:
    from trl.trainer.sft_config import SFTConfig

ROOMY = 0.9  # of the free memory: above it checkpointing is switched on, so that other programs can breathe


class Memory(NamedTuple):
    """What training holds in memory, in bytes per device.

    Attributes:
        weights: Weights of the model and of its adapter.
        gradients: Gradients of what is trained.
        optimiser: AdamW's two moments of what is trained.
        activations: What the forward pass keeps for the backward pass, and the logits.
    """

    weights: int
    gradients: int
    optimiser: int
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is going to do.

    Attributes:
        rows: Rows that one epoch reads.
        packs: Sequences that they are packed into.
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
        lines = [
            (
                f"Plan: {self.steps:,} steps of {self.rows_per_step:.1f} rows and {self.tokens_per_step:,.0f} tokens, "
                f"{self.epochs:.3g} epochs of {self.tokens:,} tokens, {self.trained_tokens:,} of them learnt"
            ),
            (
                f"  {self.rows:,} rows in {self.packs:,} packs of up to {self.pack_length:,} tokens; no padding, "
                f"{self.empty:.1%} of the packs is empty"
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
    places, devices = packed.dataset.num_rows, max(int(arguments.world_size), 1)
    tokens = sum(len(row.ids) for row in rows)
    at_once = arguments.per_device_train_batch_size * devices
    per_epoch = max(math.ceil(math.ceil(places / at_once) / arguments.gradient_accumulation_steps), 1)
    steps = arguments.max_steps if arguments.max_steps > 0 else math.ceil(arguments.num_train_epochs * per_epoch)
    on_cpu = bool(arguments.use_cpu)
    half = bool(arguments.bf16 or arguments.fp16)
    fixed = Memory(
        weights=round(parameters * weight_bytes)
        + (0 if trainable == parameters else 4 * trainable)
        + (2 * parameters if half and weight_bytes == 4 else 0),  # autocast keeps a copy while a step lasts
        gradients=4 * trainable,
        optimiser=8 * trainable,
        activations=0,
    )
    batch = arguments.per_device_train_batch_size
    kept, again = (
        fixed._replace(
            activations=activations(
                shape,
                tokens=batch * most_of(packed, "tokens"),
                trained=batch * most_of(packed, "trained"),
                half=half,
                checkpointing=each,
            )
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
        packs=places,
        pack_length=packed.length,
        empty=round(1 - tokens / max(places * packed.length, 1), 4),
        tokens=tokens,
        trained_tokens=sum(int(row.learnt.sum()) for row in rows),
        epochs=round(steps / per_epoch, 3),
        steps=steps,
        rows_per_step=round(len(rows) / per_epoch, 2),
        tokens_per_step=round(tokens / per_epoch, 1),
        devices=devices,
        device="cpu" if on_cpu else "cuda",
        dtype="bfloat16" if arguments.bf16 else "float16" if arguments.fp16 else "float32",
        dtype_reason=_dtype_reason(on_cpu=on_cpu, half=half, given=dtype_given),
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


def activations(shape: Any, *, tokens: int, trained: int, half: bool, checkpointing: bool) -> int:
    """Estimate the bytes that a forward pass keeps for the backward pass.

    Per token and layer: norms, queries, keys, values and residuals, about 14 times the width, and the four of a gated
    MLP, each as wide as its inside. At every trained token: logits, their gradient, and the softmax between them.
    """
    text = shape.get_text_config()
    width, layers = int(text.hidden_size), int(text.num_hidden_layers)
    inside = getattr(text, "intermediate_size", None) or 4 * width
    layer = (14 * width + 4 * int(inside)) * (3 if half else 4)  # under autocast half of it stays in float32
    per_token = layer + layers * width * 4 if checkpointing else layers * layer
    return tokens * per_token + 12 * trained * int(text.vocab_size)


def lora_parameters(
    shapes: dict[str, tuple[int, ...]], rank: int, targets: Sequence[str] = (ALL_LINEAR,), *, dora: bool = False
) -> int:
    """Count the weights of an adapter from the shapes of a model's tensors.

    Args:
        shapes: Shape of each tensor, by its name.
        rank: Rank of the adapter.
        targets: Names of the layers that it sits on; `all-linear` for every linear one but the head.
        dora: Whether it has the size of each weight column besides.
    """
    count = 0
    for name, shape in shapes.items():
        layer = name.removesuffix(".weight")
        named = any(layer == target or layer.endswith(f".{target}") for target in targets)
        if len(shape) == 2 and (named or (ALL_LINEAR in targets and not _outer(name))):
            count += rank * sum(shape) + (shape[0] if dora else 0)
    return count


def _outer(name: str) -> bool:
    """Tell embeddings and head from what lies between."""
    return any(part in name for part in ("embed", "wte", "wpe", "lm_head", "embed_out"))


def _dtype_reason(*, on_cpu: bool, half: bool, given: bool) -> str:
    if given:
        return "it is set"
    if on_cpu:
        return "the CPU has instructions for it" if half else "the CPU has no instructions for bfloat16"
    return "the GPU computes in it" if half else "the GPU does not compute in bfloat16"


def unheard(text: str) -> None:
    """Hear a line and do nothing: the default wherever a plan is told."""


def size(count: float) -> str:
    """Write bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"


def duration(seconds: float) -> str:
    """Write a time for people: `40 s`, `12 min`, `3 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
