"""What kind of heading it is, and how it reads inside a sentence."""

import re
from collections import Counter
from functools import lru_cache
from typing import Literal, NamedTuple

from generate.heading_words import (
    AFTER_A_VERB,
    ASKING,
    FINITE,
    GENERAL,
    NO_GERUNDS,
    NOUNS_TOO,
    OPENERS,
    SPEAK_OF_ALL,
    VERBS,
)

Form = Literal["question", "steps", "gerund", "topic", "general", "quoted"]

_ATTRIBUTES = re.compile(r"\{[:#.%][^}]*\}")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])?")
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)|<[^>]+>|:[a-z_]+:")
_NUMBER = re.compile(
    r"^(?:(?:step|part|chapter|section|appendix)\s+\d+\s*[:.\u2013\u2014-]\s*|\d+(?:\.\d+)*[.):]?\s+(?=\D))",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"\b(?:guide|handbook|manual|policy|policies|page|faq|faqs|documentation|docs|overview|plan|checklist|reference|glossary|"
    r"program|process|guidelines|guidance|agreement|charter|report|tutorial|specification|standard|standards|handout|rules|"
    r"notes|instructions|playbook|agenda|template|form|list|primer|toolkit)$",
    re.IGNORECASE,
)
_POINTING = re.compile(r"^(?:the|an?|our|your|my|its|this|these|how|what|when|where|why|who|\w+ing)\b", re.IGNORECASE)
_TO = {
    "how": "How do I",
    "what": "What should I",
    "when": "When should I",
    "where": "Where do I",
    "who": "Who should I",
}
_MINE = (
    ("yourself", "myself"),
    ("yours", "mine"),
    ("your", "my"),
    ("you are", "I am"),
    ("you['\u2019]re", "I'm"),
    ("you", "I"),
)
# Single words that read well without an article; the others are quoted ("What is said under \"Laptop\"?").
_BARE_NOUN = (
    "s",
    "tion",
    "sion",
    "ment",
    "ity",
    "ness",
    "ship",
    "ance",
    "ence",
    "ing",
    "cy",
    "ware",
    "age",
    "ure",
    "al",
)


class Heading(NamedTuple):
    """A heading ready for use.

    Attributes:
        form: What it reads like.
        text: It without markup and number, as it reads inside a sentence.
    """

    form: Form
    text: str


def plain(heading: str) -> str:
    """Take markup, attributes, pictograms and numbering off a heading."""
    text = _MARKS.sub("", _LINK.sub(r"\1", _ATTRIBUTES.sub("", heading)))
    text = "".join(
        sign for sign in text if sign.isprintable() and ord(sign) < 0x1F000 and not 0x2190 <= ord(sign) < 0x2C00
    )
    text = " ".join(text.replace("\\", "").split())
    return _NUMBER.sub("", text).strip(" -\u2013\u2014#") or text.strip(" #")


def read_heading(heading: str, text: str) -> Heading:
    """Tell what a heading is; `text` is its document's, whose own use of the words decides on their capitals."""
    name = plain(heading)
    words = [_bare(word) for word in name.split()]
    if not words:
        return Heading("general", "")
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in _TO and second == "to" and len(words) > 2:
        rest = _of_myself(_inside(" ".join(name.rstrip(".:?!").split()[2:]), text))
        return Heading("steps", rest) if first == "how" else Heading("question", f"{_TO[first]} {rest}?")
    if name.endswith("?") and first in ASKING and len(words) > 2:
        return Heading("quoted" if {"this", "that", "these", "those"} & set(words) else "question", name)
    called = name.rstrip("?:. ")
    if all(word in GENERAL or word.isdigit() for word in words):
        return Heading("general", called)
    inside = _of_myself(_inside(called, text))
    if _is_long(name, words):
        return Heading("quoted", called)
    if first in VERBS and len(words) > 1 and (first not in NOUNS_TOO or second in AFTER_A_VERB):
        return Heading("steps", inside[0].lower() + inside[1:])
    if first.endswith("ing") and len(first) > 4 and first not in NO_GERUNDS and len(words) > 1:
        return Heading("gerund", inside[0].lower() + inside[1:])
    if _is_sentence(words) or (len(words) == 1 and inside.islower() and not inside.endswith(_BARE_NOUN)):
        return Heading("quoted", called)
    if second in {"of", "for"} and not first.endswith("s") and not _POINTING.match(inside):
        inside = f"the {inside}"
    return Heading("topic", inside)


def is_about(heading: str) -> bool:
    """Tell whether a general heading stands over what the whole document is about."""
    return any(_bare(word) in SPEAK_OF_ALL for word in plain(heading).split())


def document_name(title: str) -> str:
    """Name a document inside a sentence: `the Gateway guide`, or its title in quotation marks."""
    name = re.sub(r"(?<![A-Z])[.:;!]+$", "", plain(title))
    if _DOCUMENT.search(name) and not _POINTING.match(name):
        return f"the {name}"
    return '"' + name.replace('"', "'") + '"'


def _is_long(name: str, words: list[str]) -> bool:
    """Tell whether a heading is several sentences, an announcement, or too long to stand inside another sentence."""
    return len(words) > 12 or re.search(r"[!:;]$|[.!?:;]\s", name) is not None


def _is_sentence(words: list[str]) -> bool:
    """Tell whether a heading is a sentence or half of one."""
    return words[0] in OPENERS or words[0] in ASKING or any(word in FINITE for word in words)


def _bare(word: str) -> str:
    return word.strip(".,:;!?()[]\"'\u201c\u201d\u2018\u2019").lower()


def _of_myself(text: str) -> str:
    """Let the reader speak of himself: `your profile` becomes `my profile`."""
    for theirs, mine in _MINE:
        text = re.sub(rf"\b{theirs}\b", mine, text, flags=re.IGNORECASE)
    return text


def _inside(name: str, text: str) -> str:
    """Lower the first letters of words that are no names: how the document writes them itself decides."""
    small, capital = _spellings(text)
    words = name.split(" ")
    simple = [place for place, word in enumerate(words) if re.match(r"[A-Z][a-z]+(?![A-Za-z])", word)]
    seen = {}
    for place in simple:
        letters = re.match("[A-Za-z]+", words[place])
        word = letters.group() if letters else ""
        seen[place] = small[word.lower()] - capital[word]
    if sum(word[:1].isupper() for word in words) > 1 and all(word[:1].isupper() for word in words if len(word) > 3):
        proven = any(seen.values()) and min(seen.values()) >= 0
        lowered = simple if proven else []  # Every Word Has A Capital: all or none
    else:
        lowered = [place for place in simple if seen[place] > 0 or (place == 0 and seen[place] == 0)]
    for place in lowered:
        words[place] = words[place][0].lower() + words[place][1:]
    return " ".join(words)


@lru_cache(maxsize=4)
def _spellings(text: str) -> tuple[Counter[str], Counter[str]]:
    """Count a text's words in small letters, and those with a capital that no sentence asks for; headings aside."""
    body = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return Counter(re.findall(r"\b[a-z]+\b", body)), Counter(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+\b", body))
