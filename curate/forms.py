"""Normal forms that are held against each other pair by pair, in blocks on all cores, straight from their bytes."""

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.alike import (
    FREE,
    LONG_CHARACTERS,
    NEGATIONS,
    SHORT_ANSWER,
    SHORT_WORDS,
    SIDE_THRESHOLD,
    copies,
    decimals,
    differing,
    similarity,
)
from curate.arrow import mask, strings
from curate.plain.choice import kernel_for
from curate.plain.traits import word_hash
from curate.threads import in_order, workers
from schemas.buffers import buffer

COPY, UNTOLD = 0, 255
MOST_EDITS = 1 << 22
"""Product of two texts' words from which their edits are left to rapidfuzz, which then takes them by halves."""
_BLOCK = 512
_PHRASES = tuple(np.frombuffer(part.encode(), dtype=np.uint8) for part in ("∅", " → ", "; ", " and ", " more"))


class Forms:
    """Texts to compare.

    Args:
        texts: Normal forms; null where a text cannot be had, which is then like no other.
        order: Which of them are compared, and the order in which their places are counted; None for all as they stand.
            Nothing is copied for it.
    """

    def __init__(
        self,
        texts: "pa.ChunkedArray[Any]",  # Any: strings of either width
        order: npt.NDArray[np.int64] | None = None,
    ) -> None:
        whole: Any = texts.chunk(0) if texts.num_chunks == 1 else texts.combine_chunks()  # which copies even one chunk
        self.texts: Any = whole.cast(pa.large_string())  # Any: the stubs know no such array
        self._valid: npt.NDArray[np.bool_] = self.texts.is_valid().to_numpy(zero_copy_only=False)
        buffers: list[Any] = self.texts.buffers()  # Any: numpy reads them, the stubs do not say so
        _, offsets, data = buffers
        self._data = np.frombuffer(data or b"", dtype=np.uint8)
        starts = np.frombuffer(offsets or bytes(8), dtype=np.int64)
        self._starts = starts[self.texts.offset : self.texts.offset + len(self.texts) + 1]
        self._order = order

    def __len__(self) -> int:
        return len(self.texts) if self._order is None else len(self._order)

    def similarities(self, pairs: npt.NDArray[np.int64], threshold: float) -> npt.NDArray[np.float64]:
        """Give the similarity of both texts of each pair, 0 below the threshold and where one is null.

        Args:
            pairs: (pairs, 2) places of the texts.
            threshold: Least similarity that counts.
        """
        kernel = kernel_for("likeness", "similarities", rows=len(self), dear=True)
        pairs = self._places(pairs)

        def compare(part: slice) -> npt.NDArray[np.float64]:
            some = pairs[part]
            found = np.empty(len(some), dtype=np.float64)
            kernel(self._data, self._starts, some, threshold, LONG_CHARACTERS, found)
            return found

        scores = _joined(compare, _blocks(len(pairs)), np.float64)
        scores[~self._valid[pairs].all(axis=1)] = 0
        for place in np.flatnonzero(scores < 0).tolist():
            scores[place] = similarity(self._text(pairs[place, 0]), self._text(pairs[place, 1]), threshold)
        return scores

    def guards(self, pairs: npt.NDArray[np.int64], most: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
        """Tell which pairs of similar texts are copies by their words.

        Args:
            pairs: (pairs, 2) places of the texts: a better one, and the one whose copies are looked for. Those of one
                text stand together, the most similar first.
            most: How many pairs of a text to look at, until one is a copy; 0 for all, whatever they are.

        Returns:
            (pairs) uint8, 0 for copies, and (pairs) whether it was looked at.
        """
        kernel = kernel_for("likeness", "look", rows=len(self), dear=True)
        pairs = self._places(pairs)
        limits = np.array([SHORT_WORDS, SHORT_ANSWER, LONG_CHARACTERS, MOST_EDITS], dtype=np.int64)
        first = np.flatnonzero(np.diff(pairs[:, 1], prepend=-1))

        def look(part: slice) -> npt.NDArray[np.uint8]:
            some = pairs[part]
            found, looked = np.zeros(len(some), dtype=np.uint8), np.zeros(len(some), dtype=bool)
            kernel(
                self._data, self._starts, some, most, SIDE_THRESHOLD, limits, self._digits, known_words(), found, looked
            )
            return np.stack([found, looked.astype(np.uint8)], axis=1)

        parts = [_within(part, first, len(pairs)) for part in _blocks(len(first))]
        both = _joined(look, parts, np.uint8, 2)
        found, looked = both[:, 0].copy(), both[:, 1].astype(bool)
        for place in np.flatnonzero(found == UNTOLD).tolist():
            if looked[place] and copies(self._text(pairs[place, 0]), self._text(pairs[place, 1])):
                found[place] = COPY
                if most:  # those of the same text that follow need not have been looked at
                    end = np.append(first, len(pairs))[np.searchsorted(first, place, side="right")]
                    looked[place + 1 : end] = False
        return np.where(looked, found, UNTOLD).astype(np.uint8), looked

    def differences(self, pairs: npt.NDArray[np.int64], *, most: int, signs: int) -> pa.StringArray:
        """Tell in what words the first text of each pair differs from the second.

        Args:
            pairs: (pairs, 2) places of the texts.
            most: How many differences to tell.
            signs: Most characters of what is told.
        """
        kernel = kernel_for("differences", "differences", rows=len(self), dear=True)
        pairs = self._places(pairs)
        limits = np.array([most, signs, MOST_EDITS, LONG_CHARACTERS], dtype=np.int64)

        def tell(part: slice) -> pa.StringArray:
            some = pairs[part]
            out, ends = np.empty(4 * signs * len(some), dtype=np.uint8), np.empty(len(some), dtype=np.int64)
            kernel(self._data, self._starts, some, limits, self._digits, known_words(), _PHRASES, out, ends)
            left = ends < 0
            offsets = np.zeros(len(some) + 1, dtype=np.int32)
            offsets[1:] = np.where(left, -1 - ends, ends)
            text = pa.StringArray.from_buffers(len(some), buffer(offsets), buffer(out[: offsets[-1]].copy()))
            if not left.any():
                return text
            lines = [
                differing(self._text(ours), self._text(theirs), most)[:signs] for ours, theirs in some[left].tolist()
            ]
            whole: Any = pc.replace_with_mask(text, mask(left), strings(lines))  # Any: the stubs lose the type
            return strings(whole)

        parts = in_order(tell, _blocks(len(pairs)))
        return pa.concat_arrays([pa.array([], pa.string()), *parts])

    @cached_property
    def _digits(self) -> npt.NDArray[np.uint8]:
        return decimals(ascii_only=bool(pc.all(pc.string_is_ascii(self.texts)).as_py()))

    def _places(self, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Turn places in the order into places of the texts as they stand."""
        return pairs if self._order is None else self._order[pairs]

    def _text(self, place: int) -> str:
        return str(self.texts[int(place)].as_py())


@lru_cache(maxsize=1)
def known_words() -> npt.NDArray[np.uint64]:
    """Put the hashes of the free words and of the negations into a table with open addressing, with what they are."""
    table = np.zeros((256, 2), dtype=np.uint64)
    for kind, words in ((1, FREE), (2, NEGATIONS)):
        for word in sorted(words):
            code = word_hash(word)
            slot = (code ^ (code >> 32)) % len(table)
            while table[slot, 0]:
                slot = (slot + 1) % len(table)
            table[slot] = code, kind
    return table


def _blocks(count: int) -> list[slice]:
    """Cut so many things into parts to be worked on side by side."""
    step = max(_BLOCK, -(-count // (4 * workers())))
    return [slice(start, start + step) for start in range(0, count, step)]


def _within(part: slice, first: npt.NDArray[np.int64], count: int) -> slice:
    """Give the pairs of some owners, of which we know where each one's pairs begin."""
    ends = np.append(first, count)
    return slice(int(ends[part.start]), int(ends[min(part.stop, len(first))]))


def _joined(
    work: Callable[[slice], npt.NDArray[Any]], parts: Iterable[slice], kind: Any, *shape: int
) -> npt.NDArray[Any]:  # Any: numbers of any type
    """Work on the parts side by side, and put what comes of them together."""
    return np.concatenate([np.zeros((0, *shape), dtype=kind), *in_order(work, parts)])
