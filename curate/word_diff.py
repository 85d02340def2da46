"""Two texts held against each other word by word."""

import re
from typing import NamedTuple

_WORDS = re.compile(r"\s+|[^\s]+")


class Piece(NamedTuple):
    """A piece of a text, and whether the other text lacks it."""

    text: str
    marked: bool


class _Run(NamedTuple):
    """Words of both texts that are the same, or that stand in each other's place."""

    same: bool
    ours: str
    theirs: str


def marked(text: str, other: str) -> list[Piece]:
    """Cut a text into pieces, and mark the words that another text lacks, whatever their case."""
    return [Piece(run.ours, not run.same and bool(run.ours.strip())) for run in _runs(text, other) if run.ours]


def word_diff(before: str, after: str) -> str:
    """Write both texts as one: what only the first says in [-...-], what only the second says in {+...+}."""
    parts = []
    for same, ours, theirs in _runs(before, after, fold=False):
        if same:
            parts.append(ours)
            continue
        parts.append(f"[-{ours}-]" if ours else "")
        parts.append(f"{{+{theirs}+}}" if theirs else "")
    return "".join(parts)


def _runs(text: str, other: str, *, fold: bool = True) -> list[_Run]:
    """Give the runs of words that are the same and those that differ, by turns.

    By the longest common subsequence, which rapidfuzz finds bit by bit: difflib takes minutes where one word stands
    a thousand times.
    """
    from rapidfuzz.distance import Indel

    ours, theirs = _WORDS.findall(text), _WORDS.findall(other)
    left, right = ([word.casefold() for word in words] if fold else words for words in (ours, theirs))
    runs: list[_Run] = []
    for step in Indel.opcodes(left, right):
        here, there = ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        run = _Run(step.tag == "equal", "".join(here), "".join(there))
        if runs and not run.same and not runs[-1].same:
            last = runs.pop()
            run = _Run(False, last.ours + run.ours, last.theirs + run.theirs)  # noqa: FBT003 - a field of a record
        runs.append(run)
    return runs
