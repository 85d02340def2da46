"""Attention of one new token a row, on a CPU.

Models with grouped queries have fewer heads of keys than of queries. transformers copies each key head once for every
query head that uses it, at every layer and token; a token's whole step then costs twice as much. Here the query heads
of a group meet their key head together, as if they were several tokens.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_NAME = "gristmill_grouped"


def group_queries(network: "PreTrainedModel") -> None:
    """Have a network that attends by torch's kernels do without the copies, if it has groups at all."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    config = network.config.get_text_config()
    heads, key_heads = (getattr(config, name, None) for name in ("num_attention_heads", "num_key_value_heads"))
    if network.device.type != "cpu" or heads == key_heads or config._attn_implementation != "sdpa":  # noqa: SLF001 - there is no public name for it
        return
    AttentionInterface.register(_NAME, _attend)
    AttentionMaskInterface.register(_NAME, sdpa_mask)
    network.set_attn_implementation(_NAME)


def _attend(
    module: "torch.nn.Module",
    query: "torch.Tensor",
    key: "torch.Tensor",
    value: "torch.Tensor",
    attention_mask: "torch.Tensor | None",
    **settings: Any,  # Any: what models hand over besides; most of it is for other kernels
) -> "tuple[torch.Tensor, torch.Tensor | None]":
    """Attend as `sdpa_attention_forward` does.

    Args:
        module: The attention layer.
        query: (rows, heads, new tokens, size).
        key: (rows, key heads, tokens, size).
        value: As `key`.
        attention_mask: (rows, 1, new tokens, tokens), or None.
        settings: `scaling`, and what is for other kernels.
    """
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    rows, heads, new, size = query.shape
    plain = settings.get("position_bias") is None and not module.training
    alike = attention_mask is None or attention_mask.shape[1] == 1
    if new > 1 or heads == key.shape[1] or not plain or not alike:
        return sdpa_attention_forward(module, query, key, value, attention_mask, **settings)
    grouped = query.reshape(rows, key.shape[1], heads // key.shape[1], size)
    found = torch.nn.functional.scaled_dot_product_attention(
        grouped, key, value, attn_mask=attention_mask, scale=settings.get("scaling")
    )
    return found.reshape(rows, 1, heads, value.shape[-1]), None
