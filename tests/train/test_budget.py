"""What a batch may hold follows from the memory that is free, worked out by hand."""

from types import SimpleNamespace
from typing import Any

import pytest

from train.budget import Budget, budget, in_memory, token_bytes


class Shape:
    """A model of 2 layers of width 8 with 16 inside, and 4 heads of 2, of which `kept` have keys and values."""

    def __init__(self, kept: int | None = None) -> None:
        self.kept = kept

    def get_text_config(self) -> Any:
        return SimpleNamespace(
            hidden_size=8,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=self.kept,
            intermediate_size=16,
        )


@pytest.mark.parametrize(("kept", "numbers"), [(None, 2 * 2 * 4 * 2), (1, 2 * 2 * 1 * 2)], ids=["all heads", "one"])
def test_a_token_takes_keys_values_and_the_inside_of_a_layer(kept: int | None, numbers: int) -> None:
    assert token_bytes(Shape(kept), 2) == 2 * (numbers + 14 * 8 + 4 * 16)


@pytest.mark.parametrize(
    ("free", "tokens"),
    [(1e15, 131_072), (1_000_000, 8_000), (125, 1), (0, 1)],
    ids=["more than enough", "eight thousand", "one", "none"],
)
def test_a_gpu_short_of_memory_reads_less_at_once_and_never_more(free: float, tokens: int) -> None:
    assert budget("cuda", per_token=100, free=free).tokens == tokens


def test_logits_take_half_of_the_memory_at_most() -> None:
    assert budget("cuda", per_token=100, free=30_000_000).logits == 1_000_000
    assert budget("cuda", per_token=100, free=1e15).logits == 1 << 29


def test_a_cpu_has_batches_that_come_often() -> None:
    assert budget("cpu", per_token=1, free=None) == Budget(8_192, 32, 1 << 29)
    assert budget("mps", per_token=1, free=None) == Budget(8_192, 32, 1 << 29)


def test_only_a_lack_of_memory_is_taken_for_one() -> None:
    import torch

    def fail(error: Exception) -> int:
        raise error

    assert in_memory(lambda: 0) == 0
    assert in_memory(lambda: fail(torch.OutOfMemoryError("CUDA out of memory"))) is None
    with pytest.raises(ValueError, match="other"):
        in_memory(lambda: fail(ValueError("other")))
