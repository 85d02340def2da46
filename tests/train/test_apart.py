from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.train.architectures import SHAPE, convolving, counting, local, windowed
from train.apart import keeps_apart, reads_past_gaps


def attending() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    build: Any = LlamaForCausalLM  # Any: its constructor is untyped
    return build(LlamaConfig(**SHAPE))


def biased() -> Any:
    from transformers import BloomConfig, BloomForCausalLM

    return BloomForCausalLM(BloomConfig(vocab_size=40, hidden_size=32, n_layer=2, n_head=4))


@pytest.mark.parametrize(
    ("build", "apart"), [(attending, True), (partial(windowed, 4), True), (convolving, False), (biased, False)]
)
def test_a_model_is_tried_out(build: Callable[[], Any], apart: bool) -> None:
    import torch

    torch.manual_seed(0)
    network = build().train()
    assert keeps_apart(network) is apart
    assert network.training


@pytest.mark.parametrize(("build", "past"), [(attending, True), (biased, True), (counting, False), (local, False)])
def test_padding_inside_a_text_is_tried_out(build: Callable[[], Any], past: bool) -> None:
    import torch

    torch.manual_seed(0)
    network = build().train()
    assert reads_past_gaps(network) is past
    assert network.training
    assert reads_past_gaps(attending().to(torch.bfloat16))


def test_adapters_and_half_precision_are_no_hindrance() -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    network = get_peft_model(attending(), LoraConfig(target_modules="all-linear", lora_dropout=0.5))
    assert keeps_apart(network)
    assert keeps_apart(network.to(torch.bfloat16))
