"""Memory is estimated from shapes alone."""

from types import SimpleNamespace
from typing import Any

from train.memory import Memory, activations, lora_parameters, size


class Shape:
    """A model of 2 layers of width 8 with 16 inside, and 100 tokens."""

    def get_text_config(self) -> Any:
        return SimpleNamespace(hidden_size=8, num_hidden_layers=2, intermediate_size=16, vocab_size=100)


def test_an_adapter_is_counted_on_linear_layers_only() -> None:
    shapes = {"model.embed_tokens.weight": (100, 8), "a.q_proj.weight": (8, 8), "b.up.weight": (16, 8), "n": (8,)}
    assert lora_parameters(shapes, 4) == 4 * (16 + 24)


def test_checkpointing_keeps_the_borders_of_layers_and_one_inside() -> None:
    found = activations(Shape(), tokens=1, trained=0, half=False, checkpointing=True)
    assert found == 176 * 4 + 2 * 8 * 4


def test_sizes_are_written_for_people() -> None:
    assert (size(2_540_000_000), size(1_500_000)) == ("2.5 GB", "1.5 MB")
    assert Memory(1, 2, 3, 4).total == 10
