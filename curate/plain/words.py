"""Counting words."""

import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_OWN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0010ffff"
_WORD = re.compile(rf"[{_OWN}]|[^\s{_OWN}]+")


def count_words(data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], out: npt.NDArray[np.int32]) -> None:
    """Count the words of each text: runs between white space, and each Han or Kana sign for itself."""
    whole = data.tobytes()
    for row, (start, end) in enumerate(pairwise(starts.tolist())):
        out[row] = len(_WORD.findall(whole[start:end].decode()))
