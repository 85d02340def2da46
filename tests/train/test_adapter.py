"""What the adapter sits on is checked against the model before any weight is read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from schemas import InputError, MissingExtraError
from train import TrainConfig, train
from train.adapter import check_adapter, lora, targets

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def config(folder: Path, **settings: Any) -> TrainConfig:  # Any: each test passes its own
    return TrainConfig(model=str(folder), seed=0, **settings)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(("q_prj",), r"no layer 'q_prj' to adapt\. Did you mean q_proj\?", id="misspelt"),
        pytest.param(("q_proj", "xyz"), "Choose from: down_proj, embed_tokens, gate_proj", id="unlike any"),
        pytest.param("lm_head", "output head, lm_head, would never be trained", id="head"),
        pytest.param(("embed_tokens",), "embed_tokens and the output head are one tensor", id="tied embedding"),
        pytest.param(("norm",), "no layer 'norm' to adapt", id="no linear layer"),
    ],
)
def test_a_target_that_cannot_be_meant_is_refused(
    tiny_folder: Path, given: str | tuple[str, ...], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_adapter(tiny_folder, config(tiny_folder, lora_targets=given))


@pytest.mark.parametrize("given", ["all-linear", "q_proj", ("q_proj", "layers.1.mlp.up_proj")])
def test_targets_that_are_there_pass(tiny_folder: Path, given: str | tuple[str, ...]) -> None:
    check_adapter(tiny_folder, config(tiny_folder, lora_targets=given))


def test_it_is_refused_before_the_weights_are_read(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    import shutil

    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"no weights at all")
    with pytest.raises(InputError, match="Did you mean q_proj"):
        train(facts, tmp_path / "run", config=config(folder, lora_targets=("q_prj",)))
    assert not (tmp_path / "run").exists()


def test_an_embedding_of_its_own_can_be_adapted(
    tmp_path: Path, tokenizer: "PreTrainedTokenizerBase", model_in: Callable[..., Path]
) -> None:
    folder = model_in(tmp_path / "model", tokenizer)
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**values, "tie_word_embeddings": False}))
    check_adapter(folder, config(folder, lora_targets=("embed_tokens",)))


def test_the_settings_reach_peft(tiny_folder: Path) -> None:
    made = lora(config(tiny_folder, lora_targets=("v_proj", "q_proj", "v_proj"), lora_dora=True, lora_rank=4))
    assert (made.target_modules, made.use_dora, made.r) == ({"q_proj", "v_proj"}, True, 4)
    assert lora(config(tiny_folder)).target_modules == "all-linear"
    assert lora(config(tiny_folder, method="full")) is None
    assert targets(config(tiny_folder, lora_targets="q_proj")) == ["q_proj"]


@pytest.mark.parametrize("settings", [{"lora_dora": True}, {"quantise": "4bit"}, {"lora_targets": "q_proj"}])
def test_settings_of_an_adapter_do_not_go_with_full_fine_tuning(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="go with an adapter"):
        TrainConfig(seed=0, method="full", **settings)


def test_four_bits_need_a_gpu(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="needs a CUDA GPU") as caught:
        check_adapter(tiny_folder, config(tiny_folder, quantise="4bit"))
    assert caught.value.exit_code == 2


def test_four_bits_name_the_extra_that_brings_them(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"gristmill\[qlora\]"):
        check_adapter(tiny_folder, config(tiny_folder, quantise="4bit"))


def test_dora_on_some_layers_trains_and_merges(tiny_folder: Path, facts: pa.Table, tmp_path: Path) -> None:
    settings = {"lora_dora": True, "lora_targets": ("q_proj", "down_proj"), "max_steps": 2, "held_out": 8}
    report = train(facts, tmp_path / "run", config=config(tiny_folder, **settings))
    made = json.loads((tmp_path / "run" / "adapter" / "adapter_config.json").read_text())
    assert (made["use_dora"], sorted(made["target_modules"])) == (True, ["down_proj", "q_proj"])
    assert report.drift < 1e-4
    assert report.effect > 0


def test_four_bits_train_and_merge_into_the_base_as_it_lies(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bitsandbytes", reason="the extra qlora is not installed")
    from train import adapter

    monkeypatch.setattr(adapter, "_check_four_bits", lambda config: None)  # a tiny model does it on a CPU, too
    run = tmp_path / "run"
    report = train(facts, run, config=config(tiny_folder, quantise="4bit", max_steps=2, held_out=8))
    assert report.drift < 1e-4
    assert "quantization_config" not in json.loads((run / "merged" / "config.json").read_text())
