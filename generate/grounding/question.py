"""Whether a question is grounded in its passage.

Every rule is a plain look at the text, costs no model call and says what it found. Whether the passage answers the
question in the sense of its meaning is not judged here; that is left to a judge stage of `curate`.
"""

import re

from rapidfuzz import fuzz

from generate.answers import WORD
from generate.candidates import Candidate
from generate.grounding.words import STOP, stem
from generate.rejection import Rejection
from schemas import normal

LOW_WORDS, HIGH_WORDS = 4, 40  # of a question
LOW_FOLLOWING = 2  # words of one that goes on from what was said before
LARGEST_FOREIGN_SHARE = 0.5  # of a question's content words, that neither passage nor headings hold

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"`([^`]+)`"  # set as code
    r"|(?<![\w-])(--?[a-z][\w-]+)"  # an option
    r"|\b(\w+_\w[\w.]*|\w\w+(?:\.\w\w+)+|\w+\(\)|[a-z]+[A-Z]\w*|[A-Z][A-Z\d]+)\b"  # a_b, a.b, a(), aB, AB
)
_MARKUP = re.compile(
    r"```|\*\*|^#|###|(?<!\w)\[|\]\(|[{}]{2}|\{%|<\|?/?\w|\\n|\b(?:system|user|assistant|answer|question)\s*:",
    re.IGNORECASE,
)
_TEXT = r"(?:text|passage|section|paragraph|excerpt|snippet|document|context|prompt|article)s?"
_TELLS = (
    r"(?:say|mention|describe|state|discuss|explain|provide|suggest|recommend|refer|talk|about|answer|give|tell|cover)"
)
_TO_TEXT = (
    rf"\b(?:the )?(?:above|following|given|provided|mentioned) {_TEXT}\b"
    rf"|\b(?:in|from|per|to|on|by|of) the {_TEXT}\b(?! \w+ing\b)"
    rf"|\b(?:does|do|did|is|was) the {_TEXT} {_TELLS}"
    r"|\b(?:mentioned|described|listed|stated|shown|written|discussed|given) (?:above|below|here)\b"
    r"|\b(?:the|that|next|my|your) (?:question|answer)\b"
)
_DANGLING = re.compile(
    r"\b(?:this|these|those)\b(?! (?:year|quarter|month|week|day|morning|time|kind|sort|way)\b)"
    rf"|\baccording to (?:it|him|her|them)\b|{_TO_TEXT}",
    re.IGNORECASE,
)
_DANGLING_LATER = re.compile(rf"\b(?:this|these|those) {_TEXT}\b|{_TO_TEXT}", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_SAME = re.compile(r"\b(?:difference|relationship|connection) between (.+?) and (.+?)\?", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:what|how|which|who|when|where|why|is|are|do|does|can|should|the)\b", re.IGNORECASE)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|no|dr|mr|mrs|ms|st|inc|u\.s|d\.c|approx|dept)|\b[A-Z])\.$", re.IGNORECASE
)


def check_question(question: str, candidate: Candidate, *, task: bool = False) -> Rejection | None:
    """Judge whether a user could ask this, and whether it is about the passage.

    Args:
        question: What the user would say.
        candidate: The section that is to answer it.
        task: Whether an order ("List the ...") is as good as a question, and two sentences as good as one.
    """
    return check_form(question, task=task) or _ground(question, candidate)


def check_follow_up(question: str, given: str) -> Rejection | None:
    """Judge a later turn of a conversation: it may be short and speak of what was said, but bring in nothing new.

    Args:
        question: What the user would say.
        given: The passages and the talk so far.
    """
    return (
        check_form(question, task=True, follows=True)
        or _foreign_number(question, given)
        or _foreign_identifier(question, given.casefold())
    )


def check_form(question: str, *, task: bool = False, follows: bool = False) -> Rejection | None:
    """Judge whether a user could ask this, whatever it is about.

    Args:
        question: What the user would say.
        task: Whether an order is as good as a question, and two sentences as good as one.
        follows: Whether it goes on from what was said before, so that two words are enough and may point back.
    """
    if not task and not question.endswith(("?", "\uff1f", "\u061f")):  # also full-width and Arabic
        return Rejection("not_a_question", question[:200])
    words = WORD.findall(question)
    least = LOW_FOLLOWING if follows else LOW_WORDS
    if not least <= len(words) <= HIGH_WORDS:
        return Rejection("question_length", f"{len(words)} words, not {least}..{HIGH_WORDS}")
    own = _QUOTED.sub('""', question)  # what it quotes may be as it likes
    if "\n" in question or _sentences(own) > (2 if task else 1):
        return Rejection("several_sentences", question[:200])
    found = _MARKUP.search(question)
    if found:
        return Rejection("markup", found.group())
    found = (_DANGLING_LATER if follows else _DANGLING).search(own)
    if found:
        return Rejection("dangling_reference", found.group())
    same = _SAME.search(question)
    if _loops(WORD.findall(own.lower())) or (same and _alike(same.group(1), same.group(2))):
        return Rejection("repetitive", question[:200])
    return None


def _ground(question: str, candidate: Candidate) -> Rejection | None:
    """Hold the question against the passage and its headings."""
    given = "\n".join((candidate.passage, *candidate.headings))
    if normal(question) == normal(candidate.passage):
        return Rejection("copies_answer")
    content = [word for word in WORD.findall(question) if re.split("['\u2019]", word.lower())[0] not in STOP]
    if not content:
        return Rejection("no_content_word", question[:200])
    known = {stem(word) for word in WORD.findall(given.lower())}
    foreign = [word for word in content if stem(word.lower()) not in known]
    if len(foreign) == len(content):
        return Rejection("off_topic", "shares no content word with the passage or its headings")
    return (
        _foreign_number(question, given)
        or _foreign_identifier(question, given.casefold())
        or (_foreign_words(question, content, foreign) if _ENGLISH.search(question) else None)
    )


def _foreign_number(question: str, given: str) -> Rejection | None:
    known = set(_NUMBER.findall(given))
    for number in _NUMBER.findall(question):
        if number not in known and not _spelled(number, given):
            return Rejection("foreign_number", number)
    return None


def _foreign_identifier(question: str, given: str) -> Rejection | None:
    for found in (*_URL.finditer(question), *_IDENTIFIER.finditer(question)):
        name = next((group for group in found.groups() if group), found.group()).rstrip(".,;:?")
        if name.casefold() not in given:
            return Rejection("foreign_identifier", name)
    return None


def _foreign_words(question: str, content: list[str], foreign: list[str]) -> Rejection | None:
    """Look for names and too many words that are not in the passage; in English only, whose stop words we know."""
    names = [word for word in foreign if word[0].isupper() and not question.lstrip("\"'\u201c").startswith(word)]
    if names:
        return Rejection("foreign_name", names[0])
    if len(foreign) > LARGEST_FOREIGN_SHARE * len(content):
        return Rejection("off_topic", f"neither in the passage nor in its headings: {', '.join(foreign)}")
    return None


def _sentences(text: str) -> int:
    """Count sentences: ends of sentence with a capital or nothing behind them, abbreviations left out."""
    ends = list(re.finditer(r"[.!?]+(?=[\"”)]?\s+[\"“(]?[A-Z0-9]|$)", text))
    return sum(not _ABBREVIATION.search(text[: found.end()]) or found.end() == len(text) for found in ends)


def _alike(first: str, second: str) -> bool:
    """Tell whether two things that are compared are one."""
    return fuzz.ratio(normal(re.sub(r"^(?:the|an?)\s", "", first)), normal(re.sub(r"^(?:the|an?)\s", "", second))) >= 90


def _loops(words: list[str]) -> bool:
    """Tell whether any three words come three times, or the same word three times running."""
    threes = [tuple(words[place : place + 3]) for place in range(len(words) - 2)]
    return any(threes.count(three) > 2 or len(set(three)) == 1 for three in threes)


_SPELLED = dict(enumerate("zero one two three four five six seven eight nine ten eleven twelve".split()))  # noqa: SIM905


def _spelled(number: str, text: str) -> bool:
    """Tell whether a small number stands in the text as a word."""
    word = _SPELLED.get(int(number)) if number.isascii() and number.isdigit() else None
    return word is not None and re.search(rf"\b{word}\b", text, re.IGNORECASE) is not None
