"""Many strategies' steps at once: requests go out as there is room for them, answers come in as they come.

A task is the work on one unit. What a task asks next goes out before new tasks are begun, so that what shares a passage
goes out close together, and no more tasks are open than there are requests under way. A client that reads requests in a
thread of its own is kept waiting there for what the answers under way will call for: nobody waits for a slow one.
Where two servers answer, one writes while the other judges; two models in this process take turns.
"""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generate.rejection import Rejection
from generate.spending.budget import BudgetSpentError
from generate.strategies.strategy import Draft, Steps, ToJudge
from schemas import Answer, ChatRequest, ChatResponse, Client, GristmillError, InputError, LLMError


_PATIENCE = 1.0  # seconds that a thread gets to end before it is left to itself


class Ended(NamedTuple):
    """A task that is through.

    Attributes:
        task: Its number, in the order in which tasks were given.
        drafts: What it gave; where a request failed, what it had without that.
        errors: Those of its requests that failed for good.
    """

    task: int
    drafts: Sequence[Draft]
    errors: Sequence[LLMError] = ()


class _Task(NamedTuple):
    number: int
    steps: Steps
    errors: list[LLMError]


@dataclass(slots=True)
class _Reader:
    """Who reads the requests of one call.

    Attributes:
        caller: The thread that takes the answers.
        over: Whether the call is over.
    """

    caller: int
    over: bool = False

    def may_wait(self) -> bool:
        """Tell whether the thread that asks may wait for answers: it is not the one that takes them."""
        return not self.over and threading.get_ident() != self.caller


class Work:
    """Drive tasks to their ends. Once a budget is spent, no further ones are begun.

    Args:
        tasks: The work on each unit; begun one after the other, as there is room.
        clients: Who answers the model's requests (False) and the judge's (True).
        most_unjudged: Tasks that may wait for the judge before new ones are begun. Where the judge's turn comes when all
            that was begun is answered, few cost time; with many, a budget may be spent before anything is judged.
        answered: Called for each answer.
    """

    def __init__(
        self,
        tasks: Iterable[Steps],
        clients: Mapping[bool, Client | None],
        *,
        most_unjudged: float = math.inf,
        answered: Callable[[], object] = lambda: None,
    ) -> None:
        self._fresh: Iterator[_Task] = (_Task(number, steps, []) for number, steps in enumerate(tasks))
        self._clients = clients
        self._ready: dict[bool, deque[tuple[_Task, ChatRequest]]] = {False: deque(), True: deque()}
        self._ended: deque[Ended] = deque()
        self._most_unjudged = most_unjudged
        self._answered = answered
        self._paused = False  # whether no task was begun because too many wait for the judge
        self._all_begun = False
        self._stopped = False
        self._failure: BaseException | None = None
        self._new_answers = 0  # not told yet
        self._under_way = {False: 0, True: 0}  # requests given to each client and not answered yet
        self._moved = threading.Condition()  # guards all of this, and tells when a task has made a step

    def run(self) -> Iterator[Ended]:
        """Give tasks as they end.

        Raises:
            LLMError: A client can answer nothing more.
            InputError: A prompt cannot be filled in.
        """
        if all(getattr(client, "side_by_side", False) for client in self._clients.values()):
            yield from self._run_side_by_side()
            return
        while True:
            for judging in (False, True):
                for task, outcome in self._answers(judging):
                    self._go_on(task, outcome, judging)
                    if isinstance(outcome, ChatResponse):
                        self._answered()
                    yield from self._through()
            yield from self._through()
            with self._moved:
                if not (self._ready[False] or self._ready[True] or self._paused):
                    return

    def _run_side_by_side(self) -> Iterator[Ended]:
        """Have both clients asked at once, each in a thread of its own, and give what comes of it here."""
        threads = [
            threading.Thread(target=self._drive, args=(judging,), name="gristmill-asking", daemon=True)
            for judging in (False, True)
        ]
        for thread in threads:
            thread.start()
        try:
            while True:
                with self._moved:
                    self._moved.wait_for(lambda: self._ended or self._new_answers or self._over())
                    over, failure = self._over(), self._failure
                    answers, self._new_answers = self._new_answers, 0
                for _ in range(answers):
                    self._answered()
                yield from self._through()
                if failure is not None:
                    raise failure
                if over:
                    return
        finally:
            with self._moved:
                self._stopped = True
                self._moved.notify_all()
            for client in self._clients.values():
                cancel: Callable[[], None] | None = getattr(client, "cancel", None)
                if cancel is not None:
                    cancel()
            for thread in threads:
                thread.join(_PATIENCE)

    def _drive(self, judging: bool) -> None:  # noqa: FBT001 - it is a key
        """Ask one client, whenever there is something to ask it."""
        try:
            while self._wait(judging):
                for task, outcome in self._answers(judging):
                    self._go_on(task, outcome, judging)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the answers are wanted
            with self._moved:
                self._failure = self._failure or error
                self._moved.notify_all()

    def _wait(self, judging: bool) -> bool:  # noqa: FBT001 - it is a key
        """Wait until there is something to ask, and tell whether there is."""
        with self._moved:
            self._moved.wait_for(
                lambda: self._over() or self._ready[judging] or not (judging or self._all_begun or self._too_many())
            )
            return not self._over()

    def _over(self) -> bool:
        """Tell whether nothing is left to do."""
        left = any(self._ready.values()) or any(self._under_way.values())
        return self._stopped or self._failure is not None or (self._all_begun and not left)

    def _through(self) -> Iterator[Ended]:
        while self._ended:
            yield self._ended.popleft()

    def _answers(self, judging: bool) -> Iterator[tuple[_Task, ChatResponse | LLMError]]:  # noqa: FBT001 - it is a key
        """Have one client answer all that is ready for it, and what becomes ready meanwhile."""
        asked: list[_Task] = []
        reader = _Reader(threading.get_ident())

        def requests() -> Iterator[ChatRequest]:
            while (step := self._next(judging, reader)) is not None:
                asked.append(step[0])
                yield step[1]

        client = self._clients[judging]
        answers = _none(requests()) if client is None else client.complete(requests())
        try:
            for position, outcome in answers:
                yield asked[position], outcome
        finally:
            with self._moved:
                reader.over = True
                self._moved.notify_all()
            close: Callable[[], None] | None = getattr(answers, "close", None)
            if close is not None:
                close()

    def _next(self, judging: bool, reader: "_Reader") -> tuple[_Task, ChatRequest] | None:  # noqa: FBT001 - as above
        """Give the next request for one client; new tasks are begun where no open one asks anything.

        Where none is left, what is under way may still call for more. Only who does not take the answers can wait for
        that: whoever reads in the caller's own thread would wait for itself.
        """
        with self._moved:
            while not self._ready[judging]:
                task = None if judging else self._begin()
                if task is not None:
                    self._take(task, None)
                elif reader.may_wait() and self._under_way[judging] and not self._stopped:
                    self._moved.wait()
                else:
                    return None
            self._under_way[judging] += 1
            self._moved.notify_all()
            return self._ready[judging].popleft()

    def _begin(self) -> _Task | None:
        """Give a new task, unless too many wait for the judge."""
        self._paused = self._too_many()
        if self._paused or self._all_begun:
            return None
        task = next(self._fresh, None)
        self._all_begun = task is None
        return task

    def _too_many(self) -> bool:
        """Tell whether too many tasks wait for the judge."""
        return len(self._ready[True]) >= self._most_unjudged

    def _go_on(self, task: _Task, outcome: ChatResponse | LLMError, judging: bool) -> None:  # noqa: FBT001 - as above
        """Hand an answer to its task."""
        with self._moved:
            self._under_way[judging] -= 1
            self._moved.notify_all()
            if isinstance(outcome, BudgetSpentError):
                self._all_begun = True
            self._new_answers += isinstance(outcome, ChatResponse)
            self._take(task, outcome)

    def _take(self, task: _Task, answer: ChatResponse | LLMError | None) -> None:
        """Let a task make a step, and put what it asks where it belongs."""
        try:
            if isinstance(answer, LLMError):
                task.errors.append(answer)
                asked = task.steps.throw(answer)
            else:
                asked = next(task.steps) if answer is None else task.steps.send(answer)
        except StopIteration as end:
            self._ended.append(Ended(task.number, end.value, task.errors))
            return
        except GristmillError as error:
            if error is not answer:
                raise
            self._ended.append(Ended(task.number, (), task.errors))  # it has nothing without this answer
            return
        except Exception as error:  # noqa: BLE001 - one text that a check cannot take must not cost the others
            fault = Rejection("check_failed", f"{type(error).__name__}: {error}")
            draft = Draft(response=answer.text if isinstance(answer, ChatResponse) else None, fault=fault)
            self._ended.append(Ended(task.number, [draft], task.errors))
            return
        if isinstance(asked, ToJudge):
            self._ready[True].append((task, asked.request))
        else:
            self._ready[False].append((task, asked))


def _none(requests: Iterator[ChatRequest]) -> Iterator[Answer]:
    """Answer nothing: who needs no model asks none."""
    if next(requests, None) is not None:
        raise InputError("nobody is there to answer", mend="Name a client, or choose the strategy template")
    return iter(())
