"""What counts as a step of evolution: the operations, and the rules of elimination (WizardLM, arXiv:2304.12244)."""

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

from generate.answers import WORD
from generate.grounding.words import STOP, content_stems
from generate.rejection import Rejection
from schemas import normal

DEPTH: Mapping[str, str] = {
    "constraint": "Add one more condition to it: a case, a role, an amount, a date or an exception that the passage "
    "speaks of.",
    "deepen": "Have it ask further into the same matter: not only what holds, but also how, why, for whom or when not.",
    "concrete": "Put something specific that the passage names in the place of something general.",
    "reasoning": "Word it so that a single sentence of the passage is not enough and the answer needs several steps: "
    "putting facts together, comparing them, or applying a rule to a case.",
}
"""How a question is made deeper, in the words of the prompt."""
BREADTH = "breadth"
OPERATIONS = (*DEPTH, BREADTH)

SAME = 97.0  # rapidfuzz ratio of two normal forms from which on the words are the same but for a slip
SHORT_ANSWER = 80  # words below which an answer that says sorry is an excuse

_COPIED = re.compile(r"#?\b(?:given|rewritten|created) (?:prompt|question|instruction)\b#?", re.IGNORECASE)
_UNANSWERABLE = re.compile(r"\W*not[ _-]?answerable\b", re.IGNORECASE)
_SORRY = re.compile(r"\bsorry\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_LABEL = re.compile(r"^(?:[*_#>\s]*(?:question|new wording|q)\W*:[*_\s]*)+", re.IGNORECASE)
_WRAP = "\"'`*_“”‘’«» "  # noqa: RUF001 - the signs are meant


def read_evolved(text: str) -> str:
    """Take the first paragraph of an answer, on one line and without what models put around it."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if _LABEL.sub("", part).strip(_WRAP)]
    line = " ".join(_LABEL.sub("", paragraphs[0]).split()) if paragraphs else ""
    bare = line.strip(_WRAP)
    return line if bare.count('"') % 2 or bare.count("`") % 2 else bare


def check_evolved(question: str, parent: str, *, most_words: int) -> Rejection | None:
    """Say why an evolved question is eliminated, by its words alone.

    Args:
        question: The evolved one.
        parent: The one that it was made of.
        most_words: Words that it may have.
    """
    if not question:
        return Rejection("no_answer", "the model wrote nothing")
    if is_unanswerable(question):
        return Rejection("unanswerable", "the model found no such question in the passage")
    copied = _COPIED.search(question)
    if copied:
        return Rejection("prompt_words", copied.group())
    words = len(WORD.findall(question))
    if words > most_words:
        return Rejection("too_long", f"{words} words, not up to {most_words}")
    return Rejection("no_gain", parent) if _adds_nothing(question, parent) else None


def check_reply(answer: str) -> Rejection | None:
    """Say why an answer shows that its question was no good."""
    if is_unanswerable(answer):
        return Rejection("unanswerable", "the passage does not answer it")
    if _SORRY.search(answer) and len(answer.split()) < SHORT_ANSWER:
        return Rejection("sorry", answer[:200])
    words = WORD.findall(answer)
    if all(word.lower() in STOP for word in words) and not _NUMBER.search(answer):
        return Rejection("only_stop_words", answer[:200])
    return None


def is_unanswerable(text: str) -> bool:
    """Tell whether a model says that the passage holds no answer."""
    return _UNANSWERABLE.match(text) is not None


def says_equal(text: str) -> bool:
    """Tell whether a model finds two questions equal."""
    found = re.search(r"\b(not[ _-]*)?equal\b", text, re.IGNORECASE)
    return found is not None and found[1] is None


def _adds_nothing(question: str, parent: str) -> bool:
    """Tell whether a question has no word and no number of weight that its parent has not."""
    if fuzz.ratio(normal(question), normal(parent)) >= SAME:
        return True
    stems = content_stems(question)
    return stems <= content_stems(parent) and set(_NUMBER.findall(question)) <= set(_NUMBER.findall(parent))
