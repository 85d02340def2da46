from typing import Any

import torch
from transformers import DynamicCache, LlamaConfig, MistralConfig

from train.cache import RoomyLayer, roomy_cache

CONFIG = LlamaConfig(num_hidden_layers=2, hidden_size=8, num_attention_heads=2, num_key_value_heads=1)


def states(tokens: int, rows: int = 3) -> torch.Tensor:
    return torch.randn(rows, 1, tokens, 4)


def test_it_holds_what_transformers_own_holds() -> None:
    torch.manual_seed(0)
    ours, theirs = roomy_cache(CONFIG), DynamicCache(config=CONFIG)
    first = states(70, rows=1)
    kept: Any = torch.tensor([0, 2])  # Any: a LongTensor, which torch does not say
    for cache in (ours, theirs):
        cache.update(first, -first, 0)
        cache.batch_repeat_interleave(3)
    for step in range(150):
        if step == 80:
            for cache in (ours, theirs):
                cache.reorder_cache(kept)
        new = states(1, rows=3 if step < 80 else 2)
        found, expected = ours.update(new, -new, 0), theirs.update(new, -new, 0)
        assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
        assert ours.get_seq_length(0) == theirs.get_seq_length(0) == 71 + step


def test_a_token_is_written_into_the_buffer() -> None:
    cache = roomy_cache(CONFIG)
    cache.update(states(5), states(5), 0)
    (place,) = {cache.update(states(1), states(1), 0)[0].data_ptr() for _ in range(20)}
    layer = cache.layers[0]
    assert isinstance(layer, RoomyLayer)
    assert layer.keys is not None
    assert place == layer.keys.data_ptr()


def test_layers_with_a_window_stay_their_own() -> None:
    kinds = {type(layer).__name__ for layer in roomy_cache(MistralConfig(num_hidden_layers=2, sliding_window=8)).layers}
    assert kinds == {"DynamicSlidingWindowLayer"}
    assert {type(layer) for layer in roomy_cache(CONFIG).layers} == {RoomyLayer}
