"""How close an answer is to the gold one."""

import re
import string
from collections import Counter

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


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
