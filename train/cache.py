"""Keys and values of the tokens read so far, with room for those to come.

transformers' own cache copies all that it holds whenever a token is added. This one writes the token into a buffer.
"""

from typing import Any

import torch
from transformers import DynamicCache, PreTrainedConfig
from transformers.cache_utils import DynamicLayer

_ROOM = 64  # tokens that a buffer is made longer by than it must be


class RoomyLayer(DynamicLayer):  # type: ignore[no-untyped-call] # theirs has no types here
    """One layer's keys and values, (rows, heads, tokens, size) each: views of the filled part of two buffers."""

    _buffers: tuple[torch.Tensor, torch.Tensor] | None = None

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *args: Any,  # noqa: ARG002 - its signature is transformers'
        **kwargs: Any,  # noqa: ARG002
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add the keys and values of new tokens, and give all."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        held = self.get_seq_length()
        end = held + key_states.shape[-2]
        if self._buffers is None or self._buffers[0].shape[-2] < end:
            self._buffers = (
                _moved(self.keys if held else None, key_states, end + _ROOM),
                _moved(self.values if held else None, value_states, end + _ROOM),
            )
        for buffer, new in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[..., held:end, :] = new
        self.keys, self.values = (buffer[..., :end, :] for buffer in self._buffers)
        return self.keys, self.values

    def batch_repeat_interleave(self, repeats: int) -> None:
        """Repeat every row."""
        super().batch_repeat_interleave(repeats)
        self._buffers = None

    def reorder_cache(self, beam_idx: torch.LongTensor) -> None:
        """Keep some rows; of transformers' two ways to say so, the one that every kind of layer has."""
        super().reorder_cache(beam_idx)
        self._buffers = None


def roomy_cache(config: PreTrainedConfig) -> DynamicCache:
    """Make an empty cache for a model; layers that are no plain attention over all tokens stay transformers' own."""
    cache = DynamicCache(config=config)
    cache.layers = [
        RoomyLayer() if type(layer) is DynamicLayer else layer  # type: ignore[no-untyped-call] # as above
        for layer in cache.layers
    ]
    return cache


def takes_gaps(cache: DynamicCache) -> bool:
    """Tell whether padding may stand between the tokens of a row: each layer reads all tokens by their positions.

    A sliding window counts the padding, and the state of a recurrent layer is passed on through it.
    """
    return all(isinstance(layer, RoomyLayer) for layer in cache.layers)


def _moved(held: torch.Tensor | None, new: torch.Tensor, length: int) -> torch.Tensor:
    """Give a longer buffer that begins with what is held."""
    buffer = new.new_empty((*new.shape[:-2], length, new.shape[-1]))
    if held is not None:
        buffer[..., : held.shape[-2], :] = held
    return buffer
