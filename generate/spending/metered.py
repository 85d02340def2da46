"""A client that is asked only for what a purse holds.

The most that a prompt can cost is one token a byte, as in byte-level tokenizers, and some more for what a chat template
puts around it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from generate.journal import Takeable
from generate.spending.budget import BudgetSpentError, Cost, Purse
from generate.spending.prices import FullPrice, Price
from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, LLMError

_AROUND_ALL, _AROUND_EACH = 128, 16  # tokens that a chat template may add to a request, and to each of its messages


class Metered:
    """A client that is asked only for what a purse holds.

    Args:
        client: Who answers.
        purse: What may be spent.
        price: What the model costs; None where nobody knows.

    Raises:
        InputError: The budget is in dollars, and nobody knows the price.
    """

    def __init__(self, client: Client, purse: Purse, price: Price | None) -> None:
        if price is None and purse.limits("usd"):
            raise InputError(
                f"no price is known for {client.model}, so a budget in dollars cannot be kept",
                where=client.route,
                mend="Name a table with its price with --prices, or limit requests or tokens",
            )
        self.route = client.route
        self.model = client.model
        self.client = client
        self.side_by_side: bool = getattr(client, "side_by_side", False)
        self.purse = purse
        self._price = price
        factor: float = getattr(client, "price_factor", 1.0)
        self._full_price = None if price is None else price.times(1 / factor)
        self.premium = 1 / factor - 1  # of one answer of a call, which may be at the full price

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, as `schemas.Client` says; those beyond the budget with a `BudgetSpentError`."""
        return _Call(self, requests)

    def most(self, request: ChatRequest) -> Cost:
        """Give the most that a request can cost."""
        size = sum(len(content.encode("utf-8", "surrogatepass")) for _, content in request.messages)
        prompt = size + len(request.schema) + _AROUND_ALL + _AROUND_EACH * len(request.messages)
        usd = 0.0 if self._price is None else self._price.of(prompt, request.max_tokens)
        return Cost(1, prompt + request.max_tokens, usd)

    def cost(self, outcome: ChatResponse | LLMError, most: Cost) -> Cost:
        """Give what a request cost; where the server does not say, and may have worked, the most that it can."""
        if isinstance(outcome, LLMError):
            return most if outcome.retryable else Cost(1)
        tokens = outcome.prompt_tokens + outcome.completion_tokens
        if not tokens:
            return most
        price = self._full_price if isinstance(outcome, FullPrice) else self._price
        return Cost(1, tokens, 0.0 if price is None else price.of_response(outcome))


class _Call(Iterator[Answer]):
    """One call of `complete`: the client's answers, in as many calls of it as the purse takes.

    A request that the purse does not allow is held back. When all that was under way has settled, with other clients
    of the same purse too, it is tried once more; only then is it refused, and all that follow.
    """

    def __init__(self, owner: Metered, requests: Iterable[ChatRequest]) -> None:
        self._owner = owner
        self._requests = enumerate(requests)
        self._held: tuple[int, ChatRequest] | None = None
        self._sent = 0  # requests of the client's present call
        self._under_way: dict[int, tuple[int, Cost]] = {}  # by the client's count: our own, and what is put aside
        self._extra = Cost()  # put aside for the one answer that may be at the full price
        self._answers: Iterator[Answer] | None = None
        self._ready: deque[Answer] = deque()
        self._refusing = self._ended = self._woken = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Answer:
        while not self._ready:
            given = self.take(wait=True)
            if given is None:
                raise StopIteration
            self._ready.extend(given)
        return self._ready.popleft()

    def take(self, *, wait: bool) -> list[Answer] | None:
        """Give what has arrived, as `generate.journal.Takeable` says."""
        try:
            while True:
                if self._ended:
                    return None
                if self._refusing:
                    return self._refuse()
                if self._answers is None:
                    self._sent = 0
                    self._answers = self._owner.client.complete(self._affordable())
                arrived = self._arrived(wait=wait and not self._woken)
                if arrived is not None:
                    return [self._settled(answer) for answer in arrived]
                self._close_answers()
                if self._held is None:
                    self.close()
                elif not self._sent:  # nothing of ours was under way that could still give something back
                    most = self._owner.most(self._held[1])
                    needed = most.plus(self._extra_for(most))
                    self._refusing = not self._owner.purse.await_room(needed, lambda: self._woken or not wait)
                    if not self._refusing and (self._woken or not wait):
                        return []
        finally:
            self._woken = False

    def wake(self) -> bool:
        """Let a `take` that waits come back, where the client lets it."""
        self._woken = True  # where the client is between two calls, or none of ours is under way
        self._owner.purse.stir()
        answers: object = self._answers
        return isinstance(answers, Takeable) and answers.wake()

    def close(self) -> None:
        """End the client's own call."""
        self._ended = True
        self._close_answers()

    def _close_answers(self) -> None:
        answers, self._answers = self._answers, None
        self._owner.purse.settle(self._extra, Cost())
        self._extra = Cost()
        close: Callable[[], None] | None = getattr(answers, "close", None)
        if close is not None:
            close()
        while self._under_way:  # of a call that is ended early: nobody hears what these cost
            _, (_, most) = self._under_way.popitem()
            self._owner.purse.settle(most, most)

    def _affordable(self) -> Iterator[ChatRequest]:
        """Give requests as long as the purse allows them."""
        while (item := self._held or next(self._requests, None)) is not None:
            self._held = item
            most = self._owner.most(item[1])
            extra = self._extra_for(most)
            if self._owner.purse.put_aside(most.plus(extra)):
                return
            self._extra = self._extra.plus(extra)
            self._held = None
            self._under_way[self._sent] = item[0], most
            self._sent += 1
            yield item[1]

    def _extra_for(self, most: Cost) -> Cost:
        """Give what is to be put aside for the full price besides; once a call, for its dearest request."""
        return Cost(usd=max(0.0, most.usd * self._owner.premium - self._extra.usd))

    def _arrived(self, *, wait: bool) -> list[Answer] | None:
        """Take what the client has."""
        assert self._answers is not None
        if isinstance(self._answers, Takeable):
            return self._answers.take(wait=wait)
        if not wait:
            return []
        answer = next(self._answers, None)
        return None if answer is None else [answer]

    def _settled(self, answer: Answer) -> Answer:
        """Pay for an answer."""
        position, most = self._under_way.pop(answer.position)
        self._owner.purse.settle(most, self._owner.cost(answer.outcome, most))
        return Answer(position, answer.outcome)

    def _refuse(self) -> list[Answer] | None:
        """Refuse the next request; None at the end."""
        item = self._held or next(self._requests, None)
        if item is None:
            return None
        self._held = None
        most = self._owner.most(item[1])
        told = self._owner.purse.put_aside(most)
        if not told:  # a small one that would still have fitted: the order of the requests decides
            self._owner.purse.settle(most, Cost())
        self._owner.purse.reason = self._owner.purse.reason or told or "the budget is spent"
        return [Answer(item[0], BudgetSpentError(self._owner.purse.reason))]
