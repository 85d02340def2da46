"""What training holds in memory, estimated from the shape of a model before its weights are loaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from train.adapter import ALL_LINEAR
from train.pack import Packed
from train.trainer import most_of

if TYPE_CHECKING:
    from trl.trainer.sft_config import SFTConfig


class Memory(NamedTuple):
    """What training holds in memory, in bytes per device.

    Attributes:
        weights: Weights of the model and of its adapter.
        gradients: Gradients of what is trained.
        optimiser: AdamW's two moments of what is trained.
        activations: What the forward pass keeps for the backward pass, and the logits.
    """

    weights: int
    gradients: int
    optimiser: int
    activations: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self)


def estimate(  # noqa: PLR0913 - everything that takes memory
    packed: Packed,
    arguments: "SFTConfig",
    *,
    shape: Any,  # Any: each model has a configuration class of its own
    parameters: int,
    trainable: int,
    weight_bytes: float,
    checkpointing: bool,
) -> Memory:
    """Estimate what a step takes.

    Args:
        packed: The packs.
        arguments: TRL's settings.
        shape: Configuration of the model.
        parameters: Parameters of the model.
        trainable: Parameters that are trained.
        weight_bytes: Bytes per parameter as the model is loaded.
        checkpointing: Whether activations are computed again in place of being kept.
    """
    half = bool(arguments.bf16 or arguments.fp16)
    batch = arguments.per_device_train_batch_size
    return Memory(
        weights=round(parameters * weight_bytes)
        + (0 if trainable == parameters else 4 * trainable)
        + (2 * parameters if half and weight_bytes == 4 else 0),  # autocast keeps a copy while a step lasts
        gradients=4 * trainable,
        optimiser=8 * trainable,
        activations=activations(
            shape,
            tokens=batch * most_of(packed, "tokens"),
            trained=batch * most_of(packed, "trained"),
            half=half,
            checkpointing=checkpointing,
        ),
    )


def activations(shape: Any, *, tokens: int, trained: int, half: bool, checkpointing: bool) -> int:
    """Estimate the bytes that a forward pass keeps for the backward pass.

    Per token and layer: norms, queries, keys, values and residuals, about 14 times the width, and the four of a gated
    MLP, each as wide as its inside. At every trained token: logits, their gradient, and the softmax between them.
    """
    text = shape.get_text_config()
    width, layers = int(text.hidden_size), int(text.num_hidden_layers)
    inside = getattr(text, "intermediate_size", None) or 4 * width
    layer = (14 * width + 4 * int(inside)) * (3 if half else 4)  # under autocast half of it stays in float32
    per_token = layer + layers * width * 4 if checkpointing else layers * layer
    return tokens * per_token + 12 * trained * int(text.vocab_size)


def lora_parameters(
    shapes: dict[str, tuple[int, ...]], rank: int, targets: Sequence[str] = (ALL_LINEAR,), *, dora: bool = False
) -> int:
    """Count the weights of an adapter from the shapes of a model's tensors.

    Args:
        shapes: Shape of each tensor, by its name.
        rank: Rank of the adapter.
        targets: Names of the layers that it sits on; `all-linear` for every linear one but the head.
        dora: Whether it has the size of each weight column besides.
    """
    count = 0
    for name, shape in shapes.items():
        layer = name.removesuffix(".weight")
        named = any(layer == target or layer.endswith(f".{target}") for target in targets)
        if len(shape) == 2 and (named or (ALL_LINEAR in targets and not _outer(name))):
            count += rank * sum(shape) + (shape[0] if dora else 0)
    return count


def _outer(name: str) -> bool:
    """Tell embeddings and head from what lies between."""
    return any(part in name for part in ("embed", "wte", "wpe", "lm_head", "embed_out"))


def size(count: float) -> str:
    """Write bytes for people."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
