"""The desk at which batches are handed in: each thing that the server does for them, and what its failures mean."""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urlsplit

from generate.clients.batch_lines import ENDPOINT, lines_of
from generate.clients.faults import Fault, fault_of, unwanted
from generate.clients.keys import lacks_key, read_key
from generate.clients.openai_compatible import OpenAICompatible
from generate.clients.wire import read_response, write_body
from schemas import ChatRequest, ChatResponse, LLMError

if TYPE_CHECKING:
    from openai.types import Batch

_Given = TypeVar("_Given")
_FIRST_PAUSE = 0.5  # seconds
_SLACK = 86_400.0  # seconds that the server's clock may differ from ours
_log = logging.getLogger(__name__)


class Desk:
    """A server with a Batch API.

    Attributes:
        route: Its address without credentials and query.
        model: The model.
        without: Parameters that the model turned out not to take.
        secrets: What must not be repeated.

    Args:
        model: Name of the model.
        base_url: As in `OpenAICompatible`.
        poll: Most seconds between two tries.
        patience: Seconds that the server may be away.

    Raises:
        LLMError: The key can be none, or OpenAI is asked without one.
    """

    def __init__(self, model: str, *, base_url: str | None, poll: float, patience: float) -> None:
        import openai

        ordinary = OpenAICompatible(model, base_url=base_url)
        self.route, self.model = ordinary.route, model
        self.poll, self.patience = poll, patience
        self.without: set[str] = set()
        key = read_key()
        if not key.isascii() or lacks_key(self.route):
            raise LLMError(
                "OPENAI_API_KEY holds signs that no key has" if key else "OpenAI answers nobody without a key",
                retryable=False,
                where=self.route,
                mend="Set OPENAI_API_KEY",
            )
        hidden = (key, urlsplit(ordinary.address).password, urlsplit(ordinary.address).query)
        self.secrets = tuple(secret for secret in hidden if secret)
        self.server = openai.OpenAI(api_key=key or "none", base_url=ordinary.address, max_retries=0, timeout=600.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    def ask(self, request: ChatRequest) -> ChatResponse | Fault:
        """Ask one request in the ordinary way, and learn which parameters the model does not take.

        Raises:
            LLMError: All others would be refused as well.
        """
        return self.tell(partial(self.ask_once, request))

    def ask_once(self, request: ChatRequest) -> ChatResponse:
        """Try a request, and without the parameters that the model turns out not to take."""
        import openai

        while True:
            body = write_body(request, model=self.model, without=self.without)
            try:
                return read_response(self.server.post("/chat/completions", cast_to=object, body=body))
            except openai.APIStatusError as error:
                name = unwanted(error, body)
                if name is None or name in self.without:
                    raise
                self.without.add(name)
            _log.warning("%s does not take %r: it is asked without it", self.route, name)

    def upload(self, content: bytes) -> str:
        """Upload a file of requests and give the server's name for it."""
        create = partial(self.server.files.create, file=("gristmill.jsonl", content), purpose="batch")
        return self.told(create, missing="there is no place for files").id

    def make_batch(self, file: str, *, asked: float, doubtful: bool) -> str:
        """Have a batch made of an uploaded file, and never two: where there may be one already, it is looked for first.

        Args:
            file: The server's name for the file.
            asked: Unix time at which it was first asked for.
            doubtful: Whether an earlier run may have asked already.
        """

        def attempt() -> str:
            nonlocal doubtful
            if doubtful:
                for batch in self.server.batches.list(limit=100):  # the newest comes first
                    if batch.input_file_id == file:
                        return batch.id
                    if batch.created_at < asked - _SLACK:
                        break
            doubtful = True  # whatever becomes of this attempt
            return self.server.batches.create(input_file_id=file, endpoint=ENDPOINT, completion_window="24h").id

        return self.told(attempt, missing="there are no batches")

    def look(self, name: str) -> "Batch":
        """See how a batch gets on."""
        return self.told(partial(self.server.batches.retrieve, name), missing=f"there is no batch {name}")

    def download(self, file: str) -> Iterator[bytes]:
        """Give the lines of a file at the server; none where it is gone."""
        import openai

        def attempt() -> list[bytes]:
            try:
                with self.server.files.with_streaming_response.content(file) as response:
                    return list(lines_of(response.iter_bytes()))
            except openai.NotFoundError:
                _log.warning("the file %s is not at the server any more", file)
                return []

        yield from self.told(attempt)

    def told(self, call: Callable[[], _Given], *, missing: str = "") -> _Given:
        """Do something at the server that must succeed.

        Args:
            call: What to do.
            missing: What it means if the server finds nothing at that address.

        Raises:
            LLMError: It does not succeed.
        """
        given = self.tell(call, missing=missing)
        if isinstance(given, Fault):
            raise given.error
        return given

    def tell(self, call: Callable[[], _Given], *, missing: str = "") -> _Given | Fault:
        """Do something at the server, again while it is away or asks for patience; the fault is of this request only.

        Raises:
            LLMError: It refuses everything, or is away for too long.
        """
        until, wait = time.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            fault = self.attempt(call, missing)
            if not isinstance(fault, Fault) or fault.scope == "request":
                return fault
            # Raised from here, an error of ours does not carry theirs, whose text may hold the key.
            pause = fault.error.retry_after or min(wait, self.poll)
            if fault.scope == "run" or time.monotonic() + pause > until:
                raise fault.error
            time.sleep(pause)
            wait *= 2

    def attempt(self, call: Callable[[], _Given], missing: str) -> _Given | Fault:
        """Do something at the server once."""
        import openai

        try:
            return call()
        except (openai.OpenAIError, OSError, ValueError) as error:
            if missing and isinstance(error, openai.NotFoundError):
                mend = "Leave out --batch if the server has none, or use the key with which it was submitted"
                return Fault(LLMError(missing, retryable=False, where=self.route, mend=mend), "run")
            fault = fault_of(error, route=self.route, model=self.model, secrets=self.secrets)
            # A file is not always known to the rest of the server as soon as it is uploaded.
            late = isinstance(error, openai.BadRequestError) and "find file" in str(error.message)
            return fault._replace(scope="again") if late else fault
