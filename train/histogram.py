"""How long rows are, in numbers and as bars for a terminal."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

_SHARES = (50, 95, 99)
_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bins(lengths: npt.NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Count rows in up to 20 bins of equal width, a multiple of 16 tokens: (from, up to but without, rows)."""
    if not len(lengths):
        return []
    width = max(16, -(-(int(lengths.max()) + 1) // 20 // 16) * 16)
    counts = np.bincount(lengths // width)
    return [(number * width, (number + 1) * width, int(count)) for number, count in enumerate(counts)]


def quantiles(lengths: npt.NDArray[np.int64]) -> dict[str, int]:
    """Give the tokens at 50, 95 and 99 %, as lengths that some row has."""
    return {
        f"p{share}": int(np.quantile(lengths, share / 100, method="higher")) if len(lengths) else 0 for share in _SHARES
    }


def bars(histogram: Sequence[tuple[int, int, int]], *, ascii_only: bool = False) -> list[str]:
    """Draw a line for each bin: its range, a bar, and its count at the right; a bin with rows always shows."""
    if not histogram:
        return []
    most = max(count for _, _, count in histogram)
    names = [f"{low:,} to {high - 1:,}" for low, high, _ in histogram]
    counts = [f"{count:,}" for _, _, count in histogram]
    left, right = max(map(len, names)), max(map(len, counts))
    return [
        f"{name:>{left}}  {_bar(count, most, ascii_only=ascii_only):<{_WIDTH}}  {text:>{right}}"
        for name, text, (_, _, count) in zip(names, counts, histogram, strict=True)
    ]


def quantile_lines(tokens: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Write quantiles of several kinds of tokens below each other, right-aligned."""
    left = max(map(len, tokens), default=0)
    widths = [max((len(f"{each[f'p{share}']:,}") for each in tokens.values()), default=0) for share in _SHARES]
    return [
        f"{name:<{left}}"
        + "".join(f"   {share} % {each[f'p{share}']:>{width},}" for share, width in zip(_SHARES, widths, strict=True))
        for name, each in tokens.items()
    ]


def _bar(count: int, most: int, *, ascii_only: bool) -> str:
    if not count:
        return ""
    if ascii_only:
        return "#" * max(1, round(count / most * _WIDTH))
    whole, rest = divmod(max(1, round(count / most * _WIDTH * 8)), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")
