"""One call's requests in flight: read as there is room, sent through the gate, tried again where that may help.

Two threads work while the caller does. One reads the requests, which may take as long as it likes; the other runs an
event loop with everything in flight, so that the window stays full. A request that waits before it is tried again gives
up its place in the window. An answer keeps its place until the caller comes back for the next ones: a killed run loses
at most as many answers as there are places, and memory stays flat.
"""

import asyncio
import itertools
import queue
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple, Self

from generate.clients.faults import Fault
from generate.clients.gate import Gate
from generate.clients.server import Server
from schemas import Answer, ChatRequest, ChatResponse, LLMError

_FIRST_BACKOFF, _LAST_BACKOFF = 0.5, 60.0  # seconds
_SPARE = 3  # times as many requests as places may be read and unanswered: the waiting ones leave no place empty
_PATIENCE = 1.0  # seconds that an iterator of requests gets to come back before it is left to itself
_TOO_LATE = 3  # tries of one request that may take too long
_WAKE = object()


class Arrivals(Iterator[Answer]):
    """The answers of one call, for the thread that reads them.

    Args:
        requests: What to ask. Read, as the server is opened, only once the first answer is asked for.
        open_server: Opens the server.
        places: The most requests in flight.
        max_retries: Further attempts for a request that failed.
        timeout: Seconds that the first attempt may take.
    """

    def __init__(
        self,
        requests: Iterable[ChatRequest],
        open_server: Callable[[], Server],
        *,
        places: int,
        max_retries: int,
        timeout: float,
    ) -> None:
        self._requests = requests
        self._open = open_server
        self._launch = partial(_Flight, places=places, max_retries=max_retries, timeout=timeout)
        self._arrived: queue.SimpleQueue[object] = queue.SimpleQueue()  # answers, _WAKE, and an _End
        self._flight: _Flight | None = None
        self._held = 0  # answers given whose places are not free yet
        self._ended = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Answer:
        while (given := self._take(1, wait=True)) is not None:
            if given:
                return given[0]
        raise StopIteration

    def take(self, *, wait: bool) -> list[Answer] | None:
        """Give all that has arrived, or None at the end; the places of what was given before are free from here on.

        Args:
            wait: Wait for an answer, or for `wake`, where none is there.
        """
        return self._take(None, wait=wait)

    def wake(self) -> bool:
        """Let a `take` that waits come back; for any thread."""
        self._arrived.put(_WAKE)
        return True

    def close(self) -> None:
        """Cancel what is in flight and wait until it has gone."""
        self._ended = True
        flight, self._flight = self._flight, None
        if flight is not None:
            flight.end()

    def __del__(self) -> None:
        self.close()

    def _take(self, most: int | None, *, wait: bool) -> list[Answer] | None:
        if self._flight is None and not self._begin():
            return None
        assert self._flight is not None
        self._flight.free(self._held)
        given: list[Answer] = []
        with suppress(queue.Empty):
            while len(given) != most:
                item = self._arrived.get(block=wait)
                wait = False
                if isinstance(item, Answer):
                    given.append(item)
                elif isinstance(item, _End):
                    if given:
                        self._arrived.put(item)  # first what came before it
                        break
                    self.close()
                    if item.error is not None:
                        raise item.error
                    return None
        self._held = len(given)
        return given

    def _begin(self) -> bool:
        """Read the first request here: without one nobody is asked, and no server is needed."""
        if self._ended:
            return False
        requests = iter(self._requests)
        for first in requests:
            waiting = itertools.chain([first], requests)
            self._flight = self._launch(waiting, self._open(), self._arrived)
            self._flight.begin()
            return True
        self._ended = True
        return False


class _End(NamedTuple):
    """How a flight ended."""

    error: BaseException | None


class _Flight:
    """The two threads and what they share. All but `read`, `free` and `end` runs in the loop's."""

    def __init__(
        self,
        requests: Iterator[ChatRequest],
        server: Server,
        arrived: "queue.SimpleQueue[object]",
        *,
        places: int,
        max_retries: int,
        timeout: float,
    ) -> None:
        self.requests = requests
        self.server = server
        self.arrived = arrived
        self.gate = Gate(places)
        self.most = _SPARE * places
        self.max_retries = max_retries
        self.timeout = timeout
        self.permits = threading.Semaphore(0)  # requests that the reader may read
        self.reading = 0  # of them, those that have not come yet
        self.read_all = self.stopping = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.loop = asyncio.new_event_loop()
        self.over: asyncio.Future[None] = self.loop.create_future()
        self.threads = (
            threading.Thread(target=self.run, name="gristmill-client", daemon=True),
            threading.Thread(target=self.read, name="gristmill-requests", daemon=True),
        )

    def begin(self) -> None:
        """Start both threads."""
        for thread in self.threads:
            thread.start()

    def run(self) -> None:
        """Run the loop to its end, in its own thread, and hand over how it ended."""
        error: BaseException | None = None
        try:
            self.loop.run_until_complete(self.work())
        except asyncio.CancelledError:
            pass
        except BaseException as raised:  # noqa: BLE001 - it is raised again in the caller's thread
            error = raised
        finally:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()
            self.stopping = True
            self.permits.release()
            self.arrived.put(_End(error))

    def read(self) -> None:
        """Read a request whenever there is room for one, in a thread of its own: it may have to wait for answers."""
        error: BaseException | None = None
        try:
            for position in itertools.count():
                self.permits.acquire()
                if self.stopping:
                    return
                request = next(self.requests, None)
                if request is None:
                    break
                self.tell(self.set_out, position, request)
        except BaseException as raised:  # noqa: BLE001 - it is raised again in the caller's thread
            error = raised
        self.tell(self.no_more, error)

    def free(self, count: int) -> None:
        """Give the places of answers that the caller is done with to the next requests."""
        if count:
            self.tell(self.give_back, count)

    def end(self) -> None:
        """Cancel what is still in flight and wait until it has gone."""
        self.tell(self.over.cancel)
        runner, reader = self.threads
        runner.join()
        reader.join(_PATIENCE)

    def tell(self, what: Callable[..., object], *about: object) -> None:
        """Have the loop do something, if it still runs."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(what, *about)

    async def work(self) -> None:
        """Keep the server open until all is answered."""
        async with self.server:
            self.more()
            try:
                await self.over
            finally:
                for task in self.tasks:
                    task.cancel()
                await asyncio.gather(*self.tasks, return_exceptions=True)

    def more(self) -> None:
        """Let the reader read as many requests as would find a place."""
        count = min(self.gate.room, self.most - len(self.tasks)) - self.reading
        if count > 0 and not self.read_all:
            self.reading += count
            self.permits.release(count)

    def set_out(self, position: int, request: ChatRequest) -> None:
        """Take up a request that was read."""
        self.reading -= 1
        if not self.over.done():
            task = self.loop.create_task(self.answer(position, request))
            self.tasks.add(task)
            task.add_done_callback(self.come_home)

    def come_home(self, task: asyncio.Task[None]) -> None:
        """Count a request as done; one that raised ends the run."""
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        self.check(error)
        self.more()

    def no_more(self, error: BaseException | None) -> None:
        """Hear that all requests were read, or that reading them failed."""
        self.read_all = True
        self.check(error)

    def check(self, error: BaseException | None) -> None:
        """End the run where nothing is left to do, or with an error."""
        if self.over.done():
            return
        if error is not None:
            self.over.set_exception(error)
        elif self.read_all and not self.tasks:
            self.over.set_result(None)

    def give_back(self, count: int) -> None:
        """Free places."""
        self.gate.leave(count)
        self.more()

    async def answer(self, position: int, request: ChatRequest) -> None:
        """Try one request until it is answered or given up.

        Its place in the window is given back by `free`, or here before each pause.
        """
        failures, tries, late, seen = 0, 0, 0, self.server.health.successes
        while True:
            await self.gate.enter()
            outcome = await self.attempt(request, seconds=self.timeout * 2**late)
            if isinstance(outcome, ChatResponse):
                self.arrived.put(Answer(position, outcome))
                return
            tries += 1
            if not (outcome.limited and self.server.health.successes > seen):
                failures += 1
            late += outcome.late
            if outcome.scope == "request" or failures > self.max_retries or late == _TOO_LATE:
                self.arrived.put(Answer(position, outcome.error))
                return
            seen = self.server.health.successes
            self.give_back(1)
            await asyncio.sleep(self.pause(request, tries, failures, outcome.error))

    async def attempt(self, request: ChatRequest, *, seconds: float) -> ChatResponse | Fault:
        """Try one request once, and let the gate learn from it."""
        begun = self.loop.time()
        outcome = await self.server.ask(request, seconds=seconds)
        now = self.loop.time()
        if isinstance(outcome, ChatResponse):
            self.gate.pace.accepted(now)
            self.gate.window.answered(now - begun, now=now)
        elif outcome.limited:
            self.gate.pace.refused(now)
        elif outcome.late:
            self.gate.window.timed_out(now=now)
        return outcome

    def pause(self, request: ChatRequest, tries: int, failures: int, error: LLMError) -> float:
        """Seconds before the next try, spread by a draw of its own.

        They are what the server asks for, but no fewer than doubling gives where it has answered nobody since: one that
        asks for 0 seconds, or names a time gone by, would be asked again at once, and given up.
        """
        key = request.key(route=self.server.route, model=self.server.model)
        draw = random.Random(f"{key}:{tries}").random()  # noqa: S311 - it spreads requests, it keeps no secret
        asked = error.retry_after
        if asked is None:
            return backoff(tries) * (0.5 + draw)
        return max(asked * (1 + 0.05 * draw), backoff(failures) * (0.5 + draw) if failures else 0.0)


def backoff(tries: int) -> float:
    """Seconds before the next try where the server asks for none: doubling, up to a minute."""
    return min(_LAST_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(tries - 1, 10))  # a float ends at 2 ** 1024
