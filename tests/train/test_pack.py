"""Packs hold every row once, and what is learnt from a pack is what is learnt from its rows."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train import LocalModel, Rendered
from train.pack import pack, pack_length


def row(number: int, size: int) -> Rendered:
    ids = np.arange(number * 100, number * 100 + size, dtype=np.int32)
    return Rendered(number, f"id{number}", ids, np.where(np.arange(size) < size // 2, -100, ids).astype(np.int32))


@given(sizes=st.lists(st.integers(1, 20), min_size=1, max_size=30))
@settings(max_examples=15, deadline=None)
def test_every_row_lies_whole_in_one_place(sizes: list[int]) -> None:
    rows = [row(number, size) for number, size in enumerate(sizes, start=1)]
    packed = pack(rows, 20)
    assert sorted(packed.places["row"].to_numpy()) == [each.row for each in rows]
    packs = list(packed.dataset)
    assert max(len(each["input_ids"]) for each in packs) <= 20
    for place in packed.places.to_pylist():
        whole = rows[place["row"] - 1]
        part = slice(place["start"], place["start"] + place["tokens"])
        assert packs[place["pack"]]["input_ids"][part] == whole.ids.tolist()
        assert packs[place["pack"]]["labels"][part] == whole.labels.tolist()
        assert place["id"] == whole.id


def test_packs_are_the_same_each_time() -> None:
    rows = [row(number, 3 + number % 5) for number in range(1, 40)]
    assert pack(rows, 16).places.equals(pack(rows, 16).places)


@pytest.mark.parametrize(
    ("max_length", "context", "length"),
    [(64, 2048, 512), (64, 128, 128), (1024, 2048, 1024), (512, 512, 512)],
    ids=["short rows share long packs", "the context bounds them", "long rows", "all equal"],
)
def test_packs_are_long_enough_for_several_rows(max_length: int, context: int, length: int) -> None:
    assert pack_length(max_length, context) == length


def test_the_loss_of_a_pack_is_that_of_its_rows(tiny_folder: Path) -> None:
    import torch
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    model = LocalModel.load(tiny_folder)
    rows = [
        Rendered(number, "", ids := np.arange(5 + 9 * number, 12 + 15 * number, dtype=np.int32), ids.copy())
        for number in range(1, 6)
    ]
    scores = model.score(rows)
    packed = pack(rows, 64)
    assert packed.dataset.num_rows == 2  # 125 tokens
    batch = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True)(list(packed.dataset))
    with torch.inference_mode():
        network = model.network
        logits = network(input_ids=batch["input_ids"], position_ids=batch["position_ids"], use_cache=False).logits
    loss = torch.nn.functional.cross_entropy(logits[0, :-1], batch["labels"][0, 1:], ignore_index=-100, reduction="sum")
    assert float(loss) == pytest.approx(sum(score.nll for score in scores), rel=1e-5)
