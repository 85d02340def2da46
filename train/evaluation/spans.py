"""Which words of an answer the gold answer has too, in the same order."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from train.evaluation.metrics import squad_words

_RUN = 2  # a single word in common says little: "the", "is"


class Span(NamedTuple):
    """A stretch of an answer, and whether the gold answer has the same words there."""

    text: str
    same: bool


def compare_words(answer: str, gold: str) -> list[Span]:
    """Cut an answer into stretches whose words stand in the gold answer in the same order, and others."""
    pieces = re.findall(r"\S+\s*|^\s+", answer)
    ours = [" ".join(squad_words(piece)) or piece.strip() for piece in pieces]
    theirs = [" ".join(squad_words(word)) or word for word in gold.split()]
    same = [False] * len(pieces)
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        if block.size >= min(_RUN, len(theirs)):
            same[block.a : block.a + block.size] = [True] * block.size
    spans: list[Span] = []
    for piece, known in zip(pieces, same, strict=True):
        if spans and spans[-1].same == known:
            spans[-1] = Span(spans[-1].text + piece, known)
        else:
            spans.append(Span(piece, known))
    return spans
