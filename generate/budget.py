"""What a run may spend, and what it has spent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas import Answer, ChatRequest, Client, InputError, LLMError


class BudgetSpentError(LLMError):
    """A request was not sent because the budget does not allow it."""

    def __init__(self, what: str) -> None:
        super().__init__(what, retryable=True, mend="Raise the budget and run it again: what is answered is kept")


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
            if value is not None and value <= 0:
                raise InputError(f"a budget of {value} {name}", mend="Give it a number above 0")


UNLIMITED = Budget()


class Purse:
    """Keeps what a run may still spend.

    Attributes:
        dollars: Dollars spent so far; None where no price is known.
        reason: Which limit was met; empty as long as none was.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.dollars: float | None = None
        self.reason = ""

    def metered(self, client: Client) -> Client:
        """Put the purse in front of a client."""
        return Metered(client, self)


class Metered:
    """A client that is asked only for what the purse holds."""

    def __init__(self, client: Client, purse: Purse) -> None:
        self.route = client.route
        self.model = client.model
        self._client = client
        self._purse = purse

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, as `schemas.Client` says."""
        return self._client.complete(requests)
