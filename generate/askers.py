"""The models of a run: who writes and who judges, each behind the journal and the budget."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from generate.budget import UNLIMITED, Budget, Purse
from generate.journal import Journal, Journalled, journalled
from generate.report import Spent
from schemas import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a run may use besides the model that writes.

    Attributes:
        judge: Who looks at each draft once more, with the passage that it rests on; None for nobody.
        budget: What may be spent.
        journal: File of the answers paid for; None for `journal.sqlite` beside the examples.
    """

    judge: Client | None = None
    budget: Budget = UNLIMITED
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
        self.journal = None if client is None else Journal(resources.journal or path)
        self.writer = self._open(client)
        self.judge = self._open(resources.judge)
        self._seconds = 0.0

    def _open(self, client: Client | None) -> Journalled | None:
        if client is None or self.journal is None:
            return None
        return journalled(self.purse.metered(client), self.journal)

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
            sent=sum(asker.sent for asker in both),
            replayed=sum(asker.replayed for asker in both),
            damaged=self.journal.damaged if self.journal else 0,
            prompt_tokens=sum(asker.prompt_tokens for asker in both),
            completion_tokens=sum(asker.completion_tokens for asker in both),
            cached_tokens=sum(asker.cached_tokens for asker in both),
            seconds=round(self._seconds, 3),
            dollars=self.purse.dollars,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.journal is not None:
            self.journal.close()
