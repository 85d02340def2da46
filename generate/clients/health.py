"""When to stop asking a server: it is not there, or it refuses everything."""

from generate.clients.faults import Fault
from schemas import LLMError

_LIMIT = 10  # failures in a row
_GRACE = 30.0  # seconds that a server which has answered before may be away, for a restart


class Health:
    """Count how a server does during one call.

    Attributes:
        successes: Requests answered so far.
    """

    def __init__(self) -> None:
        self.successes = 0
        self._unreachable = 0
        self._since = 0.0
        self._refused = 0

    def succeeded(self) -> None:
        """Count an answer; the rows of failures are over."""
        self.successes += 1
        self._unreachable = self._refused = 0

    def failed(self, fault: Fault, *, now: float) -> None:
        """Count a failure, and end the run where it is one too many.

        Args:
            fault: The failure.
            now: The time in seconds, on any clock that only goes forward.

        Raises:
            LLMError: Ten in a row could not reach the server (and it has been away for half a minute, if it ever
                answered), or the first ten requests were all refused.
        """
        if fault.unreachable:
            if not self._unreachable:
                self._since = now
            self._unreachable += 1
            patient = self.successes > 0 and now - self._since < _GRACE
            if self._unreachable >= _LIMIT and not patient:
                raise _ended(fault, f"gave up after {self._unreachable} failures in a row")
        elif fault.scope == "request":
            self._refused += 1
            if self._refused >= _LIMIT and not self.successes:
                raise _ended(fault, f"all of the first {self._refused} requests were refused")
        else:
            self._unreachable = 0  # it answered, if only to say that it cannot


def _ended(fault: Fault, why: str) -> LLMError:
    error = fault.error
    where, mend = error.where, error.mend
    return LLMError(f"{why}: {error.what}", retryable=error.retryable, where=where, mend=mend)
