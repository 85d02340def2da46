"""Histograms as inline SVG: before and after, one behind the other."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

WIDTH, HEIGHT, FOOT, HEAD = 320, 150, 22, 8
_BARS = 24
_STEPS = (1, 2, 5)


def histogram(before: npt.NDArray[np.int32], after: npt.NDArray[np.int32], label: str) -> Markup:
    """Draw how a size is spread among all rows, and among those that stayed.

    Sizes up to the 99th percentile share the bars evenly; the last bar holds all that are larger.

    Args:
        before: Sizes of all rows.
        after: Sizes of those that stayed.
        label: What is measured, for those who cannot see the picture.
    """
    edges = bin_edges(before)
    counts = [np.histogram(np.minimum(sizes, edges[-1] - 1), bins=edges)[0] for sizes in (before, after)]
    top = max(1, int(counts[0].max(initial=0)))
    wide = (WIDTH - 2) / (len(edges) - 1)
    bars = [
        _bar(place * wide + 1, wide - 1.5, count / top, name)
        for name, values in zip(("before", "after"), counts, strict=True)
        for place, count in enumerate(values.tolist())
        if count
    ]
    overflow = bool(len(before)) and int(before.max()) >= edges[-1]
    middle = (len(edges) - 1) // 2
    ticks = [
        _text(1, f"{edges[0]:,}", "start"),
        _text(middle * wide, f"{edges[middle]:,}", "middle"),
        _text(WIDTH - 1, f"{edges[-2]:,}+" if overflow else f"{edges[-1] - 1:,}", "end"),
    ]
    line = f'<line x1="0" y1="{HEIGHT - FOOT}" x2="{WIDTH}" y2="{HEIGHT - FOOT}" class="axis"/>'
    title = Markup("<title>{}</title>").format(label)
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{title}{"".join(bars)}{line}{"".join(ticks)}</svg>'
    return Markup(svg)  # noqa: S704 - made of numbers here; the label was escaped above


def bin_edges(sizes: npt.NDArray[np.int32]) -> list[int]:
    """Choose round bin edges from 0 to the 99th percentile and one more."""
    top = int(np.percentile(sizes, 99)) + 1 if len(sizes) else 1
    step = next(size for size in _round_numbers() if size * _BARS >= top)
    return list(range(0, (top + step - 1) // step * step + step + 1, step))


def quartiles(sizes: npt.NDArray[np.int32]) -> Sequence[int]:
    """Give the median, the 95th percentile and the maximum; zeros for no rows."""
    if not len(sizes):
        return (0, 0, 0)
    return tuple(int(np.percentile(sizes, share, method="lower")) for share in (50, 95, 100))


def _round_numbers() -> "npt.NDArray[np.int64]":
    return np.array([step * 10**power for power in range(10) for step in _STEPS], dtype=np.int64)


def _bar(left: float, wide: float, share: float, name: str) -> str:
    tall = max(1.0, share * (HEIGHT - FOOT - HEAD))
    top = HEIGHT - FOOT - tall
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(wide, 0.5):.1f}" height="{tall:.1f}" class="{name}"/>'


def _text(left: float, text: str, anchor: str) -> str:
    return f'<text x="{left:.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{text}</text>'
