"""The adapter: which layers it sits on, in which form, and a base model in four bits under it.

Everything that can be wrong about it is told from the model's configuration alone, before any weight is read.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas import InputError
from train.config import TrainConfig
from train.folder import first_line, load_config, quiet_libraries, require

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ALL_LINEAR = "all-linear"


def check_adapter(folder: Path, config: TrainConfig) -> None:
    """Refuse targets that the model does not have or that would not be trained, and four bits where there are none.

    Raises:
        InputError: A target is unknown or is the output head, or four bits need a GPU that is not here.
        MissingExtraError: Four bits need bitsandbytes.
    """
    if config.method == "full":
        return
    if config.quantise == "4bit":
        _check_four_bits(config)
    if config.lora_targets == ALL_LINEAR:
        return
    skeleton = _skeleton(folder)
    kinds = _adaptable(skeleton)
    head, embedding = skeleton.get_output_embeddings(), skeleton.get_input_embeddings()
    tied = bool(getattr(skeleton.config.get_text_config(), "tie_word_embeddings", False))
    for target in targets(config):
        found = [module for name, module in kinds.items() if name == target or name.endswith(f".{target}")]
        if not found:
            known = sorted({name.rpartition(".")[2] for name, module in kinds.items() if module is not head})
            near = difflib.get_close_matches(target, [*known, *kinds], n=1, cutoff=0.5)
            raise InputError(
                f"the model has no layer {target!r} to adapt",
                where="lora_targets",
                mend=f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(known)}",
            )
        if any(module is head for module in found):
            raise InputError(
                f"an adapter on the output head, {target}, would never be trained: the loss is computed from the "
                "head's own weights",
                where="lora_targets",
                mend=f"Leave {target} out",
            )
        if tied and any(module is embedding for module in found):
            raise InputError(
                f"{target} and the output head are one tensor in this model, so an adapter on it would have to sit on "
                "the head too, where it would never be trained",
                where="lora_targets",
                mend=f"Leave {target} out, or set method to full",
            )


def targets(config: TrainConfig) -> list[str]:
    """Give the names of the layers to adapt."""
    return [config.lora_targets] if isinstance(config.lora_targets, str) else sorted(set(config.lora_targets))


def lora(config: TrainConfig) -> Any:  # Any: peft has no types, and None for full fine-tuning
    """Give peft's settings of the adapter; None for full fine-tuning."""
    if config.method == "full":
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=ALL_LINEAR if config.lora_targets == ALL_LINEAR else targets(config),
        use_dora=config.lora_dora,
        task_type="CAUSAL_LM",
    )


def load_four_bits(folder: Path, *, device: str) -> "PreTrainedModel":
    """Load a base model in four bits (NF4, its constants quantised too) and make it ready for an adapter.

    The adapter is merged later into the base model as it lies in the folder, not into this one.

    Raises:
        InputError: The model cannot be loaded.
    """
    import torch
    from peft import prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    half = device == "cpu" or torch.cuda.is_bf16_supported()
    four: Any = BitsAndBytesConfig  # Any: its constructor is untyped
    with quiet_libraries():
        try:
            network: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
                str(folder),
                dtype=torch.bfloat16 if half else torch.float16,
                quantization_config=four(
                    load_in_4bit=True,
                    bnb_4bit_quant_type="nf4",
                    bnb_4bit_use_double_quant=True,
                    bnb_4bit_compute_dtype=torch.bfloat16 if half else torch.float16,
                ),
                device_map={"": device},
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
            )
        except Exception as error:
            raise InputError(
                f"the model cannot be loaded in four bits ({first_line(error)})",
                where=str(folder),
                mend="Check the folder, or leave quantise out",
            ) from error
        prepare: Any = prepare_model_for_kbit_training  # Any: peft has no types
        # TRL switches checkpointing on, where the user or the plan chose it.
        ready: PreTrainedModel = prepare(network, use_gradient_checkpointing=False)
        return ready


def _check_four_bits(config: TrainConfig) -> None:
    import torch

    if not torch.cuda.is_available() or config.sft.get("use_cpu", False):
        raise InputError(
            "a base model in four bits needs a CUDA GPU, and none is used here",
            where="quantise",
            mend="Leave quantise out: LoRA without it trains on a CPU, too",
        )
    require("bitsandbytes", extra="qlora")


def _skeleton(folder: Path) -> Any:  # Any: each model has a class of its own
    """Build the model without its weights."""
    import torch
    from transformers import AutoModelForCausalLM

    build: Any = AutoModelForCausalLM  # Any: its constructors are untyped
    with quiet_libraries(), torch.device("meta"):
        try:
            return build.from_config(load_config(folder), trust_remote_code=False)
        except (ValueError, KeyError, ImportError) as error:
            raise InputError(
                f"no causal language model can be built from its config.json ({first_line(error)})",
                where=str(folder),
                mend="Choose a model of transformers' causal language models",
            ) from error


def _adaptable(skeleton: Any) -> dict[str, Any]:  # Any: as above
    """Give the layers that LoRA can sit on, by their full names."""
    import torch
    from transformers.pytorch_utils import Conv1D

    kinds: Sequence[type] = (torch.nn.Linear, torch.nn.Embedding, Conv1D)
    return {name: module for name, module in skeleton.named_modules() if isinstance(module, tuple(kinds))}
