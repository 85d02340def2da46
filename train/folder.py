"""A model folder: found or fetched, checked before anything is loaded, named by its weights.

Only safetensors are read and no code that came with a model is ever run.
"""

import contextlib
import errno
import hashlib
import importlib.util
import json
import logging
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas import InputError, MissingExtraError
from schemas.atomic import output_error

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_FETCHED = ["*.json", "*.jinja", "*.model", "*.safetensors", "*.txt"]
BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "4bit": 0.6}
"""Bytes of a number; four bits hold no embeddings, and constants besides."""

_SAMPLES, _SAMPLE = 256, 4096


def require(*packages: str, extra: str = "train") -> None:
    """Check that packages are installed, without importing them; `extra` brings them.

    Raises:
        MissingExtraError: One is not.
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(package, extra=extra)


def find_model(name: str | Path) -> Path:
    """Give the folder of a model: the one that `name` is, or the hub's one of that name, fetched once into its cache.

    Raises:
        InputError: There is no such folder, it is no model folder, or the hub's cannot be fetched.
    """
    folder = Path(name).expanduser()
    if not folder.exists():
        if isinstance(name, Path) or str(name).startswith((".", "/", "~")) or str(name).count("/") != 1:
            raise InputError(
                "no such model folder", where=str(name), mend="Check the path, or give a hub name such as org/model"
            )
        folder = _fetch(str(name))
    if not folder.is_dir():
        raise InputError("not a model folder but a file", where=str(name), mend="Give the folder that it lies in")
    if not (folder / "config.json").is_file():
        adapter = (folder / "adapter_config.json").is_file()
        raise InputError(
            "an adapter, not a whole model" if adapter else "no config.json in this model folder",
            where=str(folder),
            mend="Give the merged folder beside it" if adapter else "Give the folder that holds config.json",
        )
    if not weights(folder):
        raise InputError(
            "no safetensors weights in this model folder",
            where=str(folder),
            mend="Convert it once with save_pretrained (other weight files can run code, so they are not read)",
        )
    return folder


def weights(folder: Path) -> list[Path]:
    """Give the safetensors files of a folder, sorted."""
    return sorted(folder.glob("*.safetensors"))


def load_tokenizer(folder: Path) -> "PreTrainedTokenizerBase":
    """Load the tokenizer of a model folder.

    Raises:
        InputError: There is none in it, or it cannot be read.
    """
    require("transformers")
    from transformers import AutoTokenizer

    if not any(
        (folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json", "tekken.json")
    ):
        raise InputError(
            "no tokenizer in this model folder",
            where=str(folder),
            mend="Copy tokenizer.json and tokenizer_config.json of the same model into it",
        )
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:
        raise InputError(
            f"its tokenizer cannot be loaded ({first_line(error)})", where=str(folder), mend="Check tokenizer.json"
        ) from error
    return tokenizer


def load_config(folder: Path) -> Any:  # Any: each model has a configuration class of its own
    """Load the configuration of a model folder.

    Raises:
        InputError: It cannot be read, or is of a model that transformers does not know.
    """
    require("transformers")
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise InputError(
            f"its config.json cannot be used ({first_line(error)})",
            where=str(folder),
            mend="Check the folder; a model that needs code of its own is not loaded",
        ) from error


def parameters(folder: Path) -> int:
    """Count a model's parameters from the heads of its weight files, without reading the weights.

    Raises:
        InputError: A file is no safetensors file, or cut short.
    """
    return sum(math.prod(shape) for shape in tensor_shapes(folder).values())


def tensor_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Give the shape of each tensor of a model, from the heads of its weight files.

    Raises:
        InputError: A file is no safetensors file, or cut short.
    """
    return {
        name: tuple(tensor["shape"])
        for file in weights(folder)
        for name, tensor in _head(file).items()
        if name != "__metadata__"
    }


def check_memory(folder: Path, *, dtype: str, device: str, copies: int = 1) -> None:
    """Refuse a model whose weights alone, in so many copies, do not fit into the memory that is free now.

    Raises:
        InputError: They do not.
    """
    needed, free = parameters(folder) * BYTES[dtype] * 1.1 * copies, free_memory(device)
    if needed > free:
        raise InputError(
            f"its weights need about {needed / 1e9:.1f} GB in {dtype} and {free / 1e9:.1f} GB are free",
            where=f"{folder} on {device}",
            mend="Choose a smaller model, or free memory"
            + ("" if dtype != "float32" else ", or set dtype to bfloat16"),
        )


def free_memory(device: str) -> float:
    """Give the bytes that are free for a model now."""
    import psutil  # type: ignore[import-untyped] # it comes with accelerate and ships no types
    import torch

    if device.startswith("cuda"):
        return float(torch.cuda.mem_get_info(torch.device(device))[0])
    return float(psutil.virtual_memory().available)


def fingerprint(folder: Path) -> str:
    """Name the weights in a folder: a hash of what describes them and of samples all over them.

    It takes milliseconds for weights of any size; training moves every weight of the layers it touches, so samples
    see it.
    """
    digest = hashlib.sha256()
    for file in weights(folder):
        size = file.stat().st_size
        digest.update(f"{size}:".encode())
        with file.open("rb") as data:
            digest.update(data.read(1 << 20))
            for number in range(_SAMPLES):
                data.seek(size * number // _SAMPLES)
                digest.update(data.read(_SAMPLE))
    for name in ("config.json", "adapter_config.json"):
        if (folder / name).is_file():
            digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def model_name(name: str | Path) -> str:
    """Name a model and, after `@`, its very weights: what requests to it are remembered by.

    Raises:
        InputError: There is no such model.
    """
    folder = find_model(name)
    return f"{folder.resolve().name if folder == Path(name).expanduser() else name}@{fingerprint(folder)}"


def first_line(error: BaseException) -> str:
    """Give the first line of an error's message, without its full stop."""
    return (str(error).strip().splitlines() or [repr(error)])[0].rstrip(".")


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence the progress bars and log lines of the training libraries; errors still show."""
    import transformers.utils.logging as library_logging

    theirs: Any = library_logging  # Any: half of its functions are untyped
    loggers = [logging.getLogger(name) for name in ("transformers", "trl", "peft", "accelerate", "datasets")]
    levels, bars = [logger.level for logger in loggers], theirs.is_progress_bar_enabled()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    theirs.disable_progress_bar()
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            theirs.enable_progress_bar()


@contextlib.contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turn the errors with which torch, safetensors and Python tell of a full disk into an `OutputError`."""
    from safetensors import SafetensorError

    try:
        yield
    except OSError as error:
        raise output_error(error, path) from error
    except SafetensorError as error:
        raise output_error(OSError(_errno(error), first_line(error)), path) from error
    except RuntimeError as error:
        if "PytorchStreamWriter" not in str(error) and "inline_container" not in str(error):
            raise
        raise output_error(OSError(errno.ENOSPC, first_line(error)), path) from error


def _errno(error: Exception) -> int:
    """Find the system's error number in a message of safetensors: `... (os error 28)`."""
    number = re.search(r"os error (\d+)", str(error))
    return int(number[1]) if number else 0


def _head(file: Path) -> dict[str, Any]:  # Any: safetensors' own JSON
    try:
        with file.open("rb") as data:
            size = int.from_bytes(data.read(8), "little")
            if not 0 < size < min(os.fstat(data.fileno()).st_size, 1 << 27):
                raise ValueError("its head is cut short")
            head: dict[str, Any] = json.loads(data.read(size))
            end = (
                8
                + size
                + max((tensor["data_offsets"][1] for name, tensor in head.items() if name != "__metadata__"), default=0)
            )
            if os.fstat(data.fileno()).st_size < end:
                raise ValueError("it is cut short")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"not a whole safetensors file ({first_line(error)})", where=str(file), mend="Copy or download it again"
        ) from error
    return head


def _fetch(name: str) -> Path:
    require("huggingface_hub")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=_FETCHED))
    except (LocalEntryNotFoundError, ConnectionError, TimeoutError) as error:
        raise InputError(
            "no folder of this name, and the model hub cannot be reached",
            where=name,
            mend="Give the path of a model folder, or fetch the model where there is a network",
        ) from error
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise InputError(
            f"the model hub does not give it ({first_line(error)})",
            where=name,
            mend="Check the name, or log in with `hf auth login`",
        ) from error
