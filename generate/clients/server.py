"""One server and how it is asked: a single attempt, and what its outcome means."""

import asyncio
import json
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from generate.clients.faults import Fault, fault_of, public_address, redact, unwanted
from generate.clients.health import Health
from generate.clients.keys import lacks_key, read_key
from generate.clients.line import Line
from generate.clients.wire import read_response, write_body
from schemas import ChatRequest, ChatResponse, LLMError

_LONGEST_WAIT = 600.0  # seconds that a server may ask us to wait before we would rather end the run
_log = logging.getLogger(__name__)


class Server:
    """A server that speaks OpenAI's protocol, asked through the `openai` package.

    Attributes:
        route: Its address without credentials and query.
        model: The model asked for.
        health: How it does.

    Args:
        address: Its address up to and with `/v1`.
        model: Name of the model.
        extra_body: Further fields of every request.

    Raises:
        LLMError: The key can be none, or OpenAI is asked without one.
    """

    def __init__(
        self,
        address: str,
        *,
        model: str,
        extra_body: Mapping[str, Any],  # Any: JSON
    ) -> None:
        self.route = public_address(address)
        self.model = model
        self.health = Health()
        self._extra = extra_body
        self._without: set[str] = set()
        key = read_key()
        if not key.isascii():
            raise LLMError(
                "OPENAI_API_KEY holds signs that no key has", retryable=False, where=self.route, mend="Set it again"
            )
        if lacks_key(self.route):
            raise LLMError(
                "OpenAI answers nobody without a key",
                retryable=False,
                where=self.route,
                mend="Set OPENAI_API_KEY, or name your own server with --base-url or OPENAI_BASE_URL",
            )
        self._secrets = tuple(secret for secret in (key, *_credentials(address)) if secret)
        self._line = Line(address, key=key)

    async def __aenter__(self) -> Self:
        await self._line.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._line.close()

    async def ask(self, request: ChatRequest, *, seconds: float) -> ChatResponse | Fault:
        """Try a request once, and without the parameters that the server turns out not to take.

        Args:
            request: The request.
            seconds: How long it may take.

        Raises:
            LLMError: Nothing that follows would be answered either.
        """
        import openai

        while True:
            body = write_body(request, model=self.model, without=self._without)
            trouble: Exception
            try:
                async with asyncio.timeout(seconds):
                    raw = await self._line.post(json.dumps({**body, **self._extra}).encode())
                response = read_response(raw)
            except (openai.OpenAIError, OSError, ValueError) as error:
                trouble = error
            else:
                self.health.succeeded()
                return response
            # Raised from here, an error of ours does not carry theirs, whose text may hold the key.
            name = unwanted(trouble, body)
            if name is None:
                return await self._judge(trouble)
            if name not in self._without:
                _log.warning("%s does not take %r: it is asked without it", self.route, name)
                self._without.add(name)

    async def _judge(self, trouble: Exception) -> Fault:
        """Say what a failed attempt means.

        Raises:
            LLMError: It means the same for every request that follows.
        """
        fault = fault_of(trouble, route=self.route, model=self.model, secrets=self._secrets)
        status = getattr(trouble, "status_code", None)
        if status == 403 and self.health.successes:  # some servers answer 403 to a text that they do not like
            return fault._replace(scope="request")
        if fault.scope == "run":
            raise await self._missing() if status == 404 else fault.error
        wait = fault.error.retry_after or 0.0
        if wait > _LONGEST_WAIT:
            raise LLMError(
                f"the server asks to wait {wait / 60:.0f} minutes",
                retryable=True,
                retry_after=wait,
                where=self.route,
                mend="Run it again then: what is answered is kept",
            )
        self.health.failed(fault, now=asyncio.get_running_loop().time())
        return fault

    async def _missing(self) -> LLMError:
        """Say whether the model is unknown, with those that the server has, or the address is wrong."""
        import openai

        where, model = self.route, self.model
        try:
            names = await self._line.models()
        except (openai.OpenAIError, ValueError, TypeError, AttributeError):
            mend = "Check the model's name and the address, which usually ends in /v1"
            return LLMError(f"no model {model!r} and no list of models there", retryable=False, where=where, mend=mend)
        if model in names:
            mend = "Check the address, which usually ends in /v1"
            return LLMError("no chat completions at this address", retryable=False, where=where, mend=mend)
        known = redact(", ".join(names[:20]), self._secrets) or "none"
        return LLMError(f"no model {model!r} there", retryable=False, where=where, mend=f"It has: {known}")


def _credentials(url: str) -> list[str]:
    """List what must not be shown of an address: its password and its query."""
    parts = urlsplit(url)
    return [parts.password or "", parts.query]
