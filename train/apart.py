"""Whether a model keeps the rows of a pack apart: tried out on it, for its class does not tell.

Most models make their attention mask from the positions of the tokens, which begin anew with each row. A recurrent
state or a convolution goes on across rows, and some attentions never look at positions.
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
    near = torch.finfo(one.dtype).eps ** 0.5 * one.abs().mean()  # experts may round by which tokens they are given
    return bool((one - other).abs().max() <= near)
