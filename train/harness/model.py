"""A model as the harness asks it."""

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from train.folder import fingerprint, load_tokenizer, quiet_libraries, require
from train.model import load_network
from train.render import Renderer


class Contestant(NamedTuple):
    """A model that takes part.

    Attributes:
        name: What it is called.
        folder: Where its weights lie.
        prompts: Where the tokenizer and the chat template lie that it is asked with; those of the run for both of its
            models, so that both read the same prompts.
    """

    name: str
    folder: Path
    prompts: Path

    @property
    def weights(self) -> str:
        """Name of the very weights."""
        return fingerprint(self.folder)


class Prompting(NamedTuple):
    """How a model is asked: with a chat template or not, and a hash of everything that decides the tokens."""

    chat: bool
    digest: str


def check_installed() -> None:
    """Check that the harness is there.

    Raises:
        MissingExtraError: It is not.
    """
    require("torch", "transformers")
    require("lm_eval", extra="bench")


def prompting(contestant: Contestant, *, chat_template: bool) -> Prompting:
    """Tell how a model is asked; one without a chat template of its own is asked as bare text."""
    tokenizer = load_tokenizer(contestant.prompts)
    chat = chat_template and bool(tokenizer.chat_template)
    renderer = Renderer(tokenizer)
    return Prompting(chat, f"{renderer.tokenizer_hash}:{renderer.template.hash if chat else ''}")


def open_model(contestant: Contestant, *, batch_size: int) -> Any:  # Any: the harness has no types
    """Load a model for the harness.

    Raises:
        InputError: It cannot be loaded, or does not fit into memory.
    """
    network, tokenizer = load_network(contestant.folder), load_tokenizer(contestant.prompts)
    with quiet_harness():
        from lm_eval.models.huggingface import HFLM  # type: ignore[import-untyped] # it has none

        return HFLM(pretrained=network, tokenizer=tokenizer, batch_size=batch_size)


def too_long(model: Any, samples: Sequence[Mapping[str, Any]]) -> int:  # Any: the harness has no types
    """Count the rows whose prompt is longer than the model reads; the harness cuts off its beginning."""
    count = 0
    for sample in samples:
        arguments = sample["arguments"]
        texts = ["".join(part for part in each if isinstance(part, str)) for each in arguments]
        longest = max(texts, key=len, default="")
        count += len(longest) > model.max_length and len(model.tok_encode(longest)) > model.max_length
    return count


@contextlib.contextmanager
def quiet_harness() -> Iterator[None]:
    """Silence the notes of the harness; its bars and errors still show."""
    loggers = [logging.getLogger(name) for name in ("lm_eval", "lm_eval.models.huggingface")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with quiet_libraries():
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
