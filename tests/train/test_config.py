"""Wrong settings are refused by name."""

from collections.abc import Callable

import pytest

from schemas import InputError
from train import EvaluateConfig, TrainConfig
from train.config import OWNED, check_sft
from train.harness import BenchConfig
from train.judge import JudgeConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_steps": 0}, "max_steps = 0 is below 1"),
        ({"epochs": 0.0}, "epochs = 0.0 is not a number above 0"),
        ({"learning_rate": -1e-4}, "learning_rate = -0.0001 is not a number above 0"),
        ({"lora_dropout": 1.0}, "lora_dropout"),
        ({"seed": -1}, r"seed = -1 is not in \[0, 2\^32\)"),
        ({"held_out": 1.5}, "neither a share nor a number"),
        ({"held_out": float("nan")}, "neither a share nor a number"),
        ({"held_out": float("inf")}, "neither a share nor a number"),
        ({"epochs": float("inf")}, "epochs = inf is not a number above 0"),
        ({"learning_rate": float("inf")}, "learning_rate = inf is not a number above 0"),
        ({"method": "qlora"}, "there is no method 'qlora'"),
        ({"over_length": "cut"}, "there is no over_length 'cut'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TrainConfig(**{"seed": 0, **settings})  # type: ignore[arg-type] # wrong on purpose


def test_the_rate_follows_the_method() -> None:
    assert TrainConfig(seed=0).rate == 2e-4
    assert TrainConfig(seed=0, method="full").rate == 2e-5
    assert TrainConfig(seed=0, learning_rate=1e-3).rate == 1e-3


def test_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no training setting 'weight_decai'\. Did you mean weight_decay\?"):
        check_sft({"weight_decai": 0.1})


def test_a_field_that_is_ours_says_why() -> None:
    with pytest.raises(InputError, match="packing cannot be set here: rows are rendered"):
        check_sft({"packing": True})


def test_every_field_that_is_ours_is_one_of_trl() -> None:
    import dataclasses

    from trl.trainer.sft_config import SFTConfig

    assert OWNED.keys() <= {field.name for field in dataclasses.fields(SFTConfig)}


def test_any_other_field_may_be_set() -> None:
    check_sft({"warmup_steps": 0.1, "lr_scheduler_type": "cosine", "weight_decay": 0.01})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"gradient_checkpointing": "maybe"}, "gradient_checkpointing = maybe is not true or false"),
        ({"bf16": 1}, "bf16 = 1 is not true or false"),
        ({"warmup_steps": "abc"}, "warmup_steps = abc is not a number"),
        ({"max_grad_norm": True}, "max_grad_norm = True is not a number"),
        ({"gradient_accumulation_steps": 0}, "gradient_accumulation_steps = 0 is not a whole number above 0"),
        ({"dataloader_num_workers": 1.5}, "dataloader_num_workers = 1.5 is not a whole number"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_value_of_another_type_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_sft(settings)


def test_a_field_that_may_be_unset_may_be_null() -> None:
    check_sft({"bf16": None, "gradient_checkpointing": True, "max_grad_norm": 1})


@pytest.mark.parametrize("seed", [-1, 2**32], ids=["below 0", "too large"])
@pytest.mark.parametrize(
    "settings",
    [TrainConfig, EvaluateConfig, JudgeConfig, lambda **seed: BenchConfig(tasks=("sums",), **seed)],
    ids=["training", "evaluation", "judge", "benchmark"],
)
def test_a_seed_that_numpy_cannot_take_is_told_at_once(settings: Callable[..., object], seed: int) -> None:
    with pytest.raises(InputError, match="seed"):
        settings(seed=seed)
