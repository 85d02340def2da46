"""How many requests may be in flight: fewer where a server only lets them queue.

vLLM and its like do not refuse. What is too much for them waits in their queue, and every answer takes longer, until
requests run into the timeout. So where answers have become slow, a fifth of the places is left out for a while: where
that costs no throughput they stay out, and where it does they come back at once.

Requests that do time out halve the places. As answers come again, and are not slow, they are doubled: soon after the
first time, for it may have been a stall, and later each time that it happens again.
"""

import math

_SLOW = 1.0  # seconds: nobody minds a queue that is shorter
_RISEN = 2.0  # times as slow as the first answers
_FIRST = 8  # answers that tell how fast the server is before it has a queue
_LESS, _MORE = 0.8, 1.25
_FEW = 32  # answers say nothing yet
_TIMED_OUT = 1 / 8  # of a round's requests: it is the load, and not one odd request
_MOST_PATIENCE = 64  # rounds; after timeouts, windows full of answers


class Window:
    """The places for requests in flight.

    Attributes:
        places: How many there are now, 1 to what was asked for.

    Args:
        asked: The most places.
    """

    def __init__(self, asked: int) -> None:
        self.places = self._asked = asked
        self._first: list[float] = []
        self._before: tuple[int, float] | None = None  # places and throughput that a trial is compared with
        self._growing = False  # whether the next trial is one with more places
        self._patience, self._rest = 1, 0  # rounds between two trials, and until the next one
        self._calm, self._falling = 0, False  # windows full of answers before places double; whether they go down
        self._recovered: int | None = None  # answers since they went down; None where all have come back
        self._skip = 0  # outcomes still to come of requests that left before the last change
        # Of the present round: when it began, its answers, their seconds, and requests that timed out.
        self._begun, self._count, self._seconds, self._lost = 0.0, 0, 0.0, 0

    def answered(self, seconds: float, *, now: float) -> None:
        """Count an answer.

        Args:
            seconds: How long it took.
            now: The time in seconds, on any clock that only goes forward.
        """
        if len(self._first) < _FIRST:
            self._first.append(seconds)
        if self._left_before(now):
            return
        self._begun = self._begun or now - seconds
        self._count += 1
        self._seconds += seconds
        self._falling = False
        if not self._recover(now):
            self._round(now)

    def timed_out(self, *, now: float) -> None:
        """Count a request that the server did not answer in time."""
        if self._left_before(now):
            return
        self._lost += 1
        if self._lost >= max(2, self.places * _TIMED_OUT):
            self._before = None
            if not self._falling:
                self._calm = min(max(1, 4 * self._calm), _MOST_PATIENCE)
            self._falling, self._recovered = True, 0
            self._become(self.places // 2, now)

    def _recover(self, now: float) -> bool:
        """Double the places once enough has been answered in time and without a queue."""
        if self._recovered is None:
            return False
        self._recovered += 1
        if self._recovered < self.places * self._calm or self._slow():
            return False
        self._before = None
        self._become(2 * self.places, now)
        self._recovered = 0 if self.places < self._asked else None
        return True

    def _slow(self) -> bool:
        """Tell whether the answers of this round took longer than a server without a queue needs."""
        return self._seconds / self._count > max(_SLOW, _RISEN * sum(self._first) / len(self._first))

    def _left_before(self, now: float) -> bool:
        """Tell an outcome that says nothing about the places there are now: its request left under the old ones."""
        if not self._skip:
            return False
        self._skip -= 1
        if not self._skip:
            self._start(now)
        return True

    def _round(self, now: float) -> None:
        """Judge, once two windows full of answers have come."""
        if self._count < max(2 * self.places, _FEW) or now <= self._begun:
            return
        rate, slow = self._count / (now - self._begun), self._slow()
        self._start(now)
        if self._before is not None:
            self._decide(rate, now)
        elif self._rest:
            self._rest -= 1
        elif self.places < self._asked and (self._growing or not slow):
            self._try(math.ceil(self.places * _MORE), rate, now)
        elif slow and self.places > 1:
            self._try(math.floor(self.places * _LESS), rate, now)

    def _try(self, places: int, rate: float, now: float) -> None:
        """Change the places for one round."""
        self._before = self.places, rate
        self._become(places, now)

    def _decide(self, rate: float, now: float) -> None:
        """Keep the places of a trial, or go back: throughput that follows the places says that each is of use."""
        assert self._before is not None
        places, before = self._before
        self._before = None
        if rate >= before * (1 + self.places / places) / 2:
            self._patience, self._rest = 1, 0
            return
        self._growing = self.places < places
        self._patience = self._rest = min(2 * self._patience, _MOST_PATIENCE)
        self._become(places, now)

    def _become(self, places: int, now: float) -> None:
        """Set the places."""
        self._skip = self.places
        self.places = max(1, min(places, self._asked))
        self._start(now)

    def _start(self, now: float) -> None:
        self._begun, self._count, self._seconds, self._lost = now, 0, 0.0, 0
