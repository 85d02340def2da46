"""Where the evidence stands in its document: exactly, in other clothes, or with a slip of the pen."""

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from generate.grounding.fold import Folded, fold
from generate.grounding.polarity import critical, opposed
from schemas import Section, Source

NEAR_QUOTE = 90.0  # rapidfuzz partial ratio of the folded texts from which on a quote is the passage, misremembered

How = Literal["exact", "normalised", "fuzzy"]

_ELLIPSIS = re.compile(r"\s*(?:[\[(]\s*(?:\.{3,}|\u2026)\s*[\])]|\.{3,}|\u2026)\s*")
_AROUND = "\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb \t\r\n"
_INLINE_NUMBER = re.compile(r"(?:(?<=\A)|(?<=[.:;!?]\s))\d{1,2}[.)]\s")  # list marks, where the lines were joined
_MARKS_BEFORE, _MARKS_BEHIND = re.compile(r"[*_`~]+\Z"), re.compile(r"[*_`~]+")
_WORD = re.compile(r"[^\W_](?:[\w.,:/'\u2019-]*[^\W_])?")
_SHORTEST_FUZZY = 12  # folded characters: in fewer a slip may make another word


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where a quote stands.

    Attributes:
        start: Offset of its first character in the document's text.
        end: Offset after its last.
        how: How it was found.
        score: 100, or for a fuzzy match how like the two are, from `NEAR_QUOTE` on.
    """

    start: int
    end: int
    how: How
    score: float


def find_quote(text: str, quote: str, *, start: int = 0, end: int | None = None) -> Found | None:
    """Find a quote in a document's text, of which `text[found.start:found.end]` then is the evidence.

    A quote with an ellipsis is found if its parts are, one after the other; the evidence then spans them. A fuzzy match
    has the quote's own numbers, negations and code names: what differs in one of these is no slip.

    Args:
        text: The document's raw text.
        quote: What the model quoted, from the raw text or from a clean reading of it.
        start: Offset from which to look.
        end: Offset up to which to look; None for the end of the text.
    """
    end = len(text) if end is None else end
    bare = quote.strip(_AROUND)
    if not bare:
        return None
    whole = _find(text, quote, bare, start, end)
    parts = [part for part in _ELLIPSIS.split(bare) if part.strip(_AROUND)]
    if (whole is not None and whole.how != "fuzzy") or (len(parts) < 2 and parts == [bare]):
        return whole
    found: list[Found] = []
    for part in parts:
        one = _find(text, part, part.strip(_AROUND), found[-1].end if found else start, end)
        if one is None:
            return whole
        found.append(one)
    if not found:
        return whole
    worst = min(found, key=lambda one: (one.score, one.how == "exact"))
    return Found(start=found[0].start, end=found[-1].end, how=worst.how, score=worst.score)


def locate(text: str, section: Section) -> Source:
    """Point at a section's text in its document, without the white space around it.

    `text[source.start:source.end] == source.quote` holds by construction.
    """
    whole = text[section.start : section.end]
    start = section.start + len(whole) - len(whole.lstrip())
    end = start + len(whole.strip())
    return Source(document=section.document, section=section.label, start=start, end=end, quote=text[start:end])


def _find(text: str, quote: str, bare: str, start: int, end: int) -> Found | None:
    """Find one unbroken quote: where it breaks no word, exactly and then folded; inside of words; with slips."""
    for exact in (quote, bare):
        place = _bounded(text, exact, start, end)
        if place >= 0:
            return Found(start=place, end=place + len(exact), how="exact", score=100.0)
    here = fold(text[start:end])
    for name in dict.fromkeys(fold(form).text for form in (bare, _INLINE_NUMBER.sub("", bare))):
        low = here.text.find(name) if name else -1
        while low >= 0:
            if here.whole(low, low + len(name)):
                return _found(text, bare, here, (low, low + len(name)), start)
            low = here.text.find(name, low + 1)
    place = text.find(quote, start, end)
    if place >= 0:
        return Found(start=place, end=place + len(quote), how="exact", score=100.0)
    return _fuzzy(text, bare, here, start)


def _bounded(text: str, quote: str, start: int, end: int) -> int:
    """Find a quote exactly, where it breaks no word; -1 if it does not stand there."""
    place = text.find(quote, start, end)
    while place >= 0:
        last = place + len(quote)
        breaks_first = place > start and text[place - 1].isalnum() and quote[0].isalnum()
        if not breaks_first and not (last < end and text[last].isalnum() and quote[-1].isalnum()):
            return place
        place = text.find(quote, place + 1, end)
    return -1


def _fuzzy(text: str, quote: str, here: Folded, start: int) -> Found | None:
    name = fold(quote).text
    if not _SHORTEST_FUZZY <= len(name) <= len(here.text) + len(name) // 10:
        return None
    near = fuzz.partial_ratio_alignment(name, here.text, score_cutoff=NEAR_QUOTE)
    if near is None:
        return None
    low, high = here.words(near.dest_start, near.dest_end)
    found = _found(text, quote, here, (low, high), start, near.score)
    return found if _agree(quote, text[found.start : found.end]) else None


def _agree(quote: str, evidence: str) -> bool:
    """Tell whether nothing but harmless words differs."""
    first, second = (_WORD.findall(re.sub(r"\]\([^()\s]*\)|\\", " ", each)) for each in (quote, evidence))
    own, other = [word.casefold() for word in first], [word.casefold() for word in second]
    for step in Levenshtein.opcodes(own, other):
        if step.tag == "equal":
            continue
        gone, come = own[step.src_start : step.src_end], other[step.dest_start : step.dest_end]
        if fold("".join(gone)).text == fold("".join(come)).text:
            continue
        if any(critical(word) for word in (*gone, *come)) or any(opposed(one, two) for one in gone for two in come):
            return False
        named = [word for word in first[step.src_start : step.src_end] if not word.islower()]
        if step.src_start and named and step.tag == "replace" and not _slips(gone, come):
            return False  # another name, another code
    return True


def _slips(gone: list[str], come: list[str]) -> bool:
    """Tell whether two stretches of words differ by a letter or two of each word."""
    return fuzz.ratio(" ".join(gone), " ".join(come)) >= 75


def _found(
    text: str,
    quote: str,
    here: Folded,
    span: tuple[int, int],
    offset: int,
    score: float | None = None,
) -> Found:
    """Go back to the raw text, and take in the marks that belong to the quote."""
    start, end = (offset + place for place in here.back(*span))
    before = _MARKS_BEFORE.search(text, max(offset, start - 3), start)
    if before and text.count(before.group(), start, end) % 2:
        start = before.start()
    behind = _MARKS_BEHIND.match(text, end)
    if behind and text.count(behind.group(), start, end) % 2:
        end = behind.end()
    if quote[-1] in ".!?:;)" and text.startswith(quote[-1], end):
        end += 1
    how: How = "normalised" if score is None else "fuzzy"
    return Found(start=start, end=end, how=how, score=100.0 if score is None else score)
