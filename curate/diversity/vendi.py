"""The Vendi score: how many different things a set of vectors amounts to (arXiv:2210.02410)."""

import numpy as np
import numpy.typing as npt


def vendi(vectors: npt.NDArray[np.float32]) -> float:
    """Give the exponential of the entropy of the eigenvalues of the rows' cosines, from 1 to the number of rows.

    The eigenvalues of rows x rows and of dim x dim are the same but for zeros, so the cost grows with the rows times
    dim squared, not with the square of the rows. The score is that of the embedder's cosines: a static one, whose
    vectors all lean one way, gives low scores; compare scores of one embedder and of sets of one size.

    Args:
        vectors: (rows, dim) unit rows; rows of zeros are left out.
    """
    used = vectors[(vectors != 0).any(axis=1)].astype(np.float64)
    if not len(used):
        return 0.0
    shares = np.linalg.eigvalsh(used.T @ used / len(used))
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))
