"""How fast requests may leave, once a server has said that they come too fast.

A server with a limit answers just so many a second, however many are sent. So the pace is the rate at which requests
are accepted and a quarter more: at the limit one in five is refused, which tells us when the limit has risen, and a
server that refuses now and then for reasons of its own slows nobody down.
"""

_MORE = 1.25
_ACCEPTED = 1 / _MORE  # of all: below it the server is at its limit
_LEAST = 1.0  # requests a second: never none
_DOWN, _UP = 0.5, 1.5  # the most that one round changes: a stall of our own must not look like a limit for long
_ROUND = 1.0  # seconds
_OUTCOMES, _REFUSALS = 8, 6  # in a round, before it says anything
_CATCH_UP = 0.1  # seconds' worth that may leave at once after a lull


class Pace:
    """The rate at which requests leave.

    Attributes:
        rate: Requests a second, or None for no limit.
    """

    def __init__(self) -> None:
        self.rate: float | None = None
        self._next = 0.0
        # Of the present round: when it began, its outcomes, and whether the pace has made a request wait.
        self._begun: float | None = None
        self._accepted = self._refused = 0
        self._held = False

    def wait(self, now: float) -> float:
        """Seconds until the next request may leave.

        Args:
            now: The time in seconds, on any clock that only goes forward.
        """
        if self.rate is None:
            return 0.0
        wait = max(0.0, self._next - now)
        self._held = self._held or wait > 0
        return wait

    def sent(self, now: float) -> None:
        """Count a request that leaves."""
        if self.rate is not None:
            self._next = max(self._next, now - _CATCH_UP) + 1 / self.rate

    def accepted(self, now: float) -> None:
        """Count an answer."""
        self._accepted += 1
        self._round(now)

    def refused(self, now: float) -> None:
        """Count a refusal for being too many."""
        self._refused += 1
        self._round(now)

    def _round(self, now: float) -> None:
        if self._begun is None:
            self._begun = now
        seconds, outcomes = now - self._begun, self._accepted + self._refused
        if seconds < _ROUND or (outcomes < _OUTCOMES and seconds < 2 * _ROUND):
            return
        share = self._accepted / outcomes
        if self.rate is None:
            if share < _ACCEPTED and self._refused >= _REFUSALS:
                self.rate = max(_LEAST, outcomes / seconds * max(_DOWN / 2, _MORE * share))
                self._next = now
        elif self._held or share < _ACCEPTED:
            self.rate = max(_LEAST, self.rate * (_UP if share == 1.0 else max(_DOWN, _MORE * share)))
        elif share == 1.0:
            self.rate = None  # there is less to send than the server takes
        self._start(now)

    def _start(self, now: float) -> None:
        self._begun, self._accepted, self._refused, self._held = now, 0, 0, False
