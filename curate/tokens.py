"""Counting tokens with the tokenizer of a model."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import plain
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
    return _counts(plain(texts), tokenizer)


def chat_token_counts(messages: Any, tokenizer: str) -> npt.NDArray[np.int32]:  # Any: the stubs know no list of structs
    """Count the tokens of whole conversations, written by the model's own chat template, int32.

    Args:
        messages: The column `messages` of some examples.
        tokenizer: As above; its template lies beside it.

    Raises:
        InputError: There is no such tokenizer, or its template is broken.
        MissingExtraError: The package `tokenizers` is not installed.
        TemplateError: The template refuses a conversation.
    """
    from curate.chat_template import load_chat_template

    load_tokenizer(tokenizer)  # names what is wrong with the model before its template is looked for
    template = load_chat_template(tokenizer)
    return _counts([template.render(turns) for turns in messages.to_pylist()], tokenizer)


def tokenizer_fingerprint(tokenizer: str, *, template: bool) -> str:
    """Hash what token counts depend on: the tokenizer's rules and vocabulary, and its chat template; 16 hex digits."""
    whole = load_tokenizer(tokenizer).to_str()
    if template:
        from curate.chat_template import load_chat_template

        chat = load_chat_template(tokenizer)
        whole += f"\n{chat.text}\n{sorted(chat.tokens.items())}"
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


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


def _counts(texts: list[str], tokenizer: str) -> npt.NDArray[np.int32]:
    encodings = load_tokenizer(tokenizer).encode_batch_fast(texts, add_special_tokens=False)
    return np.fromiter((len(encoding) for encoding in encodings), dtype=np.int32, count=len(texts))
