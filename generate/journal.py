"""The journal: every answer that was paid for, on disk before anybody uses it.

A response lies under the hash of the whole request, the route and the model. A run that was killed asks again only for
what was in flight; an edited document asks only for its own changed sections. Errors are not stored.
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Protocol, runtime_checkable

from generate.journal_file import Journal
from schemas import Answer, ChatRequest, ChatResponse, Client, LLMError

__all__ = ["Journal", "Journalled", "journalled"]

_AHEAD = 256  # answers that lie ready at most for a caller who is slower than a client with threads of its own


@runtime_checkable
class Takeable(Protocol):
    """An iterator of answers that can also give all that have arrived: one write to the disk is enough for them."""

    def take(self, *, wait: bool) -> list[Answer] | None:
        """Give what has arrived, or None at the end; `wait` for an answer or `wake` where nothing has."""
        ...

    def wake(self) -> bool:
        """Let a `take` that waits come back, and tell whether it does."""
        ...


class Journalled:
    """A client that answers from the journal first and stores what it has to ask for as it arrives.

    Attributes:
        route: That of the client.
        model: That of the client.
        replayed: Requests answered from the journal so far.
        sent: Requests handed to the client so far; equal requests under way at the same time are handed over once.
        failed: Requests that the client gave up on so far.
        journal: The journal.
        prompt_tokens: Tokens read for the requests sent.
        completion_tokens: Tokens written for them.
        cached_tokens: Tokens read for them out of a prefix cache.
    """

    def __init__(self, client: Client, journal: Journal) -> None:
        self.route = client.route
        self.model = client.model
        self.replayed = self.sent = self.failed = 0
        self.prompt_tokens = self.completion_tokens = self.cached_tokens = 0
        self.journal = journal
        self.client = client
        self.side_by_side: bool = getattr(client, "side_by_side", False)
        self._calls: set[_Call] = set()

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once: those in the journal at once, the others in the order in which they arrive.

        A response is on disk before it is yielded.
        """
        call = _Call(self, requests)
        self._calls.add(call)
        try:
            yield from call.answers()
        finally:
            self._calls.discard(call)

    def cancel(self) -> None:
        """End all calls soon, and cancel what is in flight, where the client lets it; for any thread."""
        for call in list(self._calls):
            call.cancel()

    def count(self, outcome: ChatResponse | LLMError) -> None:
        """Count what the client gave."""
        if isinstance(outcome, ChatResponse):
            self.prompt_tokens += outcome.prompt_tokens
            self.completion_tokens += outcome.completion_tokens
            self.cached_tokens += outcome.cached_tokens
        else:
            self.failed += 1


def journalled(client: Client, journal: Journal) -> Journalled:
    """Put a journal in front of a client."""
    return Journalled(client, journal)


class _Call:
    """One call of `complete`.

    The client may read the requests in a thread of its own: `ready` is filled from both sides, and `lock` guards who
    waits for which key, so that the second of two equal requests joins the first.
    """

    def __init__(self, owner: Journalled, requests: Iterable[ChatRequest]) -> None:
        self.owner = owner
        self.requests = enumerate(requests)
        self.ready: deque[Answer] = deque()
        self.lock = threading.Lock()
        self.waiting: dict[str, list[int]] = {}  # positions, by the key that they wait for
        self.asked: dict[int, tuple[str, ChatRequest]] = {}  # by the client's own count of requests
        self.number = 0  # that count
        self.taking: Takeable | None = None  # the client's answers, where it can give several at once
        self.caller = 0  # the thread that takes answers
        self.waits = False  # whether it waits for one
        self.woken = True  # whether it then comes back for what is ready, if anything is
        self.taken = threading.Event()  # set when the caller has taken a ready answer
        self.read_all = self.closed = False

    def answers(self) -> Iterator[Answer]:
        """Answer out of the journal until something must be asked; then the client's answers; and so on."""
        while not self.read_all:
            self.number = 0
            first = self.step()
            if first is not None:
                yield from self.ask(first)
            while self.ready:
                yield self.ready.popleft()

    def ask(self, first: ChatRequest) -> Iterator[Answer]:
        """Ask the client for `first` and what follows, until it has read enough and answered all of that."""
        self.caller = threading.get_ident()  # a client may read the requests before it gives its answers' iterator
        answers = self.owner.client.complete(chain([first], self.unanswered()))
        self.taking = answers if isinstance(answers, Takeable) else None
        try:
            while not self.closed:
                if len(self.ready) < _AHEAD:
                    arrived = self.take(answers)
                    if arrived is None:
                        break
                    self.settle(arrived)
                if self.ready:
                    answer = self.ready.popleft()
                    self.taken.set()
                    yield answer
        except BaseException:
            self.closed = True
            self.taken.set()
            raise
        finally:
            self.taking = None
            close = getattr(answers, "close", None)  # an iterator that is no generator may have none
            if close is not None:
                close()

    def cancel(self) -> None:
        """Let the caller come back and find that it is over."""
        self.closed = self.read_all = True
        self.taken.set()
        taking = self.taking
        if taking is not None:
            taking.wake()

    def take(self, answers: Iterator[Answer]) -> list[Answer] | None:
        """Take what has arrived, and wait for it where nothing lies ready; None at the end."""
        self.caller = threading.get_ident()
        self.waits = True  # said before it is looked for what is ready: `rest` looks the other way round
        try:
            wait = not self.ready
            if self.taking is not None:
                return self.taking.take(wait=wait)
            if not wait:
                return []
            answer = next(answers, None)
            return None if answer is None else [answer]
        finally:
            self.waits = False

    def unanswered(self) -> Iterator[ChatRequest]:
        """Read on, for the client: give what must be asked, and lay ready what the journal answers."""
        while not self.closed:
            request = self.step()
            if request is not None:
                yield request
            elif self.read_all:
                return
            elif threading.get_ident() != self.caller:  # in the caller's own thread nobody else takes what is ready
                if not self.woken and self.waits:
                    return  # what is read next may hang on it, and the client does not let the caller come for it
                self.rest()

    def step(self) -> ChatRequest | None:
        """Read one request, and give it if it must be asked."""
        place = next(self.requests, None)
        if place is None:
            self.read_all = True
            return None
        position, request = place
        key = request.key(route=self.owner.route, model=self.owner.model)
        with self.lock:
            if key in self.waiting:
                self.waiting[key].append(position)
                return None
            # An answer is stored before its key leaves `waiting`: what is not there is found here.
            response = self.owner.journal.find([key]).get(key)
            if response is None:
                self.waiting[key] = [position]
                self.asked[self.number] = key, request
                self.number += 1
                self.owner.sent += 1
                return request
        self.owner.replayed += 1
        self.ready.append(Answer(position, response))
        taking = self.taking
        self.woken = taking is not None and taking.wake()
        return None

    def rest(self) -> None:
        """Wait until the caller has taken something, where enough lies ready and nothing else keeps the caller."""
        self.taken.clear()
        if len(self.ready) >= _AHEAD and not self.closed and (self.woken or not self.waits):
            self.taken.wait()

    def settle(self, arrived: list[Answer]) -> None:
        """Store what has arrived, in one go, and lay it ready for all who wait for it."""
        with self.lock:
            asked = [(*self.asked.pop(number), outcome) for number, outcome in arrived]
        responses = [(key, request, outcome) for key, request, outcome in asked if isinstance(outcome, ChatResponse)]
        if responses:
            self.owner.journal.store(responses)
        for key, _, outcome in asked:
            self.owner.count(outcome)
            with self.lock:
                positions = self.waiting.pop(key)
            self.ready.extend(Answer(position, outcome) for position in positions)
