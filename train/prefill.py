"""Texts of different lengths as one batch for a model: what they all begin with is read once.

The padding stands behind that beginning, in front of what each text has of its own: all texts end in the last column.
Models that read padding there as a distance, those with a sliding window or a recurrent state, read it for each text;
for others that do, `train.apart` finds them, the caller asks for no sharing.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch
    from transformers import DynamicCache, PreTrainedModel

_WORTH_SHARING = 16


class Prefilled(NamedTuple):
    """A batch whose shared beginning has been read.

    Attributes:
        cache: Keys and values of the shared beginning, for each text.
        ids: (texts, width) what each has of its own, padded on the left.
        mask: (texts, shared + width) 1 where there is a token.
        places: (texts, width) the position of each token in its text.
        shared: Tokens of the beginning that was read.
    """

    cache: "DynamicCache"
    ids: "torch.Tensor"
    mask: "torch.Tensor"
    places: "torch.Tensor"
    shared: int


def prefill(model: "PreTrainedModel", texts: Sequence[list[int]], *, pad: int, most: int | None = None) -> Prefilled:
    """Read what all texts begin with, and lay out the rest of each.

    Args:
        model: The model.
        texts: Token ids.
        pad: Any token; nobody sees it.
        most: Most tokens that may be read at once for all.
    """
    import torch

    from train.cache import roomy_cache, takes_gaps

    cache = roomy_cache(model.config)
    shared = 0
    if takes_gaps(cache) and (most is None or most >= _WORTH_SHARING):
        shared = min(shared_prefix(texts), len(texts[0]) if most is None else most)
    if shared:
        network: Any = model  # Any: a model's call has no static types
        prefix = torch.tensor([list(texts[0][:shared])], device=model.device)
        network(input_ids=prefix, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache.batch_repeat_interleave(len(texts))
    longest = max(map(len, texts))
    gaps = [longest - len(text) for text in texts]
    ids = [[pad] * gap + list(text[shared:]) for text, gap in zip(texts, gaps, strict=True)]
    mask = [[1] * shared + [0] * gap + [1] * (longest - shared - gap) for gap in gaps]
    seen = torch.tensor(mask, device=model.device)
    places = (seen.cumsum(-1) - 1).clamp(min=0)[:, shared:]
    return Prefilled(cache, torch.tensor(ids, device=model.device), seen, places, shared)


def shared_prefix(texts: Sequence[list[int]]) -> int:
    """Count the tokens that all texts of a batch begin with, leaving each at least one of its own.

    One text alone, or a few tokens in common, are not worth a pass of their own: they count as none.
    """
    if len(texts) < 2:
        return 0
    first, last = min(texts), max(texts)  # what these two share, all between them share
    most = min(map(len, texts)) - 1
    found = next((place for place in range(most) if first[place] != last[place]), most)
    return found if found >= _WORTH_SHARING else 0
