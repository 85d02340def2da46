"""Drive tasks to their ends: requests go out as there is room for them, answers come in as they come.

Where servers answer, one writes while the other judges. Models in this process take turns: the judge's comes when all
that was begun is written.
"""

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping

from generate.strategies.strategy import Steps
from generate.tasks import Ended, Reader, Task, Tasks
from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, LLMError

_PATIENCE = 5.0  # seconds that a thread gets to end before it is left to itself


class Work:
    """Drive tasks to their ends. Once a budget is spent, no further ones are begun.

    Args:
        tasks: The work on each unit; begun one after the other, as there is room.
        clients: Who answers the model's requests (False) and the judge's (True).
        most_unjudged: Tasks that may wait for the judge before new ones are begun: with many, a budget may be spent
            before anything is judged.
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
        self._tasks = Tasks(tasks, most_unjudged=most_unjudged)
        self._clients = clients
        self._beside = all(getattr(client, "side_by_side", False) for client in clients.values())
        self._answered = answered
        self._failures: list[BaseException] = []

    def run(self) -> Iterator[Ended]:
        """Give tasks as they end.

        Raises:
            LLMError: A client can answer nothing more.
            InputError: A prompt cannot be filled in.
        """
        return self._side_by_side() if self._beside else self._in_turn()

    def _in_turn(self) -> Iterator[Ended]:
        """Ask one client after the other."""
        while self._tasks.asking:
            for judging in (False, True):
                for task, outcome in self._answers(judging):
                    self._tasks.take(task, outcome, judging)
                    yield from self._fetched()
            yield from self._fetched()

    def _side_by_side(self) -> Iterator[Ended]:
        """Ask both clients at once, each in a thread of its own, and give here what comes of it."""
        threads = [
            threading.Thread(target=self._drive, args=(judging,), name="gristmill-asking", daemon=True)
            for judging in (False, True)
        ]
        for thread in threads:
            thread.start()
        tasks = self._tasks
        try:
            over = False
            while not over:
                with tasks.moved:
                    tasks.moved.wait_for(lambda: tasks.ended or tasks.answered or tasks.over)
                    over = tasks.over
                yield from self._fetched()
        finally:
            tasks.stop()
            for client in self._clients.values():
                cancel: Callable[[], None] | None = getattr(client, "cancel", None)
                if cancel is not None:
                    cancel()
            for thread in threads:
                thread.join(_PATIENCE)
        if self._failures:  # a thread may have met one while the last task ended
            raise self._failures[0]

    def _drive(self, judging: bool) -> None:  # noqa: FBT001 - it is a key
        """Ask one client, whenever there is something to ask it."""
        try:
            while self._tasks.wait(judging):
                for task, outcome in self._answers(judging):
                    self._tasks.take(task, outcome, judging)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the answers are wanted
            self._failures.append(error)
            self._tasks.stop()

    def _fetched(self) -> Iterator[Ended]:
        """Tell of the answers, and give the tasks, that have come since."""
        tasks = self._tasks
        with tasks.moved:
            answered, tasks.answered = tasks.answered, 0
        for _ in range(answered):
            self._answered()
        while tasks.ended:
            yield tasks.ended.popleft()

    def _answers(self, judging: bool) -> Iterator[tuple[Task, ChatResponse | LLMError]]:  # noqa: FBT001 - as above
        """Have one client answer all that is ready for it, and what becomes ready meanwhile."""
        asked: list[Task] = []
        reader = Reader(threading.get_ident(), self._beside)

        def requests() -> Iterator[ChatRequest]:
            while (given := self._tasks.give(judging, reader)) is not None:
                asked.append(given[0])
                yield given[1]

        client = self._clients[judging]
        answers = _none(requests()) if client is None else client.complete(requests())
        answered = 0
        try:
            for position, outcome in answers:
                answered += 1
                yield asked[position], outcome
        finally:
            self._tasks.close(reader)
            close: Callable[[], None] | None = getattr(answers, "close", None)
            if close is not None:
                close()
        if answered < len(asked) and not self._tasks.stopped:
            raise LLMError(
                f"{len(asked) - answered} of {len(asked)} requests were left unanswered",
                retryable=True,
                where=client.route if client else "",
                mend="Run it again: what is answered is kept",
            )


def _none(requests: Iterator[ChatRequest]) -> Iterator[Answer]:
    """Answer nothing: who needs no model asks none."""
    if next(requests, None) is not None:
        raise InputError("nobody is there to answer", mend="Name a client, or choose the strategy template")
    return iter(())
