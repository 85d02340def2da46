"""Means of the vectors of tokens."""

import numpy as np
import numpy.typing as npt

from schemas.compiled import kernel


@kernel
def unit_means(
    tokens: npt.NDArray[np.uint32],
    starts: npt.NDArray[np.int64],
    table: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    """Add up the vectors of each text's tokens, and bring the sum to length 1.

    Sums run in float64 from the first token to the last, so a text's vector does not depend on its neighbours. A
    token beyond the table counts as nothing; a text without tokens has zeros.

    Args:
        tokens: Rows of the table, text after text.
        starts: (texts + 1) offsets into `tokens`.
        table: (tokens, dim) vectors.
        out: (texts, dim) takes the means.
    """
    known, dim = table.shape
    total = np.zeros(dim, dtype=np.float64)
    for text in range(len(starts) - 1):
        total[:] = 0.0
        for place in range(starts[text], starts[text + 1]):
            token = tokens[place]
            if token < known:
                for column in range(dim):
                    total[column] += table[token, column]
        square = 0.0
        for column in range(dim):
            square += total[column] * total[column]
        scale = 1.0 / np.sqrt(square) if square > 0.0 else 0.0
        for column in range(dim):
            out[text, column] = total[column] * scale
