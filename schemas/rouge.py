"""ROUGE-L: how much of a text stands in another in the same order (Lin 2004)."""

import re

_TOKEN = re.compile(r"[a-z0-9]+")


def rouge_tokens(text: str) -> list[str]:
    """Split into the tokens of the `rouge-score` package without stemming: lower-case runs of a-z and 0-9."""
    return _TOKEN.findall(text.lower())


def rouge_l(prediction: str, reference: str) -> float:
    """Give the ROUGE-L F-measure of two texts, 0 to 1, with the same value as `rouge-score` gives."""
    from rapidfuzz.distance import LCSseq

    ours, theirs = rouge_tokens(prediction), rouge_tokens(reference)
    if not ours or not theirs:
        return 0.0
    common = LCSseq.similarity(ours, theirs)
    precision, recall = common / len(ours), common / len(theirs)
    return 2 * precision * recall / (precision + recall) if common else 0.0
