"""Phrases that say one thing in several ways, put in one way before two texts are held against each other."""

import re
from functools import lru_cache

_SAME = (
    (
        (
            r"free of (?:any )?charge|(?:at|with) no (?:extra |additional |further )?(?:cost|charge)s?|for free"
            r"|without (?:any |extra |additional )?(?:charge|cost|payment|fee)s?|for nothing"
        ),
        "free",
    ),
    (r"(?:is|are) gratis|costs? nothing|do(?:es)?(?: not|n['\u2019]t) cost anything", "is free"),
    (r"(?:with)?in(?:side)? the (?:same |home |own )?country|at home and not abroad", "domestic"),
    (
        (
            r"(?:as|so) long as(?= (?:the|a|an|it|they|you|we|he|she|your|its|no|there|all|each)\b)"
            r"|on (?:the )?condition that|provided that|assuming that|in case|in the event that"
        ),
        "if",
    ),
    (r"prior to|in advance of", "before"),
    (r"subsequent to", "after"),
    (r"(?:when|once|as soon as) (?P<what>(?:the )?(?:\w+ ){1,3}?)(?:is|are) over", r"after \g<what>"),
    (r"(?:nobody|no one|none|nothing) (?:but|except|other than|apart from)", "only"),
    (r"with the exception of|apart from|other than(?= [a-z])|except for|save for|excepting", "except"),
    (r"in the absence of", "without"),
    (r"(?:is|are) able to", "can"),
    (r"(?:is|are) (?:unable|not able) to", "cannot"),
    (
        r"takes? (?:precedence|priority) over|(?:has|have) (?:precedence|priority) over|wins? over|prevails? over",
        "override",
    ),
    (r"non profit|not for profit|not-for-profit", "non-profit"),
    (r"carry on|carries on|go on|goes on", "continue"),
    (r"make use of|makes use of", "use"),
    (r"take part in|takes part in", "attend"),
    (r"be in charge of|is in charge of|are in charge of", "is responsible for"),
    (r"next to|close to|alongside|adjacent to", "beside"),
    (r"as well as|along with", "and"),
    (r"no one", "nobody"),
    (r"(?:must|has to|have to|should) (?:stay|remain|be kept) (?:out|outside|away)(?: of| from)?", "may not enter"),
    (r"no longer needs?|no longer needed", "have finished with"),
    (r"on (?:their|your|his|her|its|my|our) own|by (?:themselves|yourself|himself|herself|itself)", "alone"),
    (r"in short|in brief|in summary|to sum up|to summari[sz]e|in a nutshell|in other words", "overall"),
    (r"generally speaking", "overall"),
)
_PATTERNS = tuple(
    (re.compile(rf"\b(?:{pattern})\b".replace(" ", r"\s+"), re.IGNORECASE), put) for pattern, put in _SAME
)
_ASIDE = re.compile(
    r",\s+(?:however|by contrast|in contrast|on the other hand|on the contrary|in turn|of course|therefore|in fact"
    r"|for example|for instance)\s*,",
    re.IGNORECASE,
)
_ANY = re.compile("|".join(re.sub(r"\?P<\w+>", "?:", pattern.pattern) for pattern, _ in _PATTERNS), re.IGNORECASE)


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Put the phrases of a text in one way; a phrase that opens a sentence keeps its capital."""
    text = _ASIDE.sub("", text)  # its commas would part a subject from what is said of it
    if not _ANY.search(text):
        return text
    for pattern, put in _PATTERNS:

        def one(found: "re.Match[str]", put: str = put) -> str:
            new = found.expand(put).strip() if "\\" in put else put
            return new[:1].upper() + new[1:] if found.group()[:1].isupper() else new

        text = pattern.sub(one, text)
    return text
