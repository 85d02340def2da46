"""Candidate pairs: texts that share bands, found by hash tables in time linear in the texts, on all cores.

Texts stand in an order from best to worst, and each is paired with better ones only. Where many texts share a band, as
a template's do, only those nearest in the order are looked at; of all that a text meets, those that share most bands
with it become its pairs. Texts of `LONG` characters must share `FEWEST` bands, for many strangers share one. So the
work stays linear when a million rows come from one template.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.alike import TRAITS, traits
from curate.arrow import indices, list_column, lists
from curate.lsh import BANDS, signatures
from curate.plain.choice import kernel_for
from curate.stage import Column
from curate.threads import in_order, workers

WALK = 64
NEAREST = 32
LONG = 128
FEWEST = 2
_LEAST = 1024


class Texts(NamedTuple):
    """What is known about some texts without their words, from the best to the worst.

    Attributes:
        bands: (texts, BANDS) uint32 band hashes.
        lengths: (texts) int32 characters.
        traits: (texts, 3) int64 (`curate.alike.traits`).
    """

    bands: npt.NDArray[np.uint32]
    lengths: npt.NDArray[np.int32]
    traits: npt.NDArray[np.int64]


def signed(forms: pa.StringArray) -> dict[str, Column]:
    """Measure what candidates are found by: the signals `bands`, `length` and `traits` of normal forms."""
    bands, lengths = signatures(forms)
    return {"bands": lists(bands), "length": lengths, "traits": lists(traits(forms))}


def band_hashes(table: pa.Table) -> npt.NDArray[np.uint32]:
    """Give the signal `bands` as (rows, BANDS)."""
    return list_column(table["bands"], np.uint32, BANDS)


def texts_of(table: pa.Table, places: npt.NDArray[np.int64]) -> Texts:
    """Give what the signals of `signed` tell about some rows, in the order of the places."""
    some = table.select(["bands", "length", "traits"]).take(indices(places))
    return Texts(band_hashes(some), some["length"].to_numpy(), list_column(some["traits"], np.int64, TRAITS))


def sharing(bands: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Tell which rows share a band with another row."""
    mark_sharing = kernel_for("candidates", "mark_sharing", rows=len(bands))
    size = _table_size(len(bands))

    def mark(every: range) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(bands), dtype=bool)
        first = np.empty(size, dtype=np.int32)
        for band in every:
            mark_sharing(bands, band, np.zeros(size, dtype=np.uint32), first, found)
        return found

    found = np.zeros(len(bands), dtype=bool)
    count = workers()
    for part in in_order(mark, [range(start, bands.shape[1], count) for start in range(count)]):
        found |= part
    return found


class Index:
    """Finds the better texts that share most bands with a text.

    Args:
        texts: What is known about them, from the best to the worst.
        threshold: Least similarity of copies.
    """

    def __init__(self, texts: Texts, threshold: float) -> None:
        count, bands = texts.bands.shape
        chain = kernel_for("candidates", "chain", rows=count)
        self.gone = np.zeros(count, dtype=bool)
        self._texts = texts
        self._threshold = threshold
        self._links = np.empty((bands, count), dtype=np.int32)
        size = _table_size(count)

        def link(band: int) -> None:
            keys, last = np.zeros(size, dtype=np.uint32), np.empty(size, dtype=np.int32)
            chain(np.ascontiguousarray(texts.bands[:, band]), keys, last, self._links[band])

        for _ in in_order(link, range(bands)):
            pass

    def pairs(self, asked: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Pair some texts with better ones that are not `gone`.

        Returns:
            (pairs, 2) int64, the better text and the worse one, in the order of those asked for.
        """
        search = kernel_for("candidates", "search", rows=len(self.gone))
        step = max(_LEAST, -(-len(asked) // workers()))

        def look(first: int) -> npt.NDArray[np.int32]:
            some = asked[first : first + step]
            out = np.empty((len(some) * NEAREST, 2), dtype=np.int32)
            counts = np.zeros(len(self.gone), dtype=np.int32)
            limits, texts = np.array([WALK, NEAREST, LONG, FEWEST], dtype=np.int64), self._texts
            found = search(
                some, self._links, self.gone, texts.lengths, texts.traits, self._threshold, limits, counts, out
            )
            return out[:found]

        parts = in_order(look, range(0, len(asked), step))
        return np.concatenate([np.empty((0, 2), dtype=np.int32), *parts]).astype(np.int64)

    def pairs_before(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """Pair the texts from `start` up to `end` with better ones that stand before all of them."""
        held = self._links[:, start:end].copy()
        self.gone[start:end] = True
        found = self.pairs(np.arange(start, end))
        self.gone[start:end] = False
        # The search drew links past the block; those within it are needed again.
        within = held >= start
        self._links[:, start:end][within] = held[within]
        return found


def _table_size(rows: int) -> int:
    """Give a power of two that leaves a hash table of so many keys a third empty."""
    return 1 << max(4, (rows * 3 // 2).bit_length())
