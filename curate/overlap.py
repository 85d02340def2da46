"""How much of a text stands in a row: the longest run of the same words, or the words that are nearest to it.

Both look at a window of the row only, as wide as the text, around the place that an index found. So a row of any
length costs what the text costs.
"""

from difflib import SequenceMatcher
from typing import NamedTuple

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import partial_ratio_alignment

from curate.alike import FREE, NEGATIONS, swaps, words_of

LEAST = 0.7
SHORT_WORDS = 13
WORDS_PER_CHANGE = 8
_LONGEST = 20_000
_WORD = 24


class Overlap(NamedTuple):
    """What a row has in common with a prompt: which one, how much of it (0 to 1), and the words in the row."""

    prompt: int
    score: float
    span: str


def run_overlap(prompt: str, row: memoryview, at: int, size: int) -> tuple[float, str] | None:
    """Find the longest run of words that a prompt and a row have in common, from one byte of the row on.

    Args:
        prompt: Normal form.
        row: Normal form in UTF-8.
        at: Where a common run begins.
        size: Words that it must have, or as many as the prompt has.

    Returns:
        The share of the prompt's words in it, and its words; None where it is too short after all, or says the same
        few words over and over.
    """
    prompt = prompt[:_LONGEST]
    window = _text(row, at, at + 2 * len(prompt.encode()) + 64)
    theirs, ours = words_of(prompt), words_of(window)
    if ours[: len(theirs)] == theirs:
        return 1.0, " ".join(theirs)
    match = SequenceMatcher(None, ours, theirs, autojunk=False).find_longest_match()
    words = ours[match.a : match.a + match.size]
    if match.size < min(size, len(theirs)) or 2 * len(set(words)) < min(size, len(theirs)):
        return None
    return match.size / len(theirs), " ".join(words)


def fuzzy_overlap(prompt: str, row: memoryview, at: int) -> tuple[float, str] | None:
    """Find the words of a row that are nearest to a prompt, around one byte of it.

    Args:
        prompt: Normal form.
        row: Normal form in UTF-8.
        at: Where they have a few words in common.

    Returns:
        Their Indel similarity and these words; None where it is low, or what differs makes them another prompt.
    """
    prompt = prompt[:_LONGEST]
    size = len(prompt.encode())
    window = _text(row, max(at - size - 16, 0), at + 2 * size + 16)
    span = window
    if len(window) > len(prompt):
        place = partial_ratio_alignment(prompt, window, score_cutoff=100 * (LEAST - 0.1))
        if place is None:
            return None
        span = _whole_words(window, place.dest_start, place.dest_end)
    similarity = float(Indel.normalized_similarity(prompt, span, score_cutoff=LEAST))
    if not similarity or _another(words_of(prompt), words_of(span)):
        return None
    return similarity, span


def _another(ours: list[str], theirs: list[str]) -> bool:
    """Tell whether the words in which two texts differ make them different questions."""
    if sorted(_numbers(ours)) != sorted(_numbers(theirs)):
        return True
    pairs = swaps(ours, theirs)
    changed = [word for swap in pairs for side in swap for word in side.split()]
    if sorted(word for word in ours if word in NEGATIONS) != sorted(word for word in theirs if word in NEGATIONS):
        return True
    moved = {word for word in changed if changed.count(word) > 1}
    missing = [word for left, _ in pairs for word in left.split() if word not in FREE and word not in moved]
    if len(missing) > max(1, len(ours) // WORDS_PER_CHANGE):
        return True
    if len(ours) >= SHORT_WORDS:
        return False
    # What the row has in the place of a first or last word lies outside of the span.
    edges = bool({ours[0], ours[-1]} & set(missing))
    return edges or any(_content(left, moved) and _content(right, moved) for left, right in pairs)


def _content(words: str, moved: set[str]) -> bool:
    """Tell whether words mean something by themselves and did not merely change their place."""
    return any(word not in FREE and word not in moved for word in words.split())


def _numbers(words: list[str]) -> list[str]:
    return [word for word in words if any(sign.isdigit() for sign in word)]


def _text(row: memoryview, start: int, end: int) -> str:
    """Give a part of a row; half a sign at its ends is left out."""
    return bytes(row[start:end]).decode("utf-8", "ignore")


def _whole_words(text: str, start: int, end: int) -> str:
    """Widen a span to whole words; where words are not parted by spaces, leave it."""
    left, right = text.rfind(" ", 0, start + 1) + 1, text.find(" ", max(end - 1, 0))
    right = len(text) if right < 0 else right
    left = left if abs(left - start) <= _WORD else start
    right = right if abs(right - end) <= _WORD else end
    return text[left:right].strip()
