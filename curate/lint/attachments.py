"""Prompts that rest on a file that the row does not hold."""

import re

from curate.lint.exchange import Exchange, excerpt

LITERALS = ("attach", "enclosed", "uploaded", "audio", "recording", "screenshot", "video")
_THING = (
    r"(?:file|document|image|picture|photo|photograph|pdf|spreadsheet|table|chart|graph|report|article|text|excerpt|code"
    r"|dataset|data|resume|screenshot|audio|recording|video|clip|diagram|figure|map|slides?|presentation|csv|log)s?"
)
_FILE = re.compile(
    rf"\b(?:the|this|that|these|an?|my) (?:attached|enclosed|uploaded) (?:\w+ ){{0,2}}?{_THING}\b"
    rf"|\b{_THING} (?:that (?:is|was|are) |which (?:is|was|are) |is |are )?(?:attached|enclosed|uploaded)\b"
    r"|\b(?:see|in|from|using) (?:the )?attach(?:ed|ments?)\b"
    rf"|\bI(?:['\u2019]ve| have)? (?:attached|uploaded|enclosed)\b",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"\b(?:this|the (?:given|following|provided|above|below)) (?:\w+ ){0,2}?(?:audio|recording|screenshot|video"
    r"|clip|podcast)\b(?! (?:title|game|script|description|transcript|idea)s?)",
    re.IGNORECASE,
)
# A letter that speaks of its own enclosures, and code that handles files.
_OTHER = re.compile(
    r"\b(?:compose|draft|e-?mails?|letters?|notes?|sentences?|translate|how (?:do|to|can)|code|script|function"
    r"|program|form|website|app|application|policy|phrase|word|headline|title|quote|song|tweet|caption)\b",
    re.IGNORECASE,
)
_STAND_IN = re.compile(r"\A[\[<(][^\]>)\n]{0,120}[\]>)]\.?\Z")


def needs_attachment(row: Exchange) -> str | None:
    """Find a task on an attached file, or on a recording, that came with no text to work on."""
    stands_in = bool(row.given) and _STAND_IN.match(row.given.strip()) is not None
    if (row.supplied and not stands_in) or _OTHER.search(row.task):
        return None
    # Text behind the sentence that speaks of the file may be the file.
    if len(row.task) > 400 or "\n" in row.task.strip():
        return None
    found = _FILE.search(row.task) or _MEDIA.search(row.task)
    return None if found is None else excerpt(row.instruction, found.start())
