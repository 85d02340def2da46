"""Which texts may be alike: MinHash signatures in bands, and the pairs that share one.

Shingles are runs of characters of the normal form, five long, and three long in short texts; where the change
happens differs from band to band, so that two texts on either side of any length still share most of their bands. A
text of fewer than `SHORTEST` characters has no signature: only its exact copies are found.

With 32 bands of 4 permutations two texts with Jaccard similarity 0.7 meet with 0.9999, with 0.5 with 0.87, and with 0.1
with 0.003.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.normalise import buffers

BANDS = 32
PERMUTATIONS = 4
SHORTEST = 12
WINDOW = 16
CROWD = 64
CROWD_WINDOW = 4
_HELD_PAIRS = 1 << 22
_SHORT_SIZE, _SIZE = 3, 5
_CHANGE_FROM, _CHANGE_TO = 32, 64
_SEED = 20_261_120


def signatures(forms: pa.StringArray) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    """Sign normal forms.

    Returns:
        (rows, BANDS) uint32 band hashes, 0 in all where the text is too short, and (rows) int32 characters.
    """
    from curate.kernels.minhash import band_hashes

    data, starts = buffers(forms)
    factors, offsets, sizes = _permutations()
    bands = np.empty((len(forms), BANDS), dtype=np.uint32)
    lengths = np.empty(len(forms), dtype=np.int32)
    band_hashes(data, starts, factors, offsets, sizes, bands, lengths)
    return bands, lengths


def sharing(bands: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Tell which rows share a band with another row."""
    found = np.zeros(len(bands), dtype=bool)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        ordered = band[order]
        equal = (ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)
        found[order[1:][equal]] = True
        found[order[:-1][equal]] = True
    return found


def candidate_pairs(bands: npt.NDArray[np.uint32], tie: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Find the pairs of rows that share a band.

    Where many rows share one, each is paired only with those that follow it when they are sorted by the next bands,
    which brings the most similar ones together: `WINDOW` of them, or `CROWD_WINDOW` where more than `CROWD` share the
    band. So the work stays linear when a template has a million rows.

    Args:
        bands: (rows, BANDS) band hashes.
        tie: (rows) a number for each text that depends on the text alone, all different.

    Returns:
        (pairs, 2) int64, the lower row first, each pair once, sorted.
    """
    pairs = _Pairs(len(bands))
    for place in range(BANDS):
        keys: list[npt.NDArray[np.uint32]] = [bands[:, (place + ahead) % BANDS] for ahead in (2, 1, 0)]
        some = np.flatnonzero(_repeated(keys[2]))
        order = some[np.lexsort(np.stack([tie[some], *[key[some].astype(np.int64) for key in keys]]))]
        ordered = keys[2][order]
        _, group, sizes = np.unique(ordered, return_inverse=True, return_counts=True)
        windows = np.where(sizes > CROWD, CROWD_WINDOW, WINDOW)[group]
        for shift in range(1, min(WINDOW, len(order) - 1) + 1):
            equal = (ordered[shift:] == ordered[:-shift]) & (windows[shift:] >= shift)
            if not equal.any():
                break
            pairs.add(order[shift:][equal], order[:-shift][equal])
    return pairs.all()


def leader_pairs(bands: npt.NDArray[np.uint32], rank: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pair each row with the best of those that share a band with it, in each band: most copies are found by these.

    Args:
        bands: (rows, BANDS) band hashes.
        rank: (rows) place from best to worst, all different.

    Returns:
        (pairs, 2) int64, the lower row first, each pair once, sorted.
    """
    pairs = _Pairs(len(bands))
    for band in bands.T:
        some = np.flatnonzero(_repeated(band))
        order = some[np.lexsort((rank[some], band[some]))]
        _, first, group = np.unique(band[order], return_index=True, return_inverse=True)
        leaders = order[first[group]]
        pairs.add(leaders[leaders != order], order[leaders != order])
    return pairs.all()


class _Pairs:
    """Collects pairs of rows, each once, in bounded memory."""

    def __init__(self, rows: int) -> None:
        self.rows = max(rows, 1)
        self._parts: list[npt.NDArray[np.int64]] = []
        self._held = 0

    def add(self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> None:
        self._parts.append(np.minimum(left, right) * self.rows + np.maximum(left, right))
        self._held += len(left)
        if self._held > _HELD_PAIRS:
            self._parts = [np.unique(np.concatenate(self._parts))]
            self._held = 0

    def all(self) -> npt.NDArray[np.int64]:
        codes = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *self._parts]))
        return np.stack([codes // self.rows, codes % self.rows], axis=1)


def _repeated(band: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Tell which values stand more than once; 0 is no value."""
    order = np.argsort(band, kind="stable")
    ordered = band[order]
    equal = (ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)
    found = np.zeros(len(band), dtype=bool)
    found[order[1:]] |= equal
    found[order[:-1]] |= equal
    return found


@lru_cache(maxsize=1)
def _permutations() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    """Make the constants of the signature: the same on every machine, so that signatures may be kept and compared."""
    rng = np.random.default_rng(_SEED)
    shape = (BANDS, PERMUTATIONS)
    factors = rng.integers(0, 2**32, size=shape, dtype=np.uint32) | np.uint32(1)
    offsets = rng.integers(0, 2**32, size=shape, dtype=np.uint32)
    change = np.linspace(_CHANGE_FROM, _CHANGE_TO, BANDS).astype(np.int32)
    lengths = np.arange(_CHANGE_TO + 1, dtype=np.int32)
    sizes = np.where(lengths[None, :] < change[:, None], _SHORT_SIZE, _SIZE).astype(np.int32)
    sizes[:, :SHORTEST] = 0
    return factors, offsets, sizes
