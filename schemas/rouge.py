"""ROUGE-L: how much of a text stands in another in the same order (Lin 2004)."""

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"[a-z0-9]+")


def rouge_tokens(text: str) -> list[str]:
    """Split into the tokens of the `rouge-score` package without stemming: lower-case runs of a-z and 0-9."""
    return _TOKEN.findall(text.lower())


def rouge_l(prediction: str, reference: str) -> float:
    """Give the ROUGE-L F-measure of two texts, 0 to 1, with the same value as `rouge-score` gives."""
    return tokens_rouge_l(rouge_tokens(prediction), rouge_tokens(reference))


def tokens_rouge_l(ours: Sequence[str] | Sequence[int], theirs: Sequence[str] | Sequence[int]) -> float:
    """Give the same of two texts in tokens, or in numbers that stand for tokens."""
    from rapidfuzz.distance import LCSseq

    return f_measure(LCSseq.similarity(ours, theirs), len(ours), len(theirs)) if ours and theirs else 0.0


def f_measure(common: int, ours: int, theirs: int) -> float:
    """Give the F-measure of two lengths and what they have in common, in the order of operations of `rouge-score`."""
    if not common:
        return 0.0
    precision, recall = common / ours, common / theirs
    return 2 * precision * recall / (precision + recall)
