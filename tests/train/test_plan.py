"""The plan counts right, and what it chooses comes with a reason."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from schemas import InputError
from train import Rendered, TrainConfig
from train.pack import Packed, pack
from train.plan import Plan, duration, make_plan, refuse_too_large
from train.rendered import IGNORED
from train.sft import settings
from train.trainer import Probe


class Shape:
    """A model of 2 layers of width 8 with 16 inside, and 100 tokens."""

    def get_text_config(self) -> Any:
        return SimpleNamespace(hidden_size=8, num_hidden_layers=2, intermediate_size=16, vocab_size=100)


def rows(*lengths: int) -> list[Rendered]:
    """Make rows of which the second half is trained."""
    found = []
    for number, length in enumerate(lengths, 1):
        ids = np.arange(length, dtype=np.int32)
        found.append(Rendered(number, str(number), ids, np.where(ids < length // 2, np.int32(IGNORED), ids)))
    return found


@pytest.fixture(scope="module")
def packed() -> Packed:
    return pack(rows(10, 10, 8, 6, 4), 20)


def plan(packed: Packed, tmp_path: Path, *, free: float = 1e9, sft: dict[str, Any] | None = None, **given: Any) -> Plan:
    config = TrainConfig(seed=0, method="full", batch_packs=1, sft={"use_cpu": True, "bf16": False, **(sft or {})})
    made = {"parameters": 1000, "trainable": 1000, "weight_bytes": 4.0, **given}
    return make_plan(
        packed, rows(10, 10, 8, 6, 4), settings(config, tmp_path), shape=Shape(), free=free, dtype_given=True, **made
    )


def test_the_steps_are_counted_as_the_trainer_makes_them(packed: Packed, tmp_path: Path) -> None:
    # 38 tokens in packs of 20: 10 + 10 and 8 + 6 + 4; three epochs
    found = plan(packed, tmp_path)
    assert (found.rows, found.packs, found.tokens, found.trained_tokens) == (5, 2, 38, 19)
    assert (found.steps, found.epochs, found.rows_per_step, found.tokens_per_step) == (6, 3.0, 2.5, 19.0)
    assert found.empty == 0.05
    accumulated = plan(packed, tmp_path, sft={"gradient_accumulation_steps": 2})
    assert (accumulated.steps, accumulated.rows_per_step) == (3, 5.0)


def test_packs_that_fill_no_batch_are_counted_and_told(tmp_path: Path) -> None:
    three = pack(rows(10, 10, 10), 10)
    config = TrainConfig(seed=0, method="full", batch_packs=2, sft={"use_cpu": True, "dataloader_drop_last": True})
    made: dict[str, Any] = {"parameters": 1000, "trainable": 1000, "weight_bytes": 4.0, "free": 1e9}
    found = make_plan(three, rows(10, 10, 10), settings(config, tmp_path), shape=Shape(), **made)
    assert (found.packs, found.packs_dropped, found.steps, found.tokens) == (3, 1, 3, 30)
    assert (found.rows_per_step, found.tokens_per_step) == (2.0, 20.0)
    assert "1 pack is left out in each epoch (dataloader_drop_last)" in found.text()


def test_memory_is_that_of_what_is_trained(packed: Packed, tmp_path: Path) -> None:
    full = plan(packed, tmp_path).memory
    assert full[:3] == (4000, 4000, 8000)
    # a token keeps 14 * 8 + 4 * 16 numbers of 4 bytes in each of 2 layers; 20 tokens, of which 10 are trained
    assert full.activations == 20 * 2 * 176 * 4 + 12 * 10 * 100
    lora = plan(packed, tmp_path, trainable=100).memory
    assert lora[:3] == (4000 + 400, 400, 800)
    assert full.total == sum(full)


def test_checkpointing_is_chosen_where_memory_needs_it(packed: Packed, tmp_path: Path) -> None:
    roomy = plan(packed, tmp_path)
    assert (roomy.checkpointing, "would cost a fifth" in roomy.checkpointing_reason) == (False, True)
    tight = plan(packed, tmp_path, free=roomy.memory.total)
    assert (tight.checkpointing, "without it" in tight.checkpointing_reason) == (True, True)
    assert tight.memory.activations < roomy.memory.activations
    given = plan(packed, tmp_path, free=roomy.memory.total, checkpointing=False)
    assert (given.checkpointing, given.checkpointing_reason) == (False, "it is set")


def test_what_does_not_fit_is_refused(packed: Packed, tmp_path: Path) -> None:
    refuse_too_large(plan(packed, tmp_path), where="model", full=True)
    tight = plan(packed, tmp_path, free=1000)
    with pytest.raises(InputError, match=r"model: training needs about .*Train an adapter in place of all weights, "):
        refuse_too_large(tight, where="model", full=True)
    with pytest.raises(InputError, match="Lower batch_packs or max_length, "):
        refuse_too_large(tight, where="model", full=False)


def test_the_probe_tells_the_time_of_what_is_left(packed: Packed, tmp_path: Path) -> None:
    found = plan(packed, tmp_path).probed(Probe(tokens=38, seconds=2.0, peak=5_000_000), done=2)
    assert found.tokens_per_second == 19.0
    assert found.seconds == 4.0
    assert found.measured == 5_008_000
    assert "about 4 s to go at 19 tokens/s" in found.text()
    assert "to go" not in plan(packed, tmp_path).text()
    assert found.record()["memory"]["weights"] == 4000


@pytest.mark.parametrize(
    ("seconds", "text"), [(4, "4 s"), (89, "89 s"), (600, "10 min"), (5400, "1 h 30 min"), (11100, "3 h 05 min")]
)
def test_times_are_written_for_people(seconds: float, text: str) -> None:
    assert duration(seconds) == text
