"""The settings of a training run, checked before anything is loaded."""

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

from schemas import InputError
from train.checked import OverLength
from train.mix import MixPart, check_weight

_ROWS_ARE_OURS = "rows are rendered, cut to length and packed before TRL sees them, so that none is changed unseen"
_SAVING = (
    "checkpoints are written every save_every steps and save_minutes minutes, two are kept, and a run resumes by itself"
)
_LOGGING = "every step is logged to metrics.jsonl, and a loss that is not finite stops the run"
_EVALUATION = "evaluation is a step of its own, `gristmill evaluate`, token-weighted and with answers"

OWNED: Mapping[str, str] = {
    "output_dir": "it is the run folder, -o",
    "per_device_train_batch_size": "set batch_packs",
    "num_train_epochs": "set epochs",
    "max_steps": "set max_steps beside sft, not in it",
    "learning_rate": "set learning_rate beside sft, not in it",
    "seed": "set seed beside sft, not in it",
    **dict.fromkeys(
        ("save_steps", "save_strategy", "save_total_limit", "save_only_model", "resume_from_checkpoint"), _SAVING
    ),
    **dict.fromkeys(("logging_steps", "logging_strategy", "logging_nan_inf_filter", "disable_tqdm"), _LOGGING),
    **dict.fromkeys(("eval_strategy", "eval_steps", "eval_packing", "do_eval", "load_best_model_at_end"), _EVALUATION),
    **dict.fromkeys(
        (
            "assistant_only_loss",
            "chat_template_path",
            "completion_only_loss",
            "dataset_kwargs",
            "dataset_num_proc",
            "dataset_text_field",
            "eos_token",
            "max_length",
            "packing",
            "packing_strategy",
            "pad_token",
            "padding_free",
            "remove_unused_columns",
            "shuffle_dataset",
            "truncation_mode",
        ),
        _ROWS_ARE_OURS,
    ),
    "model_init_kwargs": "the model is loaded before TRL sees it",
    "trust_remote_code": "code that comes with a model is never run",
}
"""Fields of TRL's SFTConfig that cannot be set through `sft`, and why."""

_CHOICES = {
    "method": ("lora", "full"),
    "over_length": ("drop", "truncate", "error"),
    "leaks": ("note", "drop", "error"),
    "quantise": ("none", "4bit"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Settings of supervised fine-tuning.

    Attributes:
        model: Folder or hub name of the model to tune; the command turns `embedded` into a folder.
        method: `lora` trains an adapter, `full` all weights.
        max_steps: Optimiser steps; None for what `epochs` makes.
        epochs: Passes over the rows; 3 is transformers' default.
        learning_rate: Peak rate; None for 2e-4 with LoRA and 2e-5 with full (TRL's).
        max_length: Most tokens of a row; None to choose it from the rows.
        over_length: What becomes of longer rows: `drop`, `truncate` or `error`.
        leaks: What becomes of held-out rows of a given split that stand in training as well: `note` tells of them,
            `drop` leaves the training rows out, `error` refuses to train.
        batch_packs: Packs per device and step. A pack holds as many rows as fit into it.
        lora_rank: Rank of the adapter on each layer.
        lora_alpha: Scale of the adapter, times its rank.
        lora_dropout: Dropout inside the adapter.
        lora_targets: Names of the layers to adapt, `q_proj` for example; by default every linear one but the head.
        lora_dora: Train the size of each weight column apart from its direction (DoRA, arXiv:2402.09353).
        quantise: `4bit` holds the base model in four bits while its adapter is trained (QLoRA, arXiv:2305.14314).
        seed: Seed of the split, the adapter's first weights, the order of packs and dropout.
        held_out: Share (below 1) or number of rows to hold out for evaluation; 0 for none.
        held_out_data: Data whose rows are held out, in place of rows of the data itself.
        mix: More data to train on, each with its weight.
        data_weight: How often the rows of the data itself are read in one epoch.
        save_every: Steps between checkpoints.
        save_minutes: Minutes after which one is written even if these steps are not made.
        sft: Any other field of TRL's SFTConfig.
    """

    seed: int
    model: str = "embedded"
    method: Literal["lora", "full"] = "lora"
    max_steps: int | None = None
    epochs: float = 3.0
    learning_rate: float | None = None
    max_length: int | None = None
    over_length: OverLength = "drop"
    leaks: Literal["note", "drop", "error"] = "note"
    batch_packs: int = 2
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.0
    lora_targets: str | tuple[str, ...] = "all-linear"
    lora_dora: bool = False
    quantise: Literal["none", "4bit"] = "none"
    held_out: float = 0.1
    held_out_data: str | None = None
    mix: tuple[MixPart, ...] = ()
    data_weight: float = 1.0
    save_every: int = 50
    save_minutes: float = 5.0
    sft: dict[str, Any] = field(default_factory=dict)  # Any: SFTConfig's fields are of all types

    def __post_init__(self) -> None:
        for name in ("max_steps", "max_length", "batch_packs", "lora_rank", "lora_alpha", "save_every"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"{name} = {value} is below 1", mend=f"Choose 1 or more for {name}")
        check_seed(self.seed)
        for name in ("epochs", "learning_rate", "save_minutes"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise InputError(
                    f"{name} = {value} is not a number above 0", mend=f"Choose a number above 0 for {name}"
                )
        if not 0 <= self.lora_dropout < 1:
            raise InputError(f"lora_dropout = {self.lora_dropout} is not in [0, 1)", mend="Choose 0 for no dropout")
        if not 0 <= self.held_out < math.inf or (self.held_out > 1 and self.held_out != int(self.held_out)):
            raise InputError(
                f"held_out = {self.held_out} is neither a share nor a number of rows",
                mend="Choose a share below 1 or a whole number of rows",
            )
        for name, choices in _CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
                raise InputError(f"there is no {name} {value!r}", mend=f"Choose {listed}")
        if not self.lora_targets:
            raise InputError("lora_targets names no layer", mend="Leave it out for every linear layer")
        if self.method == "full" and (self.quantise != "none" or self.lora_dora or self.lora_targets != "all-linear"):
            raise InputError(
                "quantise, lora_dora and lora_targets go with an adapter, and method is full", mend="Set method to lora"
            )
        check_weight(self.data_weight, where="data_weight")

    @property
    def rate(self) -> float:
        """The learning rate in use."""
        return self.learning_rate or (2e-4 if self.method == "lora" else 2e-5)


def check_seed(seed: int) -> None:
    """Refuse a seed that numpy cannot take, before hours of work come to it.

    Raises:
        InputError: It is below 0 or too large.
    """
    if not 0 <= seed < 2**32:
        raise InputError(f"seed = {seed} is not in [0, 2^32)", mend="Choose 0 or another small whole number")


def check_sft(settings: Mapping[str, Any]) -> None:  # Any: SFTConfig's fields are of all types
    """Refuse what cannot be set through `sft`.

    Raises:
        InputError: SFTConfig has no such field, it is ours, or the value is of another type.
    """
    from trl.trainer.sft_config import SFTConfig

    known, hints = {each.name for each in dataclasses.fields(SFTConfig)}, get_type_hints(SFTConfig)
    for name, value in settings.items():
        if name in OWNED:
            raise InputError(f"{name} cannot be set here: {OWNED[name]}", where="sft", mend=f"Leave {name} out")
        if name not in known:
            ours = {each.name for each in dataclasses.fields(TrainConfig)} - {"sft"}
            near = difflib.get_close_matches(name, sorted((known - OWNED.keys()) | ours), n=1, cutoff=0.5)
            raise InputError(
                f"there is no training setting {name!r}",
                where="sft",
                mend=f"Did you mean {near[0]}?" if near else "See TRL's SFTConfig for what there is",
            )
        _check_value(name, value, hints[name])


def _check_value(name: str, value: Any, hint: Any) -> None:  # Any: whatever is set, for a field of any type
    """Refuse a value that is no flag or number where one is wanted; TRL takes any text for true."""
    kinds = set(get_args(hint) or (hint,))
    if kinds <= {bool, NoneType}:
        fits, wanted = isinstance(value, bool), "true or false"
    elif name == "gradient_accumulation_steps":  # transformers takes 0 and divides by it
        fits, wanted = type(value) is int and value > 0, "a whole number above 0"
    elif kinds <= {int, NoneType}:
        fits, wanted = type(value) is int, "a whole number"
    elif kinds <= {int, float, NoneType}:
        fits, wanted = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    else:
        return
    if not fits and not (value is None and NoneType in kinds):
        raise InputError(f"{name} = {value} is not {wanted}", where="sft", mend=f"Set {name} to {wanted}")
