"""What a judge will be asked and what that costs, told before the first request leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from schemas.chat import ChatRequest
from schemas.counted import counted

if TYPE_CHECKING:
    from generate import Budget
    from generate.spending.prices import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a judge may spend.

    Attributes:
        budget: The most; None for no limit.
        prices: The user's table of prices, which goes before ours.
    """

    budget: "Budget | None" = None
    prices: Path | None = None


UNLIMITED = Spending()


class JudgeCost(NamedTuple):
    """What some requests will cost.

    Attributes:
        requests: Requests to send; those that the journal answers are not among them.
        read: Tokens of their prompts, estimated.
        written: Tokens of the replies, estimated.
        most: Tokens of the replies at most.
        dollars: What that costs; None where nobody knows.
        most_dollars: The same at most.
    """

    requests: int
    read: int
    written: int
    most: int
    dollars: float | None
    most_dollars: float | None

    def text(self, judge: str) -> str:
        """Tell it in a line."""
        if self.dollars is None or self.most_dollars is None:
            cost = "no price is known for this model (a table of prices can name one)"
        else:
            cost = f"${self.dollars:,.2f}, at most ${self.most_dollars:,.2f}" if self.most_dollars else "no dollars"
        asked = f"{counted(self.requests, 'request')} to {judge}"
        return f"{asked}: about {self.read:,} tokens to read and {self.written:,} to write (bytes / 4); {cost}"


def judge_cost(requests: Sequence[ChatRequest], price: "Price | None") -> JudgeCost:
    """Estimate what requests cost: prompts by their bytes, replies by what `gristmill plan` takes for granted.

    Args:
        requests: The requests to send.
        price: What the judge costs; None where nobody knows.
    """
    from generate import Assumptions

    assumed = Assumptions()
    read = sum(assumed.count(content) for request in requests for _, content in request.messages)
    most = sum(request.max_tokens for request in requests)
    written = round(assumed.written * most)
    return JudgeCost(
        requests=len(requests),
        read=read,
        written=written,
        most=most,
        dollars=None if price is None else price.of(read, written),
        most_dollars=None if price is None else price.of(read, most),
    )
