"""What an embedder is: texts in, directions of their meanings out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

LONGEST = 16_384
"""Characters of a text that are looked at: what a model says of the first ten pages, it says of the whole."""


class Embedder(Protocol):
    """Gives each text a vector whose direction is its meaning."""

    @property
    def fingerprint(self) -> str:
        """Hash of the model: the same text under another fingerprint has another vector."""
        ...

    @property
    def normal(self) -> bool:
        """Whether it wants the normal form of a text (`schemas.normal`) instead of the text."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Give (texts, dim) float32, unit rows; a text without meaning to the model has a row of zeros.

        The vector of a text does not depend on the other texts of the call.
        """
        ...
