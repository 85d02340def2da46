from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from train.attention import _attend, group_queries


class Layer(torch.nn.Module):
    num_key_value_groups = 3
    is_causal = True


def tensors(*, heads: int, key_heads: int, new: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    query = torch.randn(2, heads, new, 8, generator=draw)
    key, value = (torch.randn(2, key_heads, 11, 8, generator=draw) for _ in range(2))
    return query, key, value


@pytest.mark.parametrize("new", [1, 4])
@pytest.mark.parametrize("masked", [False, True])
def test_it_attends_as_transformers_does(new: int, masked: bool) -> None:
    query, key, value = tensors(heads=6, key_heads=2, new=new)
    mask = torch.ones(2, 1, new, 11, dtype=torch.bool)
    mask[0, :, :, :5] = False
    settings: dict[str, Any] = {"attention_mask": mask if masked else None, "scaling": 0.3}
    layer = Layer().eval()
    ours, _ = _attend(layer, query, key, value, **settings)
    theirs, _ = sdpa_attention_forward(layer, query, key, value, **settings)
    assert ours.shape == theirs.shape
    torch.testing.assert_close(ours, theirs)


def network(key_heads: int, attention: str) -> Any:  # Any: what its mixins give it has no types
    settings: dict[str, Any] = {"attn_implementation": attention}
    config = LlamaConfig(
        vocab_size=50, hidden_size=24, intermediate_size=32, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=key_heads, **settings,
    )  # fmt: skip
    torch.manual_seed(0)
    build: Any = LlamaForCausalLM
    return build(config).eval()


@pytest.mark.parametrize(
    ("key_heads", "attention", "grouped"),
    [(2, "sdpa", True), (6, "sdpa", False), (2, "eager", False)],
    ids=["groups", "no groups", "another kernel"],
)
def test_networks_with_groups_are_changed_and_answer_the_same(key_heads: int, attention: str, grouped: bool) -> None:
    model = network(key_heads, attention)
    ids = torch.arange(12).reshape(2, 6)
    settings: dict[str, Any] = {"max_new_tokens": 8, "do_sample": False, "pad_token_id": 0}
    before = model.generate(ids, **settings)
    group_queries(model)
    assert (model.config._attn_implementation == "gristmill_grouped") == grouped
    assert torch.equal(before, model.generate(ids, **settings))
