"""Prompts that rest on a page behind a link that the row does not hold."""

import re

from curate.lint.exchange import LONGEST, Exchange, excerpt, word_count

LITERALS = ("http://", "https://", "www.")
_URL = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"'\])]+", re.IGNORECASE)
_NEEDS = re.compile(
    r"\b(?:summar\w*|describe|analy[sz]e|review|evaluate|critique|rate|read|watch|listen|visit|access|browse"
    r"|explain|identify|classify"
    r"|categori[sz]e|extract|find|determine|name|compare|assess|rewrite|paraphrase|translate|answer|look|use|tell"
    r"|give|write|list|what"
    r"|how|which|who|did|does|is|recogni[sz]e|guess|predict|edit|comment|produce|generate|compose|specify)\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"\b(?:articles?|pages?|webpages?|websites?|web ?sites?|sites?|videos?|songs?|paintings?|photos?|images?"
    r"|pictures?|art\w*|posts?|blogs?|news"
    r"|text|story|passage|documents?|papers?|contents?|trailer|movie|spreadsheet|podcast|piece|dataset|speech"
    r"|poem|recipe|product|listing|profile|figure|clip|study|report|source|sources)\b",
    re.IGNORECASE,
)
# The link itself is the material, or only an example of one.
_ABOUT_LINKS = re.compile(
    r"\b(?:urls?|uris?|domains?|hyperlinks?|protocols?|https?|endpoints?|api|regex\w*|regular expressions?"
    r"|citations?|cite|references?|bookmarks?|html|css|code"
    r"|scripts?|program|functions?|algorithm|parse\w*|encode\w*|decode\w*|shorten\w*|normali[sz]e\w*|valid\w*"
    r"|syntax|crawl\w*|scrap\w+|curl|links? (?:in|from|to))\b",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"\b(?:summar\w+|contents?)\b", re.IGNORECASE)
_FEW_WORDS = 12
_SHORT_TASK = 40


def needs_url(row: Exchange) -> str | None:
    """Find a task about a page, with nothing to work on but its address."""
    material = row.given or row.instruction
    if len(material) > LONGEST:
        return None
    link = _URL.search(material)
    if link is None:
        return None
    # A link behind a text of its own only points further, and an answer that names the address works with it.
    if (not row.given and material[: link.start()].endswith("](")) or link[0].rstrip(".,;:?!") in row.response:
        return None
    task = _URL.sub(" ", row.task)
    if _ABOUT_LINKS.search(task) and not _CONTENTS.search(task):
        return None
    if not (_NEEDS.search(task) and _THING.search(task if not row.given else task + " " + row.given[:200])):
        return None
    words = word_count(_URL.sub(" ", material))
    few = words <= (_FEW_WORDS if row.given else _SHORT_TASK)
    if not few or (not row.given and row.supplied):
        return None
    return excerpt(material, link.start())
