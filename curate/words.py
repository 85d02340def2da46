"""How many words a text has, in any script."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.plain.choice import kernel_for
from schemas.buffers import text_buffers


def word_counts(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    """Count words: runs of signs between white space, int32, one per text.

    Chinese and Japanese do not put spaces between words; each Han or Kana sign counts as one word, as word
    processors count. Korean is written with spaces and counted by them. Thai, Lao and Khmer are not: their counts
    are those of the phrases between spaces, so limit them by characters.
    """
    data, starts = text_buffers(texts)
    counts = np.empty(len(texts), dtype=np.int32)
    kernel_for("words", "count_words", rows=len(texts), size=len(data))(data, starts, counts)
    return counts
