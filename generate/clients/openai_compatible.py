"""Ask any OpenAI-compatible server: many requests in flight, each failure judged for itself.

The requests run on an event loop in a thread of its own, so the window stays full while the caller works on what has
arrived. A request that waits before it is tried again gives up its place in the window. An answer keeps its place until
the caller comes back for the next one: a killed run loses at most `concurrency` answers, and memory stays flat.
"""

import asyncio
import logging
import os
import queue
import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from generate.clients.faults import Fault, fault_of, public_address, redact, unwanted
from generate.clients.health import Health
from generate.clients.wire import read_response, write_body
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError

_LONGEST_WAIT = 600.0  # seconds that a server may ask us to wait before we would rather end the run
_FIRST_BACKOFF, _LAST_BACKOFF = 0.5, 60.0  # seconds
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenAICompatible:
    """A `schemas.Client` for OpenAI, vLLM, Ollama, llama.cpp and every other server that speaks their protocol.

    The key comes from OPENAI_API_KEY only, is read when requests leave, and is kept nowhere.

    Attributes:
        model: Name of the model, as the server calls it.
        base_url: Address up to and with `/v1`; where it is None, OPENAI_BASE_URL, else OpenAI's own.
        concurrency: Most requests in flight.
        timeout: Seconds that one attempt may take.
        max_retries: Further attempts for a request that failed; being rate limited does not count as long as the
            server answers others in between.
    """

    model: str
    _: KW_ONLY
    base_url: str | None = field(default=None, repr=False)  # it may hold a password
    concurrency: int = 16
    timeout: float = 120.0
    max_retries: int = 5

    def __post_init__(self) -> None:
        if not self.model:
            raise InputError("no model is named", mend="Name one with --model")
        if not 1 <= self.concurrency <= 1000:
            raise InputError(f"concurrency is {self.concurrency}", mend="Choose 1 to 1000")
        if self.timeout <= 0 or self.max_retries < 0:
            raise InputError("the timeout must be above 0 and the retries at least 0")
        if not self.address.startswith(("http://", "https://")):
            raise InputError(
                "not the address of a server",
                where=public_address(self.address),
                mend="Give one like http://localhost:8000/v1",
            )

    @property
    def address(self) -> str:
        """The address that is asked, with whatever credentials it was given with."""
        return self.base_url or os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"

    @property
    def route(self) -> str:
        """The address without credentials and query."""
        return public_address(self.address)

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, in the order in which answers arrive.

        Raises:
            LLMError: None of the rest can be answered: wrong key, unknown model, no credit, no server.
        """
        requests = list(requests)
        if not requests:
            return
        run = _Run(self, requests)
        run.thread.start()
        try:
            while (item := run.arrivals.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
                run.taken()
        finally:
            run.end()


class _Run:
    """One call of `complete`: the loop, the window and what has arrived."""

    def __init__(self, settings: OpenAICompatible, requests: Sequence[ChatRequest]) -> None:
        import openai

        self.settings = settings
        self.requests = requests
        self.arrivals: queue.SimpleQueue[Answer | BaseException | None] = queue.SimpleQueue()
        self.health = Health()
        self.fresh = iter(range(len(requests)))
        self.window = asyncio.Semaphore(settings.concurrency)
        self.without: set[str] = set()
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not key.isascii():
            raise LLMError(
                "OPENAI_API_KEY holds signs that no key has", retryable=False, where=settings.route, mend="Set it again"
            )
        if not key and settings.route.startswith("https://api.openai.com"):
            raise LLMError(
                "OpenAI answers nobody without a key",
                retryable=False,
                where=settings.route,
                mend="Set OPENAI_API_KEY, or name your own server with --base-url or OPENAI_BASE_URL",
            )
        self.secrets = tuple(secret for secret in (key, *_credentials(settings.address)) if secret)
        self.server = openai.AsyncOpenAI(
            api_key=key or "none",  # a local server asks for none, and the package insists on one
            base_url=settings.address,
            max_retries=0,
            timeout=openai.Timeout(settings.timeout, connect=min(10.0, settings.timeout)),
        )
        self.loop = asyncio.new_event_loop()
        self.task = self.loop.create_task(self.work())
        self.thread = threading.Thread(target=self.run, name="gristmill-client", daemon=True)

    def run(self) -> None:
        """Run the loop to its end, in its own thread, and hand over how it ended."""
        end: BaseException | None = None
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            end = error
        finally:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()
            self.arrivals.put(end)

    def taken(self) -> None:
        """Give the place of an answer that the caller is done with to the next request."""
        self._tell(self.window.release)

    def end(self) -> None:
        """Cancel what is still in flight and wait until it has gone."""
        self._tell(self.task.cancel)
        self.thread.join()

    def _tell(self, callback: Any) -> None:  # Any: a callback, whatever it returns
        with suppress(RuntimeError):  # the loop has come to its end by itself
            self.loop.call_soon_threadsafe(callback)

    async def work(self) -> None:
        """Answer all requests; twice as many workers as places, so that the waiting ones leave none empty."""
        async with self.server:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(2 * self.settings.concurrency, len(self.requests))):
                        group.create_task(self.worker())
            except BaseExceptionGroup as several:
                raise several.exceptions[0] from None

    async def worker(self) -> None:
        """Answer one request after the other."""
        for position in self.fresh:
            await self.answer(position)

    async def answer(self, position: int) -> None:
        """Try one request until it is answered or given up.

        Its place in the window is given back by `taken`, or here before each pause.
        """
        request, failures, tries, seen = self.requests[position], 0, 0, self.health.successes
        while True:
            await self.window.acquire()
            outcome = await self.attempt(request)
            if isinstance(outcome, ChatResponse):
                self.arrivals.put(Answer(position, outcome))
                return
            tries += 1
            if not (outcome.limited and self.health.successes > seen):
                failures += 1
            if outcome.scope == "request" or failures > self.settings.max_retries:
                self.arrivals.put(Answer(position, outcome.error))
                return
            seen = self.health.successes
            self.window.release()
            await asyncio.sleep(self.pause(request, tries, outcome.error))

    async def attempt(self, request: ChatRequest) -> ChatResponse | Fault:
        """Try one request once, and without the parameters that the server turns out not to take.

        Raises:
            LLMError: Nothing that follows would be answered either.
        """
        import openai

        while True:
            body = write_body(request, model=self.settings.model, without=self.without)
            trouble: Exception
            try:
                async with asyncio.timeout(self.settings.timeout):
                    raw = await self.server.post("/chat/completions", cast_to=object, body=body)
                response = read_response(raw)
            except (openai.OpenAIError, TimeoutError, ValueError) as error:
                trouble = error
            else:
                self.health.succeeded()
                return response
            # Raised from here, an error of ours does not carry theirs, whose text may hold the key.
            name = unwanted(trouble, body)
            if name is None:
                return await self.judge(trouble)
            if name not in self.without:
                _log.warning("%s does not take %r: it is asked without it", self.settings.route, name)
                self.without.add(name)

    async def judge(self, trouble: Exception) -> Fault:
        """Say what a failed attempt means.

        Raises:
            LLMError: It means the same for every request that follows.
        """
        fault = fault_of(trouble, route=self.settings.route, model=self.settings.model, secrets=self.secrets)
        status = getattr(trouble, "status_code", None)
        if status == 403 and self.health.successes:  # some servers answer 403 to a text that they do not like
            return fault._replace(scope="request")
        if fault.scope == "run":
            raise await self.missing() if status == 404 else fault.error
        wait = fault.error.retry_after or 0.0
        if wait > _LONGEST_WAIT:
            raise LLMError(
                f"the server asks to wait {wait / 60:.0f} minutes",
                retryable=True,
                retry_after=wait,
                where=self.settings.route,
                mend="Run it again then: what is answered is kept",
            )
        self.health.failed(fault, now=self.loop.time())
        return fault

    async def missing(self) -> LLMError:
        """Say whether the model is unknown, with those that the server has, or the address is wrong."""
        import openai

        where, model = self.settings.route, self.settings.model
        try:
            page = await self.server.models.list(timeout=10)
            names = sorted(entry.id for entry in page.data)
        except (openai.OpenAIError, ValueError, TypeError, AttributeError):
            mend = "Check the model's name and the address, which usually ends in /v1"
            return LLMError(f"no model {model!r} and no list of models there", retryable=False, where=where, mend=mend)
        if model in names:
            mend = "Check the address, which usually ends in /v1"
            return LLMError("no chat completions at this address", retryable=False, where=where, mend=mend)
        known = redact(", ".join(names[:20]), self.secrets) or "none"
        return LLMError(f"no model {model!r} there", retryable=False, where=where, mend=f"It has: {known}")

    def pause(self, request: ChatRequest, tries: int, error: LLMError) -> float:
        """Seconds before the next try: what the server asks for, else doubling; spread by a draw of its own."""
        key = request.key(route=self.settings.route, model=self.settings.model)
        draw = random.Random(f"{key}:{tries}").random()  # noqa: S311 - it spreads requests, it keeps no secret
        if error.retry_after is not None:
            return error.retry_after * (1 + 0.1 * draw)
        return float(min(_LAST_BACKOFF, _FIRST_BACKOFF * 2 ** (tries - 1)) * (0.5 + draw))


def _credentials(url: str) -> list[str]:
    """List what must not be shown of an address: its password and its query."""
    parts = urlsplit(url)
    return [parts.password or "", parts.query]
