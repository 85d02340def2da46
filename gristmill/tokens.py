"""Counting tokens with the tokenizer of a model that lies on this machine."""

from collections.abc import Callable
from pathlib import Path

from gristmill.embedded import NAME, cache_folder


def local_count(model: str | None) -> Callable[[str], int] | None:
    """Give what counts the tokens of a text; None where the tokenizer is not at hand. Nothing is fetched.

    Args:
        model: A model's folder; None for the embedded model.
    """
    folder = cache_folder() / NAME if model in {None, "embedded", NAME} else Path(str(model)).expanduser()
    file = folder / "tokenizer.json"
    if not file.is_file():
        return None
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError:
        return None
    tokenizer = Tokenizer.from_file(str(file))

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    return count
