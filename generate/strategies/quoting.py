"""Passages side by side, and quotes from them."""

from collections.abc import Iterable

from generate.candidates import Candidate
from generate.grounding import find_quote
from schemas import Source


def joined(candidates: Iterable[Candidate]) -> str:
    """Put passages below one another, each under its headings."""
    return "\n\n".join(f"# {each.whereabouts}\n\n{each.passage}" for each in candidates)


def quoted(quote: str, candidate: Candidate) -> Source | None:
    """Point at a quote in the section that it was copied from; None where it does not stand there."""
    text, section = candidate.document.text, candidate.section
    found = find_quote(text, quote, start=section.start, end=section.end)
    return None if found is None else stretch(candidate, found.start, found.end)


def stretch(candidate: Candidate, start: int, end: int) -> Source:
    """Point at a stretch of a candidate's document."""
    section = candidate.section
    quote = candidate.document.text[start:end]
    return Source(document=section.document, section=section.label, start=start, end=end, quote=quote)
