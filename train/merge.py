"""The model that comes out: merged in float32, cast, saved whole, read back, and held against what was trained."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from schemas import GristmillError
from schemas.atomic import atomic_folder
from train.folder import load_config, quiet_libraries, saving
from train.model import load_network
from train.render import Renderer
from train.rendered import Rendered

if TYPE_CHECKING:
    from transformers import PreTrainedModel

BOUND = 1e-4
_PROBES = 4


class Drift(NamedTuple):
    """How far the logits moved from the model that was trained, over every token of some training rows.

    Attributes:
        mean: Mean absolute difference after merging, in float32; 0 where nothing was merged.
        largest: Largest of them.
        saved_mean: Mean absolute difference of what lies on the disk, cast to `dtype`.
        saved_largest: Largest of them.
        effect: Mean absolute difference between base and adapter: what training did, for scale.
        dtype: What the weights were saved in.
    """

    mean: float
    largest: float
    saved_mean: float
    saved_largest: float
    effect: float
    dtype: str


def merge(base: Path, adapter: Path, out: Path, *, renderer: Renderer, probes: Sequence[Rendered]) -> Drift:
    """Merge an adapter into its base model and save a folder that loads like any other model.

    Merging in bfloat16 would lose most of a small update, so it happens in float32, and the sum is cast to the base
    model's own dtype.

    Args:
        base: Folder of the base model.
        adapter: Folder of the adapter.
        out: Folder to write.
        renderer: The one renderer; its tokenizer and template are saved too.
        probes: Rows to measure the drift on.

    Raises:
        GristmillError: The merged model is not the adapted one.
        OutputError: The folder cannot be written.
    """
    chosen = list(probes[:_PROBES])
    network: Any = load_network(base, adapter=adapter, dtype="float32", device="cpu")  # Any: peft has no types
    trained = _logits(network, chosen)
    with network.disable_adapter():
        effect = _difference(_logits(network, chosen), trained)[0]
    network = network.merge_and_unload(safe_merge=True)
    mean, largest = _difference(_logits(network, chosen), trained)
    if not mean <= BOUND:
        raise GristmillError(
            f"the merged model differs from the adapter by {mean:.1e} on average, more than {BOUND:.0e} allows",
            where=str(adapter),
            mend="Use the adapter itself, and report this",
        )
    return save_model(network, base, out, renderer=renderer, probes=chosen, trained=trained)._replace(
        mean=mean, largest=largest, effect=effect
    )


def save_model(
    network: "PreTrainedModel",
    base: Path,
    out: Path,
    *,
    renderer: Renderer,
    probes: Sequence[Rendered],
    trained: list[npt.NDArray[np.float32]] | None = None,
) -> Drift:
    """Save a model in its base's dtype with tokenizer, template and a sane generation config; read it back and compare.

    Reading back finds what saving lost, tied embeddings that were trained apart for one.

    Raises:
        GristmillError: What was saved is another model.
        OutputError: The folder cannot be written.
    """
    probes = list(probes[:_PROBES])
    model: Any = network  # Any: casting and saving have no static types
    before = _logits(model.float(), probes) if trained is None else trained
    dtype = load_config(base).dtype or model.dtype
    name = str(dtype).removeprefix("torch.")
    _mend_generation(model, renderer)
    with quiet_libraries():
        model.to(dtype)
        model.config.dtype = dtype
        with saving(out), atomic_folder(out) as partial:
            model.save_pretrained(str(partial))
            renderer.save(partial)
    saved_mean, saved_largest = _difference(_logits(load_network(out, dtype="float32", device="cpu"), probes), before)
    scale = max((float(np.abs(each).mean()) for each in before), default=1.0)
    if not saved_mean <= max(BOUND, scale / 10):  # a cast moves logits by well under a hundredth of their size
        raise GristmillError(
            f"the saved model is not the trained one: its logits differ by {saved_mean:.2g} on average, "
            f"of {scale:.2g} in size",
            where=str(out),
            mend="Use the adapter itself, and report this",
        )
    return Drift(0.0, 0.0, saved_mean, saved_largest, 0.0, name)


def _mend_generation(model: Any, renderer: Renderer) -> None:  # Any: as above
    """Stop at the token that was taught to end an answer, and never at mere padding."""
    generation, tokenizer = model.generation_config, renderer.tokenizer
    given = generation.eos_token_id
    ends = {renderer.end_id, tokenizer.eos_token_id, *(given if isinstance(given, list) else [given])} - {None}
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else renderer.end_id
    if pad not in {renderer.end_id, tokenizer.eos_token_id}:
        ends.discard(pad)
    generation.eos_token_id = sorted(ends) if len(ends) > 1 else renderer.end_id
    generation.pad_token_id = model.config.pad_token_id = pad
    sampled = {"temperature", "top_p", "top_k"} & generation.to_diff_dict().keys()
    if not generation.do_sample and sampled:
        generation.do_sample = True  # settings of sampling without it are refused when a model is saved


def _logits(network: Any, rows: Sequence[Rendered]) -> list[npt.NDArray[np.float32]]:  # Any: a call has no types
    import torch

    found = []
    with torch.inference_mode():
        network.eval()
        for row in rows:
            ids = torch.tensor(row.ids[None].astype(np.int64), device=network.device)
            found.append(network(input_ids=ids, use_cache=False).logits[0].float().cpu().numpy())
    return found


def _difference(ours: list[npt.NDArray[np.float32]], theirs: list[npt.NDArray[np.float32]]) -> tuple[float, float]:
    """Give mean and largest absolute difference over all rows."""
    apart = [np.abs(one - other) for one, other in zip(ours, theirs, strict=True)]
    if not apart:
        return 0.0, 0.0
    return float(np.mean([each.mean() for each in apart])), float(max(each.max() for each in apart))
