"""k-means over unit vectors: centres of the directions in which texts lie."""

import numpy as np
import numpy.typing as npt

_SAMPLE = 64
_CELLS = 1 << 24


def find_centres(
    vectors: "npt.NDArray[np.float16] | npt.NDArray[np.float32]", count: int, *, seed: int, rounds: int = 10
) -> npt.NDArray[np.float32]:
    """Find centres by spherical k-means on a sample of at most 64 vectors for each of them.

    The result depends on the order of the vectors, so bring them into one that does not depend on their origin.

    Args:
        vectors: (rows, dim) unit rows; rows of zeros belong nowhere and are left out.
        count: How many centres; fewer where there are fewer different vectors.
        seed: Settles the sample and the first centres.
        rounds: How often centres are moved.

    Returns:
        (centres, dim) float32, unit rows.
    """
    rng = np.random.default_rng(seed)
    usable = np.flatnonzero(np.abs(vectors).sum(axis=1, dtype=np.float32) > 0)
    if len(usable) > count * _SAMPLE:
        usable = np.sort(rng.choice(usable, count * _SAMPLE, replace=False))
    sample = vectors[usable].astype(np.float32)
    distinct = np.sort(np.unique(sample, axis=0, return_index=True)[1])
    if not len(distinct):
        return np.zeros((0, vectors.shape[1]), dtype=np.float32)
    centres = sample[np.sort(rng.choice(distinct, min(count, len(distinct)), replace=False))]
    for _ in range(rounds):
        label = nearest(sample, centres, 1)[:, 0]
        order = np.argsort(label, kind="stable")
        held, starts = np.unique(label[order], return_index=True)
        sums = np.add.reduceat(sample[order].astype(np.float64), starts, axis=0)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        good = norms[:, 0] > 0
        centres[held[good]] = (sums[good] / norms[good]).astype(np.float32)
    return np.asarray(centres, dtype=np.float32)


def nearest(
    vectors: "npt.NDArray[np.float16] | npt.NDArray[np.float32]", centres: npt.NDArray[np.float32], probes: int
) -> npt.NDArray[np.int64]:
    """Give the `probes` nearest centres of each vector, (rows, probes) int64, nearest first."""
    probes = min(probes, len(centres))
    found = np.zeros((len(vectors), probes), dtype=np.int64)
    block = max(1, _CELLS // max(len(centres), 1))
    for start in range(0, len(vectors), block):
        products = vectors[start : start + block].astype(np.float32) @ centres.T
        if probes == 1:
            found[start : start + block, 0] = products.argmax(axis=1)
            continue
        some = np.argpartition(-products, probes - 1, axis=1)[:, :probes]
        order = np.argsort(-np.take_along_axis(products, some, axis=1), axis=1, kind="stable")
        found[start : start + block] = np.take_along_axis(some, order, axis=1)
    return found
