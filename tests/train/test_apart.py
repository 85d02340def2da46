from collections.abc import Callable
from typing import Any

import pytest

from train.apart import keeps_apart

SHAPE: dict[str, Any] = {
    "vocab_size": 40,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


def attending() -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    build: Any = LlamaForCausalLM  # Any: its constructor is untyped
    return build(LlamaConfig(**SHAPE))


def windowed() -> Any:
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    kinds = ["sliding_attention", "full_attention"]
    return Gemma3ForCausalLM(Gemma3TextConfig(**SHAPE, head_dim=8, sliding_window=4, layer_types=kinds))


def convolving() -> Any:
    from transformers import Lfm2Config, Lfm2ForCausalLM

    build: Any = Lfm2ForCausalLM  # Any: its constructor is untyped
    return build(Lfm2Config(**SHAPE, layer_types=["conv", "full_attention"]))


def biased() -> Any:
    from transformers import BloomConfig, BloomForCausalLM

    return BloomForCausalLM(BloomConfig(vocab_size=40, hidden_size=32, n_layer=2, n_head=4))


@pytest.mark.parametrize(
    ("build", "apart"), [(attending, True), (windowed, True), (convolving, False), (biased, False)]
)
def test_a_model_is_tried_out(build: Callable[[], Any], apart: bool) -> None:
    import torch

    torch.manual_seed(0)
    network = build().train()
    assert keeps_apart(network) is apart
    assert network.training


def test_adapters_and_half_precision_are_no_hindrance() -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    network = get_peft_model(attending(), LoraConfig(target_modules="all-linear", lora_dropout=0.5))
    assert keeps_apart(network)
    assert keeps_apart(network.to(torch.bfloat16))
