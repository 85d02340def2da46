"""Any server that speaks OpenAI's protocol: its settings, and the call."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from generate.clients.faults import public_address
from generate.clients.flight import Arrivals
from generate.clients.server import Server
from schemas import ChatRequest, InputError


@dataclass(frozen=True, slots=True)
class OpenAICompatible:
    """A `schemas.Client` for OpenAI, vLLM, Ollama, llama.cpp and every other server that speaks their protocol.

    The key comes from OPENAI_API_KEY only, is read when requests leave, and is kept nowhere.

    Attributes:
        model: Name of the model, as the server calls it.
        base_url: Address up to and with `/v1`; where it is None, OPENAI_BASE_URL, else OpenAI's own. A name and a
            password in it (`https://me:secret@proxy/v1`) are sent instead of the key.
        concurrency: Most requests in flight.
        timeout: Seconds that one attempt may take. A request that took longer is given twice the time, and then four
            times, before it is given up: a slow server would else write the same half of a long answer again and again.
        max_retries: Further attempts for a request that failed; being rate limited does not count as long as the
            server answers others in between.
        extra_body: Further fields of every request's JSON, such as `{"chat_template_kwargs": {"enable_thinking":
            False}}`, by which vLLM keeps a reasoning model from thinking. They change the answers, so they are part of
            `route` and with it of the journal's key; no secret belongs here.
    """

    model: str
    _: KW_ONLY
    base_url: str | None = field(default=None, repr=False)  # it may hold a password
    concurrency: int = 16
    timeout: float = 120.0
    max_retries: int = 5
    extra_body: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON

    def __post_init__(self) -> None:
        if not self.model:
            raise InputError("no model is named", mend="Name one with --model")
        if not 1 <= self.concurrency <= 1000:
            raise InputError(f"concurrency is {self.concurrency}", mend="Choose 1 to 1000")
        if self.timeout <= 0 or self.max_retries < 0:
            raise InputError("the timeout must be above 0 and the retries at least 0")
        try:
            json.dumps(self.extra_body)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"extra_body is no JSON ({error})", mend="Give numbers, strings, lists and objects"
            ) from error
        if not _is_address(self.address):
            raise InputError(
                "not the address of a server",
                where=self.address.rpartition("@")[2].partition("?")[0],  # what may be shown of it
                mend="Give one like http://localhost:8000/v1",
            )

    @property
    def address(self) -> str:
        """The address that is asked, with whatever credentials it was given with."""
        return self.base_url or os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"

    @property
    def side_by_side(self) -> bool:
        """Whether another client may be asked meanwhile: this one works in threads of its own."""
        return True

    @property
    def route(self) -> str:
        """The address without credentials and query, and what is asked for besides."""
        return public_address(self.address) + (
            f"#{json.dumps(self.extra_body, sort_keys=True)}" * bool(self.extra_body)
        )

    def complete(self, requests: Iterable[ChatRequest], /) -> Arrivals:
        """Answer every request once, in the order in which answers arrive.

        Raises:
            LLMError: None of the rest can be answered: wrong key, unknown model, no credit, no server.
        """
        return Arrivals(
            requests, self._open, places=self.concurrency, max_retries=self.max_retries, timeout=self.timeout
        )

    def _open(self) -> Server:
        return Server(self.address, model=self.model, extra_body=self.extra_body)


def _is_address(text: str) -> bool:
    """Tell whether a text is the address of a server on the web."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is none
        return False
