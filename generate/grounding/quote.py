"""Where the evidence stands in its document."""

from schemas import Section, Source


def locate(text: str, section: Section) -> Source:
    """Point at a section's text in its document, without the white space around it.

    `text[source.start:source.end] == source.quote` holds by construction.
    """
    whole = text[section.start : section.end]
    start = section.start + len(whole) - len(whole.lstrip())
    end = start + len(whole.strip())
    return Source(document=section.document, section=section.label, start=start, end=end, quote=text[start:end])
