"""What a run may spend, and what it has spent.

Before a request leaves, the most that it can cost is put aside; when its answer is there, what it really cost takes the
place of that. So no limit is overrun, whatever is under way at once. The most that a prompt can cost is one token a
byte, as in byte-level tokenizers, and some more for what a chat template puts around it.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from generate.prices import Price
from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, LLMError

_AROUND_ALL, _AROUND_EACH = 128, 16  # tokens that a chat template may add to a request, and to each of its messages


class BudgetSpentError(LLMError):
    """A request was not sent because the budget does not allow it."""

    def __init__(self, what: str) -> None:
        super().__init__(what, retryable=True, mend="Raise it and run it again: what is answered is kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that a run may spend; None for no limit. Answers from the journal cost nothing.

    Attributes:
        usd: Dollars.
        requests: Requests.
        tokens: Tokens, of prompts and answers together.
    """

    usd: float | None = None
    requests: int | None = None
    tokens: int | None = None

    def __post_init__(self) -> None:
        for name in ("usd", "requests", "tokens"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise InputError(f"a budget of {value} {name}", mend="Give it a number above 0")


UNLIMITED = Budget()


class Cost(NamedTuple):
    """What requests cost, or may cost."""

    requests: float = 0
    tokens: float = 0
    usd: float = 0

    def plus(self, other: "Cost", sign: int = 1) -> "Cost":
        """Add another, or take it off."""
        return Cost(*(ours + sign * theirs for ours, theirs in zip(self, other, strict=True)))


class Purse:
    """Keeps what a run may still spend; several clients may spend out of it at once.

    Attributes:
        spent: What is spent.
        reason: Which limit was met; empty as long as none was.
    """

    def __init__(self, budget: Budget) -> None:
        self.spent = Cost()
        self.reason = ""
        self._limits = {
            name: (limit, f"the budget of {told} is spent")
            for name, limit, told in (
                ("requests", budget.requests, f"{budget.requests} requests"),
                ("tokens", budget.tokens, f"{budget.tokens} tokens"),
                ("usd", budget.usd, f"${budget.usd}"),
            )
            if limit is not None
        }
        self._aside = Cost()
        self._lock = threading.Lock()

    def put_aside(self, cost: Cost) -> str:
        """Put aside what a request may cost; give the limit that does not allow it, empty where all do."""
        with self._lock:
            after = self.spent.plus(self._aside).plus(cost)
            for name, (limit, told) in self._limits.items():
                if getattr(after, name) > limit:
                    return told
            self._aside = self._aside.plus(cost)
            return ""

    def settle(self, aside: Cost, cost: Cost) -> None:
        """Put what a request really cost in the place of what was put aside for it."""
        with self._lock:
            self._aside = self._aside.plus(aside, -1)
            self.spent = self.spent.plus(cost)

    def limits(self, name: str) -> bool:
        """Tell whether there is a limit of `requests`, `tokens` or `usd`."""
        return name in self._limits


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
        self._client = client
        self._purse = purse
        self._price = price

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, as `schemas.Client` says; those beyond the budget with a `BudgetSpentError`."""
        waiting = enumerate(requests)
        held: tuple[int, ChatRequest] | None = None
        sent: list[tuple[int, Cost]] = []

        def affordable() -> Iterator[ChatRequest]:
            nonlocal held
            while (item := held or next(waiting, None)) is not None:
                position, request = item
                most = self._most(request)
                if self._purse.put_aside(most):
                    held = item
                    return
                held = None
                sent.append((position, most))
                yield request

        while True:
            before, settled = len(sent), 0
            answers = self._client.complete(affordable())
            try:
                for number, outcome in answers:
                    position, most = sent[before + number]
                    self._purse.settle(most, self._cost(outcome, most))
                    settled += 1
                    yield Answer(position, outcome)
            finally:
                close: Callable[[], None] | None = getattr(answers, "close", None)
                if close is not None:
                    close()
            if held is None:
                return
            if len(sent) == before:  # nothing was under way that could still give something back
                yield from self._beyond(held, waiting)
                return

    def _beyond(self, held: tuple[int, ChatRequest], rest: Iterator[tuple[int, ChatRequest]]) -> Iterator[Answer]:
        """Refuse a request and all that follow."""
        item: tuple[int, ChatRequest] | None = held
        while item is not None:
            position, request = item
            told = self._purse.put_aside(self._most(request))
            self._purse.reason = self._purse.reason or told or "the budget is spent"
            if not told:
                self._purse.settle(self._most(request), Cost())
            yield Answer(position, BudgetSpentError(self._purse.reason))
            item = next(rest, None)

    def _most(self, request: ChatRequest) -> Cost:
        """Give the most that a request can cost."""
        size = sum(len(content.encode("utf-8", "surrogatepass")) for _, content in request.messages)
        prompt = size + len(request.schema) + _AROUND_ALL + _AROUND_EACH * len(request.messages)
        usd = 0.0 if self._price is None else self._price.of(prompt, request.max_tokens)
        return Cost(1, prompt + request.max_tokens, usd)

    def _cost(self, outcome: ChatResponse | LLMError, most: Cost) -> Cost:
        """Give what a request cost; where the server does not say, and may have worked, the most that it can."""
        if isinstance(outcome, LLMError):
            return most if outcome.retryable else Cost(1)
        tokens = outcome.prompt_tokens + outcome.completion_tokens
        if not tokens:
            return most
        return Cost(1, tokens, 0.0 if self._price is None else self._price.of_response(outcome))
