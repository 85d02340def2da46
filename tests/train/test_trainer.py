"""The loss on trained tokens alone is TRL's loss, and a loss that is not finite is traced to its rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import train.plan
import train.trainer
from schemas import GristmillError, InputError
from schemas.parquet import read_table
from train import LocalModel, TrainConfig, read_rows
from train import train as train_model
from train.folder import load_tokenizer
from train.rendered import Fault
from train.run import conversations
from train.trainer import listed


def steps_of(data: pa.Table, out: Path, folder: Path, **settings: Any) -> list[dict[str, float]]:  # Any: of TrainConfig
    given: dict[str, Any] = {"max_steps": 4, "held_out": 8, "batch_packs": 1, "max_length": 128, **settings}
    train_model(data, out, config=TrainConfig(model=str(folder), seed=3, **given))
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("bf16", [False, True], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("method", ["lora", "full"])
def test_the_losses_are_trls(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, bf16: bool
) -> None:
    settings = {
        "method": method,
        "learning_rate": 1e-3,
        "sft": {"gradient_accumulation_steps": 2, "bf16": bf16, "weight_decay": 0.1},
    }
    ours = steps_of(facts, tmp_path / "ours", tiny_folder, **settings)
    monkeypatch.setattr(train.trainer, "MOST_LOGITS", 0)  # as for a batch that is too large
    theirs = steps_of(facts, tmp_path / "theirs", tiny_folder, **settings)
    near = 1e-3 if bf16 else 1e-5
    for one, other in zip(ours, theirs, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], abs=near)
        assert one["grad_norm"] == pytest.approx(other["grad_norm"], abs=near, rel=1e-2 if bf16 else 1e-5)
        assert one["tokens"] == other["tokens"]
        assert one["accuracy"] == pytest.approx(other["accuracy"], abs=0.02)
    assert len(ours) == 4


def test_only_trained_positions_reach_the_head(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    rows: list[int] = []
    linear = torch.nn.functional.linear

    def counted(states: torch.Tensor, weight: torch.Tensor, *args: Any) -> torch.Tensor:
        if weight.shape[0] > 200:  # the head, of 263 tokens
            rows.append(states[..., 0].numel())
        return linear(states, weight, *args)

    monkeypatch.setattr(torch.nn.functional, "linear", counted)
    steps_of(facts, tmp_path / "run", tiny_folder, max_steps=1)
    packs = read_table(tmp_path / "run" / "packs.parquet")
    sums = packs.group_by("pack").aggregate([("trained", "sum")])["trained_sum"].to_pylist()
    assert rows[2] in sums  # the first two tried whether rows are kept apart


@pytest.fixture
def convolving(tmp_path: Path, tokenizer: Any) -> Path:
    """Give a model whose first layer reads on across the rows of a pack."""
    import torch
    from transformers import Lfm2Config, Lfm2ForCausalLM

    torch.manual_seed(0)
    shape: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    }
    kinds = ["conv", "full_attention"]
    config = Lfm2Config(
        vocab_size=len(tokenizer), num_hidden_layers=2, layer_types=kinds, initializer_range=0.5, **shape
    )
    build: Any = Lfm2ForCausalLM  # Any: its constructor is untyped
    build(config).save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_rows_that_would_see_each_other_are_read_one_by_one(convolving: Path, facts: pa.Table, tmp_path: Path) -> None:
    out = tmp_path / "run"
    [step] = steps_of(facts, out, convolving, max_steps=1, batch_packs=99, sft={"bf16": False})
    model = LocalModel.load(convolving)
    rows = [
        row
        for row in model.renderer.render(conversations(read_rows(out / "train.parquet")))
        if not isinstance(row, Fault)
    ]
    scores = model.score(rows)
    assert len(scores) == 32
    assert step["loss"] == pytest.approx(
        sum(each.nll for each in scores) / sum(each.tokens for each in scores), rel=1e-5
    )


def test_rows_that_are_read_one_by_one_take_the_plain_loss(convolving: Path, facts: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="reads rows of one pack as one text"):
        steps_of(facts, tmp_path / "run", convolving, sft={"label_smoothing_factor": 0.1})


def test_a_loss_that_is_not_finite_names_the_very_rows(
    tiny_folder: Path, table_of: Callable[..., pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from torch.nn import functional

    whole = functional.cross_entropy
    bad = load_tokenizer(tiny_folder).convert_tokens_to_ids("Z")

    def broken(logits: torch.Tensor, targets: torch.Tensor, *, reduction: str) -> torch.Tensor:
        wrong = torch.isin(targets, torch.tensor([bad]))
        losses: torch.Tensor = whole(logits, targets, reduction="none").masked_fill(wrong, torch.nan)
        return losses.sum() if reduction == "sum" else losses

    monkeypatch.setattr(functional, "cross_entropy", broken)
    data = table_of([(f"What is {number}?", f"It is {'Z' if number in {3, 6} else 'A'}.") for number in range(9)])
    with pytest.raises(GristmillError) as caught:
        steps_of(data, tmp_path / "run", tiny_folder, held_out=0)
    assert caught.value.what == "the loss is nan at step 1, in pack 0; the rows whose loss is not finite are 4, 7"


def test_where_no_row_has_a_finite_loss_none_is_blamed(
    tiny_folder: Path, table_of: Callable[..., pa.Table], tmp_path: Path
) -> None:
    data = table_of([(f"What is {number}?", f"It is {number}.") for number in range(9)])
    with pytest.raises(GristmillError, match="so it is the weights' doing") as caught:
        steps_of(data, tmp_path / "run", tiny_folder, held_out=0, learning_rate=1e30, max_steps=4)
    assert caught.value.mend == "Lower learning_rate, or check the base model"  # no checkpoint is there to be told of


def test_many_numbers_are_named_by_the_first() -> None:
    assert listed([3]) == "3"
    assert listed(list(range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def test_checkpointing_that_the_plan_chose_trains_the_adapter_alike(
    tiny_folder: Path, facts: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = steps_of(facts, tmp_path / "kept", tiny_folder, learning_rate=1e-2)
    monkeypatch.setattr(train.plan, "ROOMY", 0.0)  # as if nothing fitted without it
    again = steps_of(facts, tmp_path / "again", tiny_folder, learning_rate=1e-2)
    assert json.loads((tmp_path / "again" / "training.json").read_text())["plan"]["checkpointing"] is True
    assert [step["loss"] for step in again] == pytest.approx([step["loss"] for step in kept], rel=1e-4)
    assert [step["grad_norm"] for step in again] == pytest.approx([step["grad_norm"] for step in kept], rel=1e-2)
    assert again[-1]["loss"] < again[0]["loss"]
