"""An index of the word runs of some texts: which rows hold one of them, and which hold enough for a closer look.

Words are those of the normal form (`schemas.normal`); Han and Kana signs are words of their own. Two kinds of run are
kept: long ones, any one of which tells, and runs of `SMALL` words, of which a text needs a share.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import strings
from schemas.buffers import text_buffers

SMALL = 3
COMMON = 10
CROWDED = 256
SHARE = 0.25


class Found(NamedTuple):
    """What the index finds in each row.

    Attributes:
        text: (rows) int32 the text with the most runs in common, -1 for none.
        runs: (rows) int32 how many they have in common.
        at: (rows) int32 byte of the row where the first of them begins.
    """

    text: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]
    at: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """A table of runs and the texts that hold them: the arguments of the kernel `find_grams`, in its order."""

    sizes: npt.NDArray[np.int32]
    table: npt.NDArray[np.uint64]
    values: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int32]
    reach: npt.NDArray[np.int32]
    needed: npt.NDArray[np.int32]

    def find(self, forms: pa.StringArray) -> Found:
        """Look the runs of some normal forms up."""
        from curate.kernels.grams import find_grams

        data, starts = text_buffers(forms)
        out = np.full((len(forms), 3), -1, dtype=np.int32)
        if len(self.texts):
            find_grams(
                data,
                starts,
                self.sizes,
                self.table,
                self.values,
                self.offsets,
                self.texts,
                self.reach,
                self.needed,
                out,
            )
        return Found(out[:, 0], out[:, 1], out[:, 2])


def long_runs(forms: Sequence[str], size: int, shortest: int) -> tuple[Runs, npt.NDArray[np.int32]]:
    """Index runs of `size` words, any one of which tells; of a shorter text, the run that is all of it.

    A run that stands in more than `COMMON` texts is how they are worded, and tells nothing; GPT-3 left out what stood
    in more than ten (arXiv:2005.14165, appendix C).

    Args:
        forms: Normal forms, all different.
        size: Words in a run.
        shortest: Texts of fewer words are left out.

    Returns:
        The index, and (texts) the runs of each text that are left.
    """
    keys, texts, words = _runs(forms, size)
    known = words[texts] >= shortest
    keys, texts = _distinct(keys[known], texts[known], COMMON)
    left = np.bincount(texts, minlength=len(forms)).astype(np.int32)
    own = np.minimum(words, size)
    sizes = np.unique(own[left > 0]).astype(np.int32)
    needed = np.minimum(left, 1).astype(np.int32)
    return _index(keys, texts, sizes, reach=words, needed=needed), left


def small_runs(forms: Sequence[str], shortest: int) -> Runs:
    """Index runs of `SMALL` words; a text needs a share of its own (`SHARE`) that lies together.

    Runs that stand in more than `CROWDED` texts say too little for what they cost, and are left out.

    Args:
        forms: Normal forms, all different.
        shortest: Texts of fewer words are left out.
    """
    keys, texts, words = _runs(forms, SMALL)
    known = words[texts] >= max(shortest, SMALL)
    keys, texts = _distinct(keys[known], texts[known], CROWDED)
    left = np.bincount(texts, minlength=len(forms))
    needed = np.where(left > 0, np.maximum(np.ceil(left * SHARE), 1), 0).astype(np.int32)
    reach = (words * 3 // 2 + 2).astype(np.int32)
    return _index(keys, texts, np.array([SMALL], dtype=np.int32), reach=reach, needed=needed)


def _runs(
    forms: Sequence[str], size: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """List the runs of each text with the text that they stand in, and count the words of each text."""
    from curate.kernels.grams import text_grams

    data, starts = text_buffers(strings(list(forms)))
    room = len(data) + 1
    keys, texts = np.empty(room, dtype=np.uint64), np.empty(room, dtype=np.int32)
    words = np.zeros(len(forms), dtype=np.int32)
    count = text_grams(data, starts, size, keys, texts, words)
    return keys[:count], texts[:count], words


def _distinct(
    keys: npt.NDArray[np.uint64], texts: npt.NDArray[np.int32], most: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Give each pair of run and text once, sorted, without the runs that stand in more than `most` texts."""
    order = np.lexsort((texts, keys))
    keys, texts = keys[order], texts[order]
    new = np.r_[True, (keys[1:] != keys[:-1]) | (texts[1:] != texts[:-1])][: len(keys)]
    keys, texts = keys[new], texts[new]
    _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    rare = counts[places] <= most if len(keys) else np.zeros(0, dtype=bool)
    return keys[rare], texts[rare]


def _index(
    keys: npt.NDArray[np.uint64],
    texts: npt.NDArray[np.int32],
    sizes: npt.NDArray[np.int32],
    *,
    reach: npt.NDArray[np.int32],
    needed: npt.NDArray[np.int32],
) -> Runs:
    """Build the table of sorted pairs of run and text."""
    from curate.kernels.grams import fill_table

    own, first = np.unique(keys, return_index=True)
    slots = 4
    while slots < 2 * len(own):
        slots *= 2
    table, values = np.zeros(slots, dtype=np.uint64), np.zeros(slots, dtype=np.int32)
    fill_table(own, table, values)
    offsets = np.r_[first, len(keys)].astype(np.int64)
    return Runs(
        sizes=sizes,
        table=table,
        values=values,
        offsets=offsets,
        texts=texts,
        reach=reach.astype(np.int32),
        needed=needed,
    )
