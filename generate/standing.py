"""What the user sees while models are asked: how much is answered, how much of it is good, what it cost."""

import time
from collections import Counter
from collections.abc import Sequence

from generate.askers import Askers
from generate.strategies.strategy import Draft
from schemas.progress import Bar

_PAUSE = 0.1  # seconds between two lines


class Standing:
    """Keeps the line beside a bar up to date.

    Answers show at once, and not only when a unit is through: with a judge, no unit is before all are written.

    Args:
        bar: The bar.
        askers: Tell what the run has spent.
    """

    def __init__(self, bar: Bar, askers: Askers) -> None:
        self._bar = bar
        self._askers = askers
        self._answers = self._good = 0
        self._reasons = Counter[str]()
        self._next = 0.0

    def answered(self) -> None:
        """Count an answer."""
        self._answers += 1
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _PAUSE
            self.tell()

    def through(self, drafts: Sequence[Draft]) -> None:
        """Count a unit and its drafts."""
        self._good += sum(draft.fault is None for draft in drafts)
        self._reasons.update(draft.fault.reason for draft in drafts if draft.fault is not None)
        self._bar.advance()

    def tell(self) -> None:
        """Show where the run stands."""
        told = ", ".join(f"{count} {reason}" for reason, count in self._reasons.most_common(3))
        rejected = f"{self._reasons.total()} rejected{f' ({told})' if told else ''}"
        self._bar.note(f"{self._answers} answers, {self._good} good, {rejected}, {self._askers.spent.text()}")
