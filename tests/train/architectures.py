"""Tiny models that do more than attend to all tokens."""

from typing import Any

SHAPE: dict[str, Any] = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


def windowed(window: int) -> Any:
    """Give a model whose first layer sees `window` tokens."""
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    kinds = ["sliding_attention", "full_attention"]
    return Gemma3ForCausalLM(Gemma3TextConfig(**SHAPE, head_dim=8, sliding_window=window, layer_types=kinds))


def convolving() -> Any:
    """Give a model whose first layer is a convolution."""
    from transformers import Lfm2Config, Lfm2ForCausalLM

    build: Any = Lfm2ForCausalLM  # Any: its constructor is untyped
    return build(Lfm2Config(**SHAPE, layer_types=["conv", "full_attention"]))


def counting() -> Any:
    """Give a model whose attention is biased by the distance in columns, padding among them."""
    from transformers import MptConfig, MptForCausalLM

    build: Any = MptForCausalLM  # Any: its constructor is untyped
    return build(MptConfig(vocab_size=64, d_model=32, n_layers=2, n_heads=4, max_seq_len=128))


def local() -> Any:
    """Give a model whose second layer sees the last 16 columns, padding among them."""
    from transformers import GPTNeoConfig, GPTNeoForCausalLM

    build: Any = GPTNeoForCausalLM  # Any: as above
    shape: dict[str, Any] = {"vocab_size": 64, "hidden_size": 32, "num_heads": 4, "max_position_embeddings": 128}
    kinds: Any = [[["global", "local"], 1]]  # Any: theirs is typed as one list of texts
    return build(GPTNeoConfig(**shape, num_layers=2, attention_types=kinds, window_size=16))
