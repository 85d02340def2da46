"""Cut a span of time into the pieces that the API answers.

The API gives at most 31 days of readings in one answer. The rest of the library never asks for more, because it asks
through :func:`pieces`::

    for start, end in pieces(first, last):
        ask(start, end)

Times without a time zone are refused here, before anything is asked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

LONGEST = timedelta(days=31)


class NaiveTimeError(ValueError):
    """A time has no time zone.

    A farm in Norway and its owner in Ireland do not mean the same hour by "six in the morning". So the library does not
    guess: it raises this error and names the argument.
    """


def pieces(start: datetime, end: datetime, *, longest: timedelta = LONGEST) -> Iterator[tuple[datetime, datetime]]:
    """Yield the pieces of a span, in order and without gaps.

    Args:
        start: The first moment, included.
        end: The last moment, not included. A span that ends before it starts has no pieces.
        longest (timedelta): Longest piece. The last one may be shorter.

    Raises:
        NaiveTimeError: One of the two has no time zone.
        ValueError: ``longest`` is zero or less.

    Example:
        >>> first = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> len(list(pieces(first, first + timedelta(days=90))))
        3
    """
    for name, moment in (("start", start), ("end", end)):
        if moment.tzinfo is None:
            raise NaiveTimeError(f"{name} has no time zone")
    if longest <= timedelta(0):
        raise ValueError("longest must be more than nothing")
    while start < end:
        stop = _earlier(start + longest, end)
        yield start, stop
        start = stop


def readings_expected(start: datetime, end: datetime, interval: timedelta) -> int:
    """Tell how many readings a probe makes in a span.

    :param start: the first moment
    :param end: the last moment
    :param timedelta interval: the probe's interval; 15 minutes unless somebody changed it
    :returns: the number, rounded down; a year at 15 minutes is 35,040
    :raises ZeroDivisionError: if the interval is nothing
    """
    return (end - start) // interval


def _earlier(one: datetime, other: datetime) -> datetime:
    """Give the earlier of two moments."""
    return min(one, other)
