"""Embedders by name: models of model2vec and sentence-transformers, from a folder or a hub."""

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from curate.embedding.protocol import LONGEST, Embedder
from curate.embedding.static import bundled
from schemas.errors import InputError, MissingExtraError

_BATCH_ON_GPU = 64


class NamedEmbedder:
    """Embed with a model of model2vec or sentence-transformers.

    On a CPU texts go through a network one by one, so that a text's vector is the same whatever the batch; a batch
    would gain little there. On a GPU they go in batches of like length, and vectors agree up to the last digits.

    Args:
        model: The loaded model; both libraries' have `encode`.
        name: Folder or hub name.
        fingerprint: Hash of its files.
        batch: Texts to encode at a time; None for the library's own.
    """

    normal = False  # these models know capitals, or bring them down themselves

    def __init__(self, model: Any, *, name: str, fingerprint: str, batch: int | None) -> None:  # Any: either's model
        self._model = model
        self._batch = batch
        self.name = name
        self.fingerprint = fingerprint
        self.dim = int(np.asarray(self._encode(["a"])).shape[1])

    def embed(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Give (texts, dim) float32, unit rows; zeros for an empty text."""
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        filled = [place for place, text in enumerate(texts) if text.strip()]
        if filled:
            raw = self._encode([texts[place][:LONGEST] for place in filled]).astype(np.float64)
            norms = np.linalg.norm(raw, axis=1, keepdims=True)
            out[filled] = raw / np.where(norms > 0, norms, 1.0)
        return out

    def _encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        settings: dict[str, Any] = {} if self._batch is None else {"batch_size": self._batch}  # Any: as above
        return np.asarray(self._model.encode(texts, show_progress_bar=False, **settings), dtype=np.float32)


@lru_cache(maxsize=2)
def load_embedder(name: str = "") -> Embedder:
    """Load an embedder.

    Args:
        name: Folder of a model2vec or sentence-transformers model, or its name on the hub; empty for the one that
            rides in a wheel and needs no network.

    Raises:
        InputError: There is no such model.
        MissingExtraError: The library that it needs is not installed.
    """
    if not name:
        return bundled()
    folder = Path(name).expanduser()
    config = _config(name, folder)
    # A distilled model names its type; one saved from vectors has but this setting, which no network has.
    static = config.get("model_type") == "model2vec" or "embedding_dtype" in config
    library = "model2vec" if static else "sentence_transformers"
    if importlib.util.find_spec(library) is None:
        raise MissingExtraError(library.replace("_", "-"), extra="semantic")
    model: Any  # Any: as above
    try:
        if library == "model2vec":
            from model2vec import StaticModel  # type: ignore[import-not-found,unused-ignore]  # an extra

            # A token table needs no batches: each text is a sum of its own.
            model, batch = StaticModel.from_pretrained(str(folder) if folder.is_dir() else name), None
        else:
            from sentence_transformers import (  # type: ignore[import-not-found,unused-ignore]  # an extra
                SentenceTransformer,
            )

            model = SentenceTransformer(str(folder) if folder.is_dir() else name, trust_remote_code=False)
            batch = 1 if model.device.type == "cpu" else _BATCH_ON_GPU
    except Exception as error:
        first = (str(error).strip().splitlines() or [repr(error)])[0]
        raise InputError(
            f"the model cannot be loaded ({first})", where=name, mend="Check the folder or the name"
        ) from error
    return NamedEmbedder(model, name=name, fingerprint=_fingerprint(name, folder), batch=batch)


def _config(name: str, folder: Path) -> dict[str, Any]:  # Any: JSON
    """Read the model's config.json, from its folder or the hub."""
    file = folder / "config.json"
    if not folder.exists():
        if name.startswith((".", "/", "~")) or name.count("/") != 1:
            raise InputError("no such model folder", where=name, mend="Check the path, or give a hub name: org/model")
        if importlib.util.find_spec("huggingface_hub") is None:
            raise MissingExtraError("huggingface-hub", extra="semantic")
        from huggingface_hub import hf_hub_download

        try:
            file = Path(hf_hub_download(name, "config.json"))
        except Exception as error:
            raise InputError(
                "no folder of this name, and the model hub does not give it",
                where=name,
                mend="Give the folder of a model, or fetch it where there is a network",
            ) from error
    if not file.is_file() and (folder / "modules.json").is_file():
        return {}  # sentence-transformers whose first part is no network
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))  # Any: as above
    except (OSError, ValueError) as error:
        raise InputError(
            "no config.json that can be read in this model folder", where=name, mend="Check the folder"
        ) from error
    return found


def _fingerprint(name: str, folder: Path) -> str:
    """Hash a folder's files by name and content; for a hub's model its name has to do."""
    digest = hashlib.sha256()
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    for path in files:
        with path.open("rb") as file:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:32] if files else name
