"""Whether a model goes by the positions of tokens, in packs and past padding: tried out on it, for its class is mute.

Most models make their attention mask from the positions of the tokens, which begin anew with each row of a pack and
leave padding out. A recurrent state or a convolution goes on across rows, and some attentions never look at positions:
they count columns, padding too.
"""

from typing import Any

_TOKENS = 8  # of each of the two rows that are read


def keeps_apart(network: Any) -> bool:  # Any: a model, or peft's around one
    """Tell whether a model reads a row of a pack the same whatever row stands in front of it."""
    import torch

    vocabulary, training = int(network.config.get_text_config().vocab_size), network.training
    ends = torch.tensor([0, _TOKENS, 2 * _TOKENS], dtype=torch.int32, device=network.device)
    places = {  # as TRL names them to the model
        "position_ids": torch.arange(_TOKENS, device=network.device).repeat(2)[None],
        "cu_seq_lens_q": ends,
        "cu_seq_lens_k": ends,
        "max_length_q": _TOKENS,
        "max_length_k": _TOKENS,
    }
    network.eval()
    with torch.no_grad():
        one, other = (
            network(input_ids=(ids % vocabulary).to(network.device)[None], use_cache=False, **places).logits[
                0, _TOKENS:
            ]
            for ids in (torch.cat([torch.arange(_TOKENS) + 3 + front, torch.arange(_TOKENS)]) for front in (0, 11))
        )
    network.train(training)
    return _near(one, other)


def reads_past_gaps(network: Any) -> bool:  # Any: as above
    """Tell whether a model reads a text the same where padding stands inside it.

    The padding is as wide as a window that counts columns, where the configuration names one.
    """
    import torch

    shape = network.config.get_text_config()
    vocabulary, training = int(shape.vocab_size), network.training
    ids = (torch.arange(2 * _TOKENS) + 3) % vocabulary
    network.eval()
    found = []
    with torch.no_grad():
        for gap in (0, _TOKENS + int(getattr(shape, "window_size", None) or 0)):
            padded = torch.cat([ids[:_TOKENS], ids.new_zeros(gap), ids[_TOKENS:]])
            mask = torch.cat([torch.ones(_TOKENS), torch.zeros(gap), torch.ones(_TOKENS)]).long()
            places = (mask.cumsum(-1) - 1).clamp(min=0)
            inputs = {"input_ids": padded, "attention_mask": mask, "position_ids": places}
            read = {name: each[None].to(network.device) for name, each in inputs.items()}
            found.append(network(**read, use_cache=False).logits[0, -_TOKENS:])
    network.train(training)
    return _near(*found)


def _near(one: Any, other: Any) -> bool:  # Any: logits
    """Compare what was read; experts may round by which tokens they are given."""
    import torch

    near = torch.finfo(one.dtype).eps ** 0.5 * one.abs().mean()
    return bool((one - other).abs().max() <= near)
