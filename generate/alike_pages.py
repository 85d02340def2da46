"""Documents that are nearly the same: copies, older versions, pages that hold another whole page.

Two documents are compared by their shingles of five words (Broder, 1997). Which pairs are compared at all is read off
an index of shingles, so that time grows with the length of the texts and not with the square of their number; whatever
is reported has been counted out in full.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from generate.front_matter import front_matter_end
from schemas import Document, normal

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]|\w+")  # no spaces part the words of Chinese
_SHINGLE = 5  # words
_FEW = 8  # documents that share a shingle and are all paired; of more, each is paired with its neighbours
_MOST_COMPARED = 8  # documents that one is counted out against, those with the most shared shingles
_FEWEST_WORDS = 40  # of a page that another page can be said to hold
_FACTOR = 0x9E3779B97F4A7C15
_Hashes = npt.NDArray[np.uint64]


class Alike(NamedTuple):
    """A document that is nearly the same as one before it.

    Attributes:
        document: Id of the later one of the two.
        other: Id of the earlier one.
        similarity: Share of their shingles that they have in common (Jaccard); for `held`, share of the smaller page's
            shingles that the larger one holds.
        kind: `same` where they are equal but for case, punctuation and white space, `near`, or `held` where one page
            holds the other.
    """

    document: str
    other: str
    similarity: float
    kind: Literal["same", "near", "held"]


@dataclass(frozen=True, slots=True)
class _Page:
    """One document's shingles: their hashes, sorted, each once."""

    id: str
    text: str
    words: int
    hashes: _Hashes


def alike_pages(documents: Iterable[Document], *, jaccard: float = 0.75, held: float = 0.9) -> list[Alike]:
    """Find the documents that are nearly the same as one before them.

    Args:
        documents: The documents, in order. Front matter, case, punctuation and white space do not count.
        jaccard: Share of shingles in common from which two pages are `near`; FineWeb takes 0.75 as well.
        held: Share of its shingles, from which a page of 40 words or more is `held` by another.

    Returns:
        For each such document the earlier one that it is most like, in the order of the documents.
    """
    vocabulary = _Numbers()
    pages = [_page(document, vocabulary) for document in documents]
    candidates = _candidates([page.hashes for page in pages])
    found = []
    for place, page in enumerate(pages):
        compared = [_compared(page, pages[other], jaccard, held) for other in candidates.get(place, ())]
        best = max((one for one in compared if one is not None), key=lambda one: one.similarity, default=None)
        if best is not None:
            found.append(best)
    return found


class _Numbers(dict[str, int]):
    """Numbers words from 1 on, in the order in which they are first asked for."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self) + 1
        return self[word]


def _page(document: Document, vocabulary: _Numbers) -> _Page:
    """Hash a document's shingles; a text of fewer words than a shingle has is one shingle."""
    text = document.text[front_matter_end(document.text) :]
    words = list(map(vocabulary.__getitem__, _WORD.findall(text.casefold())))
    padded = words + [0] * (_SHINGLE - len(words)) if words else []
    numbers = _mixed(np.array(padded, dtype=np.uint64))
    count = max(0, len(numbers) - _SHINGLE + 1)
    hashes = numbers[:count]
    for place in range(1, _SHINGLE):
        hashes = hashes * np.uint64(_FACTOR) + numbers[place : place + count]  # wraps around, as it should
    hashes = np.sort(_mixed(hashes))
    return _Page(document.id, text, len(words), hashes[np.diff(hashes, prepend=~hashes[:1]) != 0])


def _mixed(values: _Hashes) -> _Hashes:
    """Spread the bits of each number over all 64 (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _candidates(pages: list[_Hashes]) -> dict[int, list[int]]:
    """Give for each page the earlier ones that share the most shingles with it, the likeliest first.

    A shingle that many pages hold (a notice at the foot of each) pairs each page with the one before it that holds it
    and with the first: a family of a thousand copies gives thousands of pairs and not half a million.
    """
    if not pages:
        return {}
    hashes = np.concatenate(pages)
    owners = np.repeat(np.arange(len(pages), dtype=np.int64), [len(page) for page in pages])
    order = np.argsort(hashes, kind="stable")  # stable: inside a run, pages stand in their order
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else np.array([], int)
    sizes = np.diff(np.append(starts, len(hashes)))
    pairs = np.concatenate([np.empty(0, np.int64), *_pairs(starts, sizes, owners, len(pages))])
    keys, counts = np.unique(pairs, return_counts=True)
    later, earlier = keys // len(pages), keys % len(pages)
    ranked = np.lexsort((earlier, -counts, later))
    found: dict[int, list[int]] = {}
    for place in ranked.tolist():
        others = found.setdefault(int(later[place]), [])
        if len(others) < _MOST_COMPARED:
            others.append(int(earlier[place]))
    return found


def _pairs(
    starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], owners: npt.NDArray[np.int64], base: int
) -> Iterator[npt.NDArray[np.int64]]:
    """Give the pairs of pages that share a shingle, as later * base + earlier."""
    for size in range(2, _FEW + 1):
        runs = starts[sizes == size]
        for later in range(1, size):
            for earlier in range(later):
                yield owners[runs + later] * base + owners[runs + earlier]
    long, lengths = starts[sizes > _FEW], sizes[sizes > _FEW]
    if len(long):
        firsts = np.repeat(long, lengths - 1)
        offsets = np.arange(len(firsts)) - np.repeat(np.cumsum(lengths - 1) - (lengths - 1), lengths - 1)
        laters = firsts + offsets + 1
        yield owners[laters] * base + owners[laters - 1]
        yield owners[laters] * base + owners[firsts]


def _compared(page: _Page, other: _Page, jaccard: float, held: float) -> Alike | None:
    """Count out what two pages have in common."""
    common = len(np.intersect1d(page.hashes, other.hashes, assume_unique=True))
    union = len(page.hashes) + len(other.hashes) - common
    smaller = min(page, other, key=lambda one: len(one.hashes))
    share = common / union
    if share >= jaccard:
        same = share == 1 and normal(page.text) == normal(other.text)
        return Alike(page.id, other.id, share, "same" if same else "near")
    inside = common / len(smaller.hashes)
    if inside >= held and smaller.words >= _FEWEST_WORDS:
        return Alike(page.id, other.id, inside, "held")
    return None
