"""What is asked of a language model, what comes back, and who answers."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Protocol

from schemas.errors import LLMError
from schemas.example import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One request, complete: two equal requests may share an answer.

    Attributes:
        messages: The conversation to continue.
        max_tokens: Most tokens to answer with.
        temperature: 0 for greedy decoding.
        top_p: Nucleus of the distribution to sample from.
        seed: Seed of the sampling.
        stop: Strings that end the answer.
        schema: JSON schema of the answer as JSON text; empty for free text.
        sample: Number of this one among several samples of the same request.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    schema: str = ""
    sample: int = 0

    def key(self, *, route: str, model: str) -> str:
        """Hash the whole request, the route and the model: the name of its answer in the journal."""
        whole = {"route": route, "model": model, **by_name(self)}
        return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatResponse:
    """One raw answer.

    Attributes:
        text: What the model answered, without what it thought before; empty where it refused or called a tool.
        finish_reason: `stop`, `length`, `content_filter`, `tool_calls` or what the server said.
        prompt_tokens: Tokens read, as the server counts them.
        completion_tokens: Tokens written, thoughts included.
        cached_tokens: Tokens of the prompt that came out of a prefix cache.
        model: Model that the server says it was.
        refusal: What it said instead of an answer, where the server marks that as a refusal.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    model: str = ""
    refusal: str = ""


def by_name(record: ChatRequest | ChatResponse) -> dict[str, Any]:  # Any: fields of many types
    """Give the fields by name; nothing is copied, as `dataclasses.asdict` would."""
    return {each.name: getattr(record, each.name) for each in fields(record)}


class Answer(NamedTuple):
    """The outcome of the request at `position` in a call, counted from 0: a response, or the error that ended it."""

    position: int
    outcome: ChatResponse | LLMError


class Client(Protocol):
    """Answers chat requests.

    Attributes:
        route: Where requests go: a base URL without credentials, or `embedded`. Part of the journal's key.
        model: Name of the model. Part of the journal's key.
    """

    @property
    def route(self) -> str:
        """Where requests go."""
        ...

    @property
    def model(self) -> str:
        """Name of the model."""
        ...

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, in the order in which answers arrive.

        A request that fails for good yields its error and stops none of the others. Closing the iterator cancels
        what is still in flight. `requests` is read when there is room for another, perhaps from another thread, and
        never again once it has ended; so it may grow by what the answers before it call for.
        """
        ...
