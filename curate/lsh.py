"""Which texts may be alike: MinHash signatures in bands.

Shingles are runs of characters of the normal form, five long, and three long in short texts; of very long texts only
some shingles count. The lengths where this changes differ from band to band, so that two texts on either side of any
length still share most of their bands. A text of fewer than `SHORTEST` characters has no signature: only its exact
copies are found.

With 20 bands of 4 permutations two texts with Jaccard similarity 0.8 meet with 0.99997, with 0.7 with 0.996, with 0.5
with 0.72, and with 0.1 with 0.002.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.plain.choice import kernel_for
from schemas.buffers import text_buffers

BANDS = 20
PERMUTATIONS = 4
SHORTEST = 12
_LONGER_SHINGLES = (32, 64)  # characters from which a band takes five for three: the first band and the last
_SAMPLED = (8192, 16384)  # characters from which a band takes every second shingle; twice as many: every fourth
_LEVELS = 16
_SEED = 20_261_120


def signatures(forms: pa.StringArray) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int32]]:
    """Sign normal forms.

    Returns:
        (rows, BANDS) uint32 band hashes, 0 in all where the text is too short, and (rows) int32 characters.
    """
    data, starts = text_buffers(forms)
    factors, offsets, changes = permutations()
    bands = np.empty((len(forms), BANDS), dtype=np.uint32)
    lengths = np.empty(len(forms), dtype=np.int32)
    band_hashes = kernel_for("minhash", "band_hashes", rows=len(forms), size=len(data))
    band_hashes(data, starts, factors, offsets, changes, bands, lengths)
    return bands, lengths


@lru_cache(maxsize=1)
def permutations() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    """Make the constants of the signature: the same on every machine, so that signatures may be kept and compared.

    Returns:
        The factors and offsets of the permutations, (BANDS * PERMUTATIONS) uint16 each, and the lengths at which each
        band changes over, (BANDS, levels) int64.
    """
    rng = np.random.default_rng(_SEED)
    factors = rng.integers(0, 2**16, size=BANDS * PERMUTATIONS, dtype=np.uint16) | np.uint16(1)
    offsets = rng.integers(0, 2**16, size=BANDS * PERMUTATIONS, dtype=np.uint16)
    changes = np.empty((BANDS, _LEVELS), dtype=np.int64)
    changes[:, 0] = SHORTEST
    changes[:, 1] = np.geomspace(*_LONGER_SHINGLES, BANDS)
    sampled = np.geomspace(*_SAMPLED, BANDS).astype(np.int64)
    changes[:, 2:] = sampled[:, None] << np.arange(_LEVELS - 2)
    return factors, offsets, changes
