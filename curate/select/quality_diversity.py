"""Quality times diversity: the best rows first, unless one like it was taken already (Deita, arXiv:2312.15685)."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_BLOCK = 512


def quality_diversity(
    vectors: npt.NDArray[np.float32], quality: npt.NDArray[np.float64], *, tau: float
) -> Iterator[tuple[int, bool]]:
    """Give all positions in the order of choice, and whether each is unlike all that were chosen before it.

    Those that are unlike come first, the best first; then, for whoever needs more rows than there are of these, the
    others, the best first. Cost grows with the rows times the rows chosen.

    Args:
        vectors: (rows, dim) unit rows.
        quality: (rows); NaN, where it is not known, is the lowest.
        tau: Cosine with a chosen row from which on a row is too much like it.
    """
    order = np.lexsort((np.arange(len(quality)), -np.nan_to_num(quality, nan=-np.inf, neginf=-np.inf)))
    chosen = np.zeros((0, vectors.shape[1]), dtype=np.float32)
    passed: list[int] = []
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        some = vectors[block]
        near = (some @ chosen.T).max(axis=1) if len(chosen) else np.full(len(block), -1.0, dtype=np.float32)
        products = some @ some.T
        taken: list[int] = []
        for place, position in enumerate(block.tolist()):
            if near[place] >= tau:
                passed.append(position)
                continue
            taken.append(place)
            near = np.maximum(near, products[place])
            yield position, True
        chosen = np.concatenate([chosen, some[taken]])
    for position in passed:
        yield position, False
