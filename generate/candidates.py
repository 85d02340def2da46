"""Which sections can become examples, and in which order they are asked about.

An order that goes round the documents spreads a small number of examples over the whole corpus. Inside a document it
depends on nothing but the seed and the document's id, so that another document does not change what is asked about it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from schemas import Document, Section


@dataclass(frozen=True, slots=True)
class Candidate:
    """A section whose passage may serve as an answer.

    Attributes:
        number: Its place in the order of documents and sections.
        document: The document.
        section: The section.
        passage: Its clean reading text.
    """

    number: int
    document: Document
    section: Section
    passage: str

    @property
    def headings(self) -> tuple[str, ...]:
        """The document's title and the heading path below it."""
        path = self.section.path
        return path if path and path[0] == self.document.title else (self.document.title, *path)

    @property
    def whereabouts(self) -> str:
        """The same on one line, as it is shown to a model."""
        return " > ".join(self.headings)


def spread(candidates: Sequence[Candidate], *, seed: int) -> list[Candidate]:
    """Order candidates round robin over their documents, the sections of each in an order drawn with `seed`."""
    documents: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        documents.setdefault(candidate.document.id, []).append(candidate)
    drawn = []
    for name in sorted(documents):
        order = draw(seed, name).permutation(len(documents[name]))
        drawn.append([documents[name][place] for place in order])
    return [candidate for turn in zip_longest(*drawn) for candidate in turn if candidate is not None]


def draw(seed: int, *names: str) -> np.random.Generator:
    """Give a generator that depends on the seed and the names alone."""
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])
