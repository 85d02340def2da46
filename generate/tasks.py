"""Many strategies' steps at once: what is asked next, of the model that writes and of the judge.

A task is the work on one unit. What a task asks next goes out before new tasks are begun, so that what shares a passage
goes out close together, and no more tasks are open than there are requests under way. Whoever reads requests in a
thread of its own is kept waiting there for what the answers under way will call for: nobody waits for a slow one.
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generate.rejection import Rejection
from generate.spending.budget import BudgetSpentError
from generate.strategies.strategy import Draft, Steps, ToJudge
from schemas import ChatRequest, ChatResponse, GristmillError, LLMError


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


class Task(NamedTuple):
    """A task that is begun."""

    number: int
    steps: Steps
    errors: list[LLMError]


@dataclass(slots=True)
class Reader:
    """Who reads the requests of one call of a client.

    Attributes:
        taker: The thread that takes the answers.
        beside: Whether the other client is asked meanwhile: the call then goes on to the end, for what a client has
            learned about its server in one is forgotten in the next.
        over: Whether the call is over.
    """

    taker: int
    beside: bool
    over: bool = False

    def may_wait(self) -> bool:
        """Tell whether the thread that asks may wait for answers; the one that takes them would wait for itself."""
        return not self.over and threading.get_ident() != self.taker


class Tasks:
    """What every task asks next. All methods are for any thread.

    Those with `judging` are about one client: the judge (True), or the model that writes (False).

    Attributes:
        moved: Guards everything here, and tells when something has changed.
        ended: Tasks that are through and were not fetched yet.
        answered: Responses that came and were not told yet.
        stopped: Whether nothing more is given to anybody.

    Args:
        tasks: The work on each unit; begun one after the other, as there is room.
        most_unjudged: Tasks that may wait for the judge before new ones are begun.
    """

    def __init__(self, tasks: Iterable[Steps], *, most_unjudged: float) -> None:
        self.moved = threading.Condition()
        self.ended: deque[Ended] = deque()
        self.answered = 0
        self._fresh: Iterator[Task] = (Task(number, steps, []) for number, steps in enumerate(tasks))
        self.stopped = self._all_begun = False
        self._most_unjudged = most_unjudged
        self._ready: dict[bool, deque[tuple[Task, ChatRequest]]] = {False: deque(), True: deque()}
        self._under_way = {False: 0, True: 0}  # requests given out and not answered yet

    def give(self, judging: bool, reader: Reader) -> tuple[Task, ChatRequest] | None:  # noqa: FBT001 - it is a key
        """Give the next request for one client; new tasks are begun where no open one asks anything."""
        with self.moved:
            while not self.stopped and not self._ready[judging]:
                if self._begin(judging):
                    continue
                more = not self.over if reader.beside else self._under_way[judging]
                if not (more and reader.may_wait()):
                    return None
                self.moved.wait()  # what is under way, or what the other client is asked, may still call for more
            if self.stopped:
                return None
            self._under_way[judging] += 1
            self.moved.notify_all()
            return self._ready[judging].popleft()

    def take(self, task: Task, outcome: ChatResponse | LLMError, judging: bool) -> None:  # noqa: FBT001 - as above
        """Hand an answer to its task. Once a budget is spent, no further ones are begun."""
        with self.moved:
            self.answered += isinstance(outcome, ChatResponse)
            self._all_begun = self._all_begun or isinstance(outcome, BudgetSpentError)
            self._step(task, outcome)
            self._under_way[judging] -= 1  # only now: it is not over as long as a task may ask more, or may fail

    def close(self, reader: Reader) -> None:
        """Let a reader go whose call is over."""
        with self.moved:
            reader.over = True
            self.moved.notify_all()

    def stop(self) -> None:
        """Give nothing more to anybody."""
        with self.moved:
            self.stopped = True
            self.moved.notify_all()

    def wait(self, judging: bool) -> bool:  # noqa: FBT001 - as above
        """Wait until one client can be asked something, or the end; tell whether it can."""
        with self.moved:
            self.moved.wait_for(lambda: self.over or self._ready[judging] or self._may_begin(judging))
            return not self.over

    @property
    def over(self) -> bool:
        """Whether nothing is left to do; to be asked with `moved` held, for a step may be about to be made."""
        return self.stopped or not (self.asking or any(self._under_way.values()))

    @property
    def asking(self) -> bool:
        """Whether something is left to ask."""
        return not self._all_begun or any(self._ready.values())

    def _may_begin(self, judging: bool) -> bool:  # noqa: FBT001 - as above
        """Tell whether a new task may be begun: not for the judge, and not while too many wait for it."""
        return not (judging or self._all_begun or len(self._ready[True]) >= self._most_unjudged)

    def _begin(self, judging: bool) -> bool:  # noqa: FBT001 - as above
        """Begin a new task, if that may be and there is one."""
        if not self._may_begin(judging):
            return False
        task = next(self._fresh, None)
        if task is None:
            self._all_begun = True
            self.moved.notify_all()
            return False
        self._step(task, None)
        return True

    def _step(self, task: Task, answer: ChatResponse | LLMError | None) -> None:
        """Let a task make a step, and put what it asks where it belongs."""
        self.moved.notify_all()
        try:
            if isinstance(answer, LLMError):
                task.errors.append(answer)
                asked = task.steps.throw(answer)
            else:
                asked = next(task.steps) if answer is None else task.steps.send(answer)
        except StopIteration as end:
            self.ended.append(Ended(task.number, end.value, task.errors))
            return
        except GristmillError as error:
            if error is not answer:
                raise
            self.ended.append(Ended(task.number, (), task.errors))  # it has nothing without this answer
            return
        except Exception as error:  # noqa: BLE001 - one text that a check cannot take must not cost the others
            fault = Rejection("check_failed", f"{type(error).__name__}: {error}")
            draft = Draft(response=answer.text if isinstance(answer, ChatResponse) else None, fault=fault)
            self.ended.append(Ended(task.number, [draft], task.errors))
            return
        if isinstance(asked, ToJudge):
            self._ready[True].append((task, asked.request))
        else:
            self._ready[False].append((task, asked))
