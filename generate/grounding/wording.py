"""Whether an answer fits its question by its wording, whatever the passage says."""

import re

from rapidfuzz import fuzz

from generate.answers import WORD
from generate.grounding.sentences import sentences
from generate.grounding.words import content_stems
from generate.rejection import Rejection
from schemas import normal

SAME = 90.0  # rapidfuzz ratio of two normal forms from which on an answer is its question

_YES_NO = re.compile(r"\W*(?:yes|no)\b(?!\s+(?:one|more|less|longer|later|fewer)\b)", re.IGNORECASE)
_ASKS_MORE = re.compile(r"\W*(?:what|who|whom|whose|which|when|where|why|how)\b", re.IGNORECASE)
_TEXT = r"(?:the|this|that|given|provided) (?:passage|text|excerpt|paragraph|snippet|context)"
_OF_THE_TEXT = re.compile(
    rf"\b(?:in|from|per|by|on|of|according to|based on) {_TEXT}\b|\b{_TEXT} (?:\w+ly )?(?:say|state|mention|describe"
    r"|explain|give|list|tell|note|do|is|was)\w*\b|\b(?:mentioned|described|stated|listed|shown) (?:above|below)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*\W*(?:question|answer|quote|q|a)\W*:", re.IGNORECASE | re.MULTILINE)
_LOOP_WORDS, _LOOP_ROUNDS = 5, 3


def check_wording(question: str, answer: str) -> Rejection | None:
    """Judge whether an answer reads as one to its question.

    Args:
        question: What was asked; may be an order.
        answer: What is answered.
    """
    asked, told = normal(question), normal(answer)
    if fuzz.ratio(asked, told) >= SAME:
        return Rejection("repeats_question", answer[:200])
    found = _OF_THE_TEXT.search(answer) or _LABEL.search(answer)
    if found:
        return Rejection("dangling_reference", found.group().strip())
    said = [normal(sentence) for sentence in sentences(answer)]
    if _loops(WORD.findall(told)) or len(set(said)) < len(said):
        return Rejection("repetitive", answer[:200])
    if not _ASKS_MORE.match(question):
        return None
    if _YES_NO.match(answer):
        return Rejection("yes_or_no", f"{answer[:80]} - the question asks for more")
    own = content_stems(answer)
    if own and own <= content_stems(question):
        return Rejection("says_nothing_new", "every word of the answer stands in the question")
    return None


def _loops(words: list[str]) -> bool:
    """Tell whether a run of words comes again and again."""
    runs = [tuple(words[place : place + _LOOP_WORDS]) for place in range(len(words) - _LOOP_WORDS + 1)]
    return any(runs.count(run) >= _LOOP_ROUNDS for run in set(runs)) if len(runs) > len(set(runs)) + 1 else False
