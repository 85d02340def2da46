"""How much of a text repeats itself."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_WORD = re.compile(rb"[\xe3-\xef][\x80-\xbf]*|[^\x00-\x20\xe3-\xef]+")
_MARKS = re.compile(rb"[^a-z\x80-\xff]*")


def repeats(
    data: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    limits: npt.NDArray[np.int64],
    out: npt.NDArray[np.int32],
) -> None:
    """Measure the loops and the repeated lines of each text."""
    longest_period, longest_run_period, line_words, least_loop, least_run = limits.tolist()
    whole = data.tobytes()
    for row, (start, end) in enumerate(pairwise(starts.tolist())):
        text = whole[start:end]
        lines = [_WORD.findall(line) for line in re.split(rb"[\r\n]", text.lower())]
        words = [word for line in lines for word in line]
        loop, period = longest_stretch(words, min(longest_period, len(words) // 2), least_loop)
        run, _ = longest_stretch(text, longest_run_period, least_run)
        out[row] = [len(words), loop, period, said_again(lines, line_words), run]


def longest_stretch(parts: Sequence[object], periods: int, least: int) -> tuple[int, int]:
    """Find the longest stretch in which each part equals the one a period before, and that period.

    Only every so manyth place is looked at, for a stretch of the least length falls on one of them.
    """
    best, found = 0, 0
    for period in range(1, periods + 1):
        stride = max(period, least - period) if isinstance(parts, list) else least - period
        place = period + stride - 1
        while place < len(parts):
            if parts[place] == parts[place - period]:
                low = high = place
                while low > period and parts[low - 1] == parts[low - 1 - period]:
                    low -= 1
                while high + 1 < len(parts) and parts[high + 1] == parts[high + 1 - period]:
                    high += 1
                same = high - low + 1
                if same >= stride and same + period > best:
                    best, found = same + period, period
                place = high
            place += stride
    return best, found


def said_again(lines: list[list[bytes]], least: int) -> int:
    """Count the words in lines that stood there before, whatever numbers them."""
    seen: set[tuple[bytes, ...]] = set()
    again = 0
    for words in lines:
        if len(words) < least:
            continue
        rest = _MARKS.sub(b"", words[0], count=1)
        # A line whose first word begins with marks is not the line that begins with the rest of it.
        key = (b" " * (rest != words[0]), rest, *words[1:]) if rest else (b"", *words[1:])
        again += len(words) * (key in seen)
        seen.add(key)
    return again
