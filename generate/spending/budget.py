"""What a run may spend, and what it has spent.

Before a request leaves, the most that it can cost is put aside; when its answer is there, what it really cost takes the
place of that. So no limit is overrun, whatever is under way at once.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from schemas import InputError, LLMError


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
        self._moved = threading.Condition()

    def put_aside(self, cost: Cost) -> str:
        """Put aside what a request may cost; give the limit that does not allow it, empty where all do."""
        with self._moved:
            told = self._met_by(cost)
            if not told:
                self._aside = self._aside.plus(cost)
            return told

    def await_room(self, cost: Cost, given_up: Callable[[], bool]) -> bool:
        """Wait until a cost is allowed, as long as requests are under way that may give something back.

        Args:
            cost: The cost.
            given_up: Tells to wait no longer; asked whenever something settles, and by `stir`.

        Returns:
            Whether it is allowed, or may still be.
        """
        with self._moved:
            self._moved.wait_for(lambda: given_up() or not (self._aside.requests and self._met_by(cost)))
            return bool(self._aside.requests) or not self._met_by(cost)

    def stir(self) -> None:
        """Let whoever waits for room look whether it has given up."""
        with self._moved:
            self._moved.notify_all()

    def settle(self, aside: Cost, cost: Cost) -> None:
        """Put what a request really cost in the place of what was put aside for it."""
        with self._moved:
            self._aside = self._aside.plus(aside, -1)
            self.spent = self.spent.plus(cost)
            self._moved.notify_all()

    def _met_by(self, cost: Cost) -> str:
        """Give the limit that does not allow a cost; empty where all do."""
        after = self.spent.plus(self._aside).plus(cost)
        return next((told for name, (limit, told) in self._limits.items() if getattr(after, name) > limit), "")

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return bool(self._limits)

    def limits(self, name: str) -> bool:
        """Tell whether there is a limit of `requests`, `tokens` or `usd`."""
        return name in self._limits
