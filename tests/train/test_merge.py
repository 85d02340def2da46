"""The merged model is the adapted one, and what is saved can be trusted."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from schemas import GristmillError, Message
from train import Rendered, Renderer, merge
from train.folder import load_tokenizer
from train.merge import save_model
from train.model import load_network

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def probes(renderer: Renderer) -> list[Rendered]:
    rows = renderer.render([(1, "a", [Message("user", "Why?"), Message("assistant", "Because of it.")])])
    return [row for row in rows if isinstance(row, Rendered)]


def adapt(folder: Path, out: Path, **settings: Any) -> None:  # Any: of LoraConfig
    """Save an adapter with random weights on both sides, so that it does something."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    network: Any = load_network(folder)
    model = get_peft_model(network, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", **settings))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.05)
    model.save_pretrained(str(out))


def test_merging_changes_no_logit_and_the_cast_few(tiny_folder: Path, tmp_path: Path) -> None:
    adapt(tiny_folder, tmp_path / "adapter")
    renderer = Renderer(load_tokenizer(tiny_folder))
    drift = merge(tiny_folder, tmp_path / "adapter", tmp_path / "merged", renderer=renderer, probes=probes(renderer))
    assert drift.mean < 1e-4
    assert drift.largest < 1e-4
    assert drift.mean < drift.saved_mean < drift.effect  # bfloat16 rounds, and the adapter did more than that
    assert drift.dtype == "bfloat16"
    again = Renderer(load_tokenizer(tmp_path / "merged"))
    assert again.template.hash == renderer.template.hash


def test_a_float32_base_stays_float32(
    tmp_path: Path, tokenizer: "PreTrainedTokenizerBase", model_in: Callable[..., Path]
) -> None:
    folder = model_in(tmp_path / "base", tokenizer)
    load_network(folder).save_pretrained(str(folder))
    adapt(folder, tmp_path / "adapter")
    renderer = Renderer(load_tokenizer(folder))
    drift = merge(folder, tmp_path / "adapter", tmp_path / "merged", renderer=renderer, probes=probes(renderer))
    assert drift.dtype == "float32"
    assert drift.saved_mean < 1e-4


def test_a_head_that_was_untied_is_not_lost_in_saving(tiny_folder: Path, tmp_path: Path) -> None:
    import torch

    network: Any = load_network(tiny_folder)
    with torch.no_grad():
        network.lm_head.weight = torch.nn.Parameter(torch.randn_like(network.lm_head.weight))
    renderer = Renderer(load_tokenizer(tiny_folder))
    drift = save_model(network, tiny_folder, tmp_path / "merged", renderer=renderer, probes=probes(renderer))
    assert drift.saved_mean < 0.05


def test_a_saved_model_that_is_another_is_found(tiny_folder: Path, tmp_path: Path) -> None:
    network = load_network(tiny_folder)
    renderer = Renderer(load_tokenizer(tiny_folder))
    rows = probes(renderer)
    others = [np.full((len(row.ids), 263), 3.0, np.float32) for row in rows]
    with pytest.raises(GristmillError, match="the saved model is not the trained one"):
        save_model(network, tiny_folder, tmp_path / "merged", renderer=renderer, probes=rows, trained=others)


def test_generation_stops_at_the_end_of_turn_and_never_at_padding(
    tmp_path: Path, tokenizer_with: Callable[..., "PreTrainedTokenizerBase"], model_in: Callable[..., Path]
) -> None:
    from transformers import GenerationConfig as TheirConfig

    config: Any = TheirConfig  # Any: its constructor is untyped
    tokenizer = tokenizer_with()
    tokenizer.pad_token = "<|endoftext|>"
    folder = model_in(tmp_path / "base", tokenizer)
    network = load_network(folder)
    network.generation_config = config(eos_token_id=[0, 2], temperature=0.6)
    renderer = Renderer(load_tokenizer(folder))
    save_model(network, folder, tmp_path / "merged", renderer=renderer, probes=probes(renderer))
    saved = config.from_pretrained(str(tmp_path / "merged"))
    assert (saved.eos_token_id, saved.pad_token_id) == (2, 0)
