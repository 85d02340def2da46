"""The models of a run: who writes and who judges, each behind the journal and the budget."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from generate.journal import Journal, journalled
from generate.report import Spent
from generate.spending.budget import UNLIMITED, Budget, Purse
from generate.spending.metered import Metered
from generate.spending.prices import price_of
from schemas import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a run may use besides the model that writes.

    Attributes:
        judge: Who looks at each draft once more, with the passage that it rests on; None for nobody.
        budget: What may be spent.
        prices: The user's table of prices, which goes before ours.
        journal: File of the answers paid for; None for `journal.sqlite` beside the examples.
    """

    judge: Client | None = None
    budget: Budget = UNLIMITED
    prices: Path | None = None
    journal: Path | None = None


ALONE = Resources()


class Askers:
    """Open the journal and put it in front of both models; nothing is opened where nobody writes.

    Args:
        client: Who writes; None for nobody.
        resources: The judge, the budget, the journal.
        path: The journal's file where `resources` names none.
    """

    def __init__(self, client: Client | None, resources: Resources, path: Path) -> None:
        self.purse = Purse(resources.budget)
        self._prices = resources.prices
        self._priced = True
        metered = [None if one is None or client is None else self._metered(one) for one in (client, resources.judge)]
        self.journal = None if client is None else Journal(resources.journal or path)
        self.writer, self.judge = (
            None if one is None or self.journal is None else journalled(one, self.journal) for one in metered
        )
        self._seconds = 0.0

    def _metered(self, client: Client) -> Metered:
        price = price_of(client, self._prices)
        self._priced &= price is not None
        return Metered(client, self.purse, price)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Count the time inside as time spent on asking."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._seconds += time.monotonic() - begun

    @property
    def spent(self) -> Spent:
        """What was asked so far."""
        both = [asker for asker in (self.writer, self.judge) if asker is not None]
        return Spent(
            sent=int(self.purse.spent.requests),
            replayed=sum(asker.replayed for asker in both),
            damaged=self.journal.damaged if self.journal else 0,
            prompt_tokens=sum(asker.prompt_tokens for asker in both),
            completion_tokens=sum(asker.completion_tokens for asker in both),
            cached_tokens=sum(asker.cached_tokens for asker in both),
            seconds=round(self._seconds, 3),
            dollars=round(self.purse.spent.usd, 6) if self._priced else None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.journal is not None:
            self.journal.close()
