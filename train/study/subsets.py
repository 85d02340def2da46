"""Nested subsets: whoever is in the smaller one is in the larger one too."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schemas import InputError
from schemas.counted import counted


def subset(ids: Sequence[str], groups: npt.NDArray[np.int64], size: float, *, seed: int) -> npt.NDArray[np.int64]:
    """Choose a share of the rows.

    The groups of rows that hang together are put in an order that a hash of the seed and of their smallest id gives,
    and the first of them are taken, as many as come nearest to the share. So subsets of one seed are nested whatever
    the sizes, and a row that is left out has no near copy in the subset that would stand in for it.

    Args:
        ids: Id of each row.
        groups: (rows,) number of each row's group.
        size: Share in percent.
        seed: Another seed draws other groups.

    Returns:
        Indices of the rows, ascending.

    Raises:
        InputError: So small a share is no row.
    """
    rows = len(ids)
    wanted = rows * size / 100
    if round(wanted) < 1:
        raise InputError(
            f"{size:g} % of {counted(rows, 'row')} to train is no row",
            where="sizes",
            mend=f"Choose {np.ceil(100 / max(rows, 1)):g} or more, or add rows",
        )
    if size == 100:
        return np.arange(rows)
    smallest: dict[int, str] = {}
    for group, name in zip(groups.tolist(), ids, strict=True):
        smallest[group] = min(smallest.get(group, name), name)
    order = sorted(smallest, key=lambda group: (_draw(seed, smallest[group]), smallest[group], group))
    counts = np.bincount(groups)[order].cumsum()
    taken = int(np.abs(counts - wanted).argmin()) + 1
    return np.flatnonzero(np.isin(groups, order[:taken]))


def _draw(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
