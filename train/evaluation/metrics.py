"""How close an answer is to the gold one, and how sure a difference between two models is."""

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DRAWS = 2_000
_CHUNK = 1 << 22


class Interval(NamedTuple):
    """A mean and the interval that holds 95 % of its bootstrap means."""

    mean: float
    low: float
    high: float


def squad_words(text: str) -> list[str]:
    """Give the words of a text as SQuAD compares them: lower case, without punctuation and articles."""
    return _ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split()


def exact_match(answer: str, gold: str) -> float:
    """Give 1 where both texts have the same words in the same order, as SQuAD compares them."""
    return float(squad_words(answer) == squad_words(gold))


def token_f1(answer: str, gold: str) -> float:
    """Give the F1 of the words that both texts share, each as often as both have it (SQuAD)."""
    ours, theirs = squad_words(answer), squad_words(gold)
    if not ours or not theirs:
        return float(ours == theirs)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs))


def chrf(answer: str, gold: str) -> float:
    """Give chrF as sacrebleu does: the F-score of shared character n-grams, 0 to 100. Two empty texts agree."""
    from sacrebleu.metrics import CHRF  # type: ignore[attr-defined,unused-ignore]  # it re-exports without saying so

    if not answer.strip() or not gold.strip():
        return 100.0 if answer.strip() == gold.strip() else 0.0
    return float(CHRF().sentence_score(answer, [gold]).score)


def bootstrap(
    values: Sequence[float], weights: Sequence[float] | None = None, *, seed: int, draws: int = _DRAWS
) -> Interval:
    """Give the mean of `values`, weighted where weights are given, and its 95 % bootstrap interval over rows.

    Handing in the differences of two models on the same rows makes the interval a paired one.
    """
    over = np.asarray(values, np.float64)
    by = np.ones(len(over)) if weights is None else np.asarray(weights, np.float64)
    if not len(over) or not by.sum():
        return Interval(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    means: list[npt.NDArray[np.float64]] = []
    step = max(1, _CHUNK // len(over))
    for start in range(0, draws, step):
        picked = random.integers(0, len(over), (min(step, draws - start), len(over)))
        sums = by[picked].sum(axis=1)
        means.append((over * by)[picked].sum(axis=1)[sums > 0] / sums[sums > 0])
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return Interval(float((over * by).sum() / by.sum()), float(low), float(high))
