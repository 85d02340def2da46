"""How many rows each group gives, so that the numbers add up exactly."""

import numpy as np
import numpy.typing as npt


def quotas(sizes: npt.NDArray[np.int64], total: int, *, equal: bool = False) -> npt.NDArray[np.int64]:
    """Share a total among groups, by the method of the largest remainder.

    Proportional shares follow the sizes of the groups. Equal shares are the same for all; what a small group cannot
    give, the others give in its place. Ties go to the group that stands first.

    Args:
        sizes: (groups) most that each can give.
        total: What to share; no more than all of them together is given.
        equal: Whether shares are equal.
    """
    given = np.zeros(len(sizes), dtype=np.int64)
    total = min(int(total), int(sizes.sum()))
    if not equal:
        return _largest_remainder(sizes, total) if total else given
    open_ = sizes > 0
    while left := total - int(given.sum()):
        room = sizes - given
        open_ &= room > 0
        step = min(int(room[open_].min()), left // int(open_.sum()))
        if step:
            given[open_] += step
        else:
            given[np.flatnonzero(open_)[:left]] += 1
    return given


def _largest_remainder(sizes: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int64]:
    whole = int(sizes.sum())
    # Python's integers, for the product of two large counts does not fit into 64 bits.
    products = [int(size) * total for size in sizes]
    given = np.array([product // whole for product in products], dtype=np.int64)
    remainders = [product % whole for product in products]
    order = sorted(range(len(sizes)), key=lambda group: (-remainders[group], group))
    given[order[: total - int(given.sum())]] += 1
    return given
