"""Counting tokens with the tokenizer of a model."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def token_counts(texts: pa.StringArray, tokenizer: str) -> npt.NDArray[np.int32]:
    """Count the tokens of each text, without special tokens, int32.

    Args:
        texts: What to count.
        tokenizer: Folder that holds a `tokenizer.json`, that file itself, or the name of a model on the hub.

    Raises:
        InputError: There is no such tokenizer.
        MissingExtraError: The package `tokenizers` is not installed.
    """
    encodings = load_tokenizer(tokenizer).encode_batch_fast(texts.to_pylist(), add_special_tokens=False)
    return np.fromiter((len(encoding) for encoding in encodings), dtype=np.int32, count=len(texts))


@lru_cache(maxsize=4)
def load_tokenizer(name: str) -> "Tokenizer":
    """Load a tokenizer, without truncation or padding, whatever its file says about them.

    Raises:
        InputError: There is no such tokenizer.
        MissingExtraError: The package `tokenizers` is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingExtraError("tokenizers", extra="train") from None
    path = Path(name)
    file = path / "tokenizer.json" if path.is_dir() else path
    try:
        loaded = Tokenizer.from_file(str(file)) if file.is_file() or path.is_dir() else Tokenizer.from_pretrained(name)
    except Exception as error:
        raise InputError(
            f"no tokenizer can be loaded ({str(error).splitlines()[0]})",
            where=name,
            mend="Name a folder that holds a tokenizer.json, or a model on the hub",
        ) from error
    loaded.no_truncation()
    loaded.no_padding()
    return loaded
