"""A model's chat template: conversations in, text out, many at once."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from jinja2 import TemplateError

from schemas import InputError
from train.rendered import Reason

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_RAISED = (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class UnrenderableError(Exception):
    """A conversation that cannot be rendered, and why; it never leaves this package."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason


class ChatTemplate:
    """The chat template of a tokenizer.

    A base model without a template gets the Alpaca template; the template is set on the tokenizer, so that saving
    the tokenizer saves it with the model.

    Args:
        tokenizer: Tokenizer of the model.
        given: Jinja chat template that takes the place of the tokenizer's own.

    Attributes:
        source: The Jinja template in use.
        origin: `given`, `model` or `alpaca`.
        hash: Hash of the template.
    """

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", given: str | None = None) -> None:
        self.origin: Literal["given", "model", "alpaca"]
        if given is not None:
            self.source, self.origin = given, "given"
        elif tokenizer.chat_template:
            self.source, self.origin = tokenizer.get_chat_template(), "model"
        else:
            from schemas.templates import ALPACA_CHAT_TEMPLATE

            self.source, self.origin = ALPACA_CHAT_TEMPLATE, "alpaca"
        tokenizer.chat_template = self.source
        self.hash = hashlib.sha256(self.source.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._tokenizer = tokenizer

    def texts(self, conversations: Sequence[list[dict[str, str]]], *, generate: bool) -> list[str | UnrenderableError]:
        """Render conversations, with or without what asks for the next answer at the end.

        They are rendered in one call, which costs a third of a call for each; where the template fails on one of
        them, one by one.
        """
        if all(conversations):  # asked for nothing but empty ones, transformers takes one for a batch of none
            try:
                return [*map(str, self._apply(conversations, generate=generate))] if conversations else []
            except _RAISED:
                pass
        found: list[str | UnrenderableError] = []
        for conversation in conversations:
            try:
                found.append(str(self._apply(conversation, generate=generate)))
            except _RAISED as error:
                said = str(error).splitlines()
                found.append(UnrenderableError("template_raised", said[0] if said else repr(error)))
        return found

    def plain(self) -> str:
        """Render a plain `question` and `answer`.

        Raises:
            InputError: The template fails even on them.
        """
        turns = [{"role": "user", "content": "question"}, {"role": "assistant", "content": "answer"}]
        (text,) = self.texts([turns], generate=False)
        if isinstance(text, UnrenderableError):
            raise InputError(
                f"its chat template fails on a plain question and answer: {text}",
                where=str(self._tokenizer.name_or_path),
                mend="Mend its chat_template, or choose another model",
            ) from text
        return text

    @cached_property
    def injected_system(self) -> str:
        """The system prompt that it adds to a conversation without one; empty where it adds none.

        A conversation with a system prompt is compared with one without: what stands in its place is injected.
        """
        mark, turns = "GRISTMILL-SYSTEM", [{"role": "user", "content": "question"}]
        given, without = self.texts([[{"role": "system", "content": mark}, *turns], turns], generate=False)
        if isinstance(given, UnrenderableError) or isinstance(without, UnrenderableError):
            return ""  # a template that refuses system prompts injects none
        before, found, after = given.partition(mark)
        ours = found and without.startswith(before) and without.endswith(after) and len(without) >= len(before + after)
        return without[len(before) : len(without) - len(after)].strip() if ours else ""

    def _apply(self, turns: Sequence[object], *, generate: bool) -> "str | list[str]":
        found: Any = self._tokenizer.apply_chat_template(
            turns,  # type: ignore[arg-type] # one conversation or several
            chat_template=self.source,
            tokenize=False,
            add_generation_prompt=generate,
        )
        return found  # type: ignore[no-any-return] # a text, or several
