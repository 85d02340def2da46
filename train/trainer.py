"""The trainer: TRL's, with a loss on trained tokens alone where that is less, a probe, and the rows behind every pack.

TRL's own fused head scores every position on a CPU, masked ones too, and works out their entropy over the whole
vocabulary. Here the model's own head is asked for the trained positions only, which gives the same loss for less.
A model in which rows of a pack would see each other reads them one by one.
"""

import inspect
import math
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from schemas import GristmillError, InputError
from train.apart import keeps_apart
from train.pack import Packed
from train.rendered import IGNORED

if TYPE_CHECKING:
    from trl.trainer.sft_trainer import SFTTrainer

MOST_LOGITS = 1 << 28  # of one batch, 1 GiB in float32: above it TRL's loss, which works in chunks, needs less memory
_NAMED = 10


class Probe(NamedTuple):
    """What a step took that was tried out before the first one.

    Attributes:
        tokens: Tokens in it.
        seconds: Wall clock of forward and backward.
        peak: Most bytes in use on the device while it ran; 0 where the system does not tell.
    """

    tokens: int
    seconds: float
    peak: int


def trainer_class(packed: Packed, on_probe: Callable[[Probe | None], None] | None = None) -> "type[SFTTrainer]":
    """Make the trainer for some packs.

    It computes the loss on trained tokens alone where TRL would not, stops at a loss that is not finite with the very
    rows, and writes no model card.

    Args:
        packed: The packs; the data set must say in `pack` which is which.
        on_probe: Is told what a step takes before the first one is made, None where that cannot be tried without
            changing what follows; by default nothing is probed.
    """
    import torch
    from torch.nn import functional
    from trl.trainer.sft_trainer import SFTTrainer

    class PackTrainer(SFTTrainer):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as in SFTTrainer
            super().__init__(*args, **kwargs)
            bare: Any = self.accelerator.unwrap_model(self.model)
            self.bare = bare.get_base_model() if hasattr(bare, "get_base_model") else bare
            self.one_by_one = not keeps_apart(self.bare)
            if self.one_by_one and not self._has_plain_loss():
                raise InputError(
                    "this model reads rows of one pack as one text, so they are read one by one, which goes with the "
                    "plain loss alone",
                    where="sft",
                    mend="Leave loss_type, label_smoothing_factor and use_liger_kernel out",
                )
            self.by_places = "logits_to_keep" in inspect.signature(type(self.bare).forward).parameters
            self.compact = self._can_compact()
            self.on_probe = on_probe
            self.tokens = 0
            self.marked: list[tuple[Any, int]] = []
            self.data_collator = PackCollator(self.data_collator)  # TRL refuses another while it is made

        def _has_plain_loss(self) -> bool:
            """Tell whether the loss is the mean over trained tokens and nothing else."""
            return (
                getattr(self.args, "loss_type", "nll") == "nll"
                and not self.args.label_smoothing_factor
                and not getattr(self, "aux_loss_enabled", False)
                and not getattr(self.args, "use_liger_kernel", False)
            )

        def _can_compact(self) -> bool:
            """Tell whether the model's own head can be asked for some positions, and TRL would score them all."""
            most = most_of(packed, "trained") * self.args.per_device_train_batch_size
            return (
                self.args.device.type == "cpu"
                and self._has_plain_loss()
                and self.by_places
                and most * int(self.bare.config.get_text_config().vocab_size) <= MOST_LOGITS
            )

        def compute_loss(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # Any: as in SFTTrainer
            inputs = {name: value for name, value in inputs.items() if name != "packs"}
            if args or not (self.compact or self.one_by_one) or kwargs.get("return_outputs"):
                return super().compute_loss(model, inputs, *args, **kwargs)  # type: ignore[no-untyped-call] # theirs
            num_items_in_batch = kwargs.get("num_items_in_batch")
            sums, trained = [], 0
            for part in self._rows(inputs) if self.one_by_one else [inputs]:
                following = part.pop("labels")[0, 1:]
                places = (following != IGNORED).nonzero().flatten()
                if self.by_places:
                    logits = model(**part, use_cache=False, logits_to_keep=places).logits[0].float()
                else:
                    logits = model(**part, use_cache=False).logits[0, places].float()
                targets = following[places]
                sums.append(functional.cross_entropy(logits, targets, reduction="none").sum())
                self.marked.append(((logits.detach().argmax(-1) == targets).sum(), len(places)))
                trained += len(places)
            count = trained if num_items_in_batch is None else num_items_in_batch
            loss = torch.stack(sums).sum() / torch.as_tensor(count).clamp(min=1)
            if self.args.average_tokens_across_devices and num_items_in_batch is not None:
                loss = loss * self.accelerator.num_processes  # the count is of all devices, gradients are averaged
            return loss

        def _rows(self, inputs: Any) -> Iterator[dict[str, Any]]:  # Any: tensors
            """Cut a batch into its rows."""
            for start, stop in pairwise(inputs["cu_seq_lens_q"].tolist()):
                yield {name: inputs[name][:, start:stop] for name in ("input_ids", "labels")}

        def training_step(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:  # Any: as in SFTTrainer
            if self.on_probe is not None:
                tell, self.on_probe = self.on_probe, None
                stepping = self.is_deepspeed_enabled or self.is_fsdp_enabled  # their backward pass may move weights
                tell(None if stepping else self._probe(model, inputs, *args, **kwargs))
            self.tokens += inputs["input_ids"].numel()
            loss: Any = super().training_step(model, inputs, *args, **kwargs)  # type: ignore[no-untyped-call] # theirs
            if not math.isfinite(loss.item()):
                raise self._not_finite(model, inputs, loss.item())
            return loss

        def _probe(self, model: Any, inputs: Any, *args: Any, **kwargs: Any) -> Probe:  # Any: as above
            """Try forward and backward twice, the first to warm up, and leave no trace: no gradient, no drawn lot."""
            seconds = 0.0
            with torch.random.fork_rng([self.args.device] if self.args.device.type == "cuda" else []):
                forget_peak(self.args.device)
                for _ in range(2):
                    start = time.perf_counter()
                    super().training_step(model, inputs, *args, **kwargs)  # type: ignore[no-untyped-call] # theirs
                    if self.args.device.type == "cuda":
                        torch.cuda.synchronize()
                    seconds = time.perf_counter() - start
                    model.zero_grad(set_to_none=True)
            self.marked.clear()
            return Probe(inputs["input_ids"].numel(), seconds, peak_memory(self.args.device))

        def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:  # Any: as in SFTTrainer
            """Add the tokens read since the last time, and the share of trained ones that were guessed right."""
            if "loss" in logs:
                right = sum(int(found) for found, _ in self.marked)
                of = sum(count for _, count in self.marked)
                sums = torch.tensor([self.tokens, right, of], device=self.args.device)
                tokens, right, of = self.accelerator.reduce(sums, "sum").tolist()
                logs["tokens"] = tokens
                if self.compact or self.one_by_one:
                    logs["mean_token_accuracy"] = right / max(of, 1)
                self.tokens = 0
                self.marked.clear()
            super().log(logs, *args, **kwargs)

        def _not_finite(self, model: Any, inputs: Any, loss: float) -> GristmillError:  # Any: as above
            """Find the rows to blame: those whose loss is not finite when they are alone."""
            packs = inputs["packs"].tolist()
            head = f"the loss is {loss} at step {self.state.global_step + 1}, in pack {listed(packs)}"
            rows = [row for pack in packs for row in rows_of(packed, pack)]
            where = str(self.args.output_dir)
            saved = "; the last checkpoint is whole" if any(Path(where).glob("checkpoint-*")) else ""
            if not all(bool(weight.isfinite().all()) for weight in model.parameters()):
                return GristmillError(
                    f"{head} with the rows {listed(rows)}; the weights were not finite before it",
                    where=where,
                    mend=f"Lower learning_rate, or check the base model{saved}",
                )
            blamed = [
                row for row, alone in zip(rows, self._alone(model, inputs), strict=True) if not math.isfinite(alone)
            ]
            if len(blamed) == len(rows) > 1:
                return GristmillError(
                    f"{head}; none of its rows ({listed(rows)}) has a finite loss alone, so it is the weights' doing",
                    where=where,
                    mend=f"Lower learning_rate, or check the base model{saved}",
                )
            return GristmillError(
                f"{head}; the rows whose loss is not finite are {listed(blamed)}"
                if blamed
                else f"{head}; its rows are {listed(rows)}, each of finite loss alone",
                where=where,
                mend=f"Look at these rows, or lower learning_rate{saved}",
            )

        def _alone(self, model: Any, inputs: Any) -> list[float]:  # Any: as above
            """Give the loss of each row of a batch, in order, read alone."""
            inputs, found = self._prepare_inputs(inputs), []
            with torch.no_grad(), self.compute_loss_context_manager():
                for row in self._rows(inputs):
                    logits = model(input_ids=row["input_ids"], use_cache=False).logits[0, :-1].float()
                    found.append(float(functional.cross_entropy(logits, row["labels"][0, 1:], reduction="sum")))
            return found

        def create_model_card(self, *args: Any, **kwargs: Any) -> None:
            """Write none: the card of the finished model is ours."""

    return PackTrainer


class PackCollator:
    """TRL's collator, which drops what names a pack, with the numbers of the packs beside what it gives.

    Args:
        theirs: TRL's.
    """

    def __init__(self, theirs: Callable[[list[dict[str, Any]]], dict[str, Any]]) -> None:  # Any: lists and tensors
        self.theirs = theirs

    def __call__(self, packs: list[dict[str, Any]]) -> dict[str, Any]:  # Any: as above
        """Make a batch of packs."""
        import torch

        return {**self.theirs(packs), "packs": torch.tensor([pack["pack"] for pack in packs])}


def most_of(packed: Packed, column: Literal["tokens", "trained"]) -> int:
    """Give the most tokens, or trained tokens, of any pack."""
    sums = packed.places.group_by("pack").aggregate([(column, "sum")])[f"{column}_sum"].to_pylist()
    return max((int(each or 0) for each in sums), default=0)


def rows_of(packed: Packed, pack: int) -> list[int]:
    """Give the numbers of the rows in a pack, in order."""
    places, packs = packed.places["row"].to_numpy(), packed.places["pack"].to_numpy()
    return [int(row) for row in places[packs == pack]]


def listed(numbers: list[int]) -> str:
    """Name some numbers in a sentence."""
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return ", ".join(map(str, numbers[:_NAMED])) + more


def forget_peak(device: Any) -> None:  # Any: torch's device
    """Have the most memory in use counted from now on."""
    if device.type == "cuda":
        import torch

        torch.cuda.reset_peak_memory_stats(device)
    else:
        with suppress(OSError):  # where the system has no such file, the peak of the whole process stands for it
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_memory(device: Any) -> int:  # Any: torch's device
    """Give the most bytes that this process had in use on a device; 0 where the system does not tell."""
    if device.type == "cuda":
        import torch

        return torch.cuda.max_memory_allocated(device)
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) * 1024 if lines else 0
