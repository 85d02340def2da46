"""How much a model is given to read at once: what its memory holds, and no more than makes it faster."""

import gc
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

_TOKENS = {"cpu": 8_192, "cuda": 131_072}
_ROWS = {"cpu": 32, "cuda": 256}  # on a CPU few, so that answers come, and are kept, a few times a minute
_LOGITS = 1 << 29  # of a batch that is scored: 2 GiB in float32, and their softmax as much again
_SHARE = 0.8  # of the free memory: buffers are copied as they grow, and other programs live beside this one
_LOGIT_BYTES = 12  # of a logit while it is scored: as the model gives it, in float32, and its softmax


class Budget(NamedTuple):
    """The most of one batch.

    Attributes:
        tokens: Tokens with their answers.
        rows: Rows.
        logits: Logits, where rows are scored.
    """

    tokens: int
    rows: int
    logits: int


def budget(kind: str, *, per_token: int, free: float | None) -> Budget:
    """Choose how much a batch may hold.

    The memory of a GPU can make it less and never more, so that batches, and with them the last digits of what comes
    out of them, are the same on every GPU that is not short of it.

    Args:
        kind: `cpu` or `cuda`.
        per_token: Bytes that a token takes.
        free: Bytes that are free; None where it is not looked at.
    """
    most = Budget(_TOKENS.get(kind, _TOKENS["cpu"]), _ROWS.get(kind, _ROWS["cpu"]), _LOGITS)
    if free is None:
        return most
    usable = _SHARE * free
    return Budget(
        tokens=max(1, min(most.tokens, int(usable / per_token))),
        rows=most.rows,
        logits=max(1, min(most.logits, int(usable / 2 / _LOGIT_BYTES))),
    )


def token_bytes(config: Any, size: int) -> int:  # Any: each model has a configuration class of its own
    """Give the bytes that a token takes while it is read: its keys and values in every layer, and one layer's inside.

    Args:
        config: Configuration of the model.
        size: Bytes of a number as the model computes.
    """
    text = config.get_text_config()
    width, heads = int(text.hidden_size), int(text.num_attention_heads)
    kept = int(getattr(text, "num_key_value_heads", None) or heads)
    head = int(getattr(text, "head_dim", None) or width // heads)
    inside = int(getattr(text, "intermediate_size", None) or 4 * width)
    return size * (2 * int(text.num_hidden_layers) * kept * head + 14 * width + 4 * inside)


def budget_of(network: Any) -> Budget:  # Any: a model, or peft's around one
    """Choose it for a model where it lies now: on a GPU by what is free there, torch's own reserve with it."""
    import torch

    device = network.device
    if device.type != "cuda":
        return budget(device.type, per_token=1, free=None)
    free = torch.cuda.mem_get_info(device)[0]
    free += torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return budget("cuda", per_token=token_bytes(network.config, network.dtype.itemsize), free=free)


def in_memory(work: Callable[[], T]) -> T | None:
    """Do some work and give what comes of it; None where memory did not hold it, and what it took is free again."""
    import torch

    try:
        return work()
    except torch.OutOfMemoryError:
        pass  # while the error is handled it holds on to the frames, and they to what fills the memory
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None
