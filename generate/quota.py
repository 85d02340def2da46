"""How many examples each strategy of a run is to make, and what it is asked about next.

A round asks about as many units as it should take, by what the units before gave. What is more
than wanted in the end is put aside as `surplus`; the first ones stay, in the order in which they were asked about,
never in that of the answers.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from generate.rejection import Rejection
from generate.strategies.strategy import Draft, Strategy, Unit

SURPLUS = "surplus"
_LEAST_RATE = 0.02  # examples a unit; a strategy that gives fewer is not asked about everything at once


@dataclass(slots=True)
class Quota:
    """One strategy's part of a run.

    Attributes:
        strategy: The strategy.
        wanted: Examples that it is to make; None for as many as there can be.
        units: What it can be asked about.
        samples: Most times that it is asked about one unit.
        accepted: Examples made so far.
        rejected: Drafts that became none, by reason.
        asked: Units worked out so far, each sample counted.
        failed: Those of them that gave nothing, because a request failed.
    """

    strategy: Strategy
    wanted: int | None
    units: Sequence[Unit]
    samples: int
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    failed: int = 0
    _next: int = 0

    @property
    def tasks(self) -> int:
        """Units that can be asked about, each sample counted."""
        return len(self.units) * self.samples

    @property
    def missing(self) -> bool:
        """Whether more examples are wanted."""
        return self.wanted is None or self.accepted < self.wanted

    def due(self, full: Callable[[Unit], bool]) -> list[Unit]:
        """Give the units of the next round; they count as given out.

        Args:
            full: Tells which units rest on a document that has given its most; they are passed over.
        """
        if not self.missing:
            return []
        count = self.tasks
        if self.wanted is not None:
            # One more good one than there were: what gave nothing in four tries is not asked about two hundred times.
            rate = (self.accepted + 1) / (self.asked + 1) if self.asked else self.strategy.yields
            count = math.ceil((self.wanted - self.accepted) / max(rate, _LEAST_RATE))
        found: list[Unit] = []
        while len(found) < count and self._next < self.tasks:
            sample, place = divmod(self._next, len(self.units))
            if found and not place:
                break  # before a section is asked about again, it is seen what the others gave
            self._next += 1
            if not full(self.units[place]):
                found.append(replace(self.units[place], sample=sample))
        return found

    def judge(self, draft: Draft, repeated: Rejection | None) -> Draft:
        """Count a draft, and reject it where it is a repetition or one too many."""
        fault = draft.fault or repeated
        if fault is None and not self.missing:
            fault = Rejection(SURPLUS, "more than were asked for")
        if fault is None:
            self.accepted += 1
            return draft
        self.rejected[fault.reason] += 1
        return draft.rejected(fault)

    def shortfall(self) -> str:
        """Say why there are fewer examples than wanted, empty where there are enough."""
        if self.wanted is None or self.accepted >= self.wanted:
            return ""
        reasons = Counter({**self.rejected, "request_failed": self.failed})
        told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common() if count)
        times = "" if self.samples == 1 else f" {self.samples} times each"
        done = f"all {len(self.units)} units were asked about{times}"
        if self.asked < self.tasks:
            done = f"{self.asked} of {self.tasks} units were asked about"
        return f"{self.strategy.name} made {self.accepted} of {self.wanted} examples: {done}" + (
            f" ({told})" if told else ""
        )


def shares(strategies: Sequence[Strategy], wanted: int | None) -> list[int | None]:
    """Divide a number of examples among strategies by their weights; the largest remainders get what is left over."""
    if wanted is None:
        return [None] * len(strategies)
    total = sum(strategy.share for strategy in strategies)
    exact = [wanted * strategy.share / total for strategy in strategies]
    parts = [math.floor(share) for share in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: wanted - sum(parts)]:
        parts[place] += 1
    return list(parts)
