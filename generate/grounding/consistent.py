"""Whether an answer agrees with itself: `three rooms, A and B`, `45 minutes, that is an hour and a half`."""

import re
from itertools import pairwise

from generate.grounding.numbers import quantities
from generate.rejection import Rejection

_EQUATES = re.compile(
    r"\s*[,(=]*\s*(?:that is|that's|i\.e\.|which (?:is|equals|makes|means)|meaning|in other words"
    r"|equal to|equivalent to|=)"
    r"\s*(?:about|roughly|around)?\s*,?\s*\Z",
    re.IGNORECASE,
)
_WORDS = {
    word: value for value, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine"], 2)
}
_COUNT = "|".join(_WORDS)
_OPENED = re.compile(
    rf"\b(?P<count>{_COUNT})\s(?P<noun>(?:[\w-]+\s){{0,2}}[\w-]+s)\b"
    r"[^.;:,]*(?::|,?\s(?:namely|i\.e\.,?))\s(?P<list>[^.;:()]+)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    rf"\b(?P<count>{_COUNT}) of (?:the|its|our) (?:\w+ )?[\w-]+, "
    r"(?P<list>[^.;:,()]+(?:, [^.;:,()]+)*? and [^.;:,()]+), ",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*,\s*(?:and|or)\s+|\s*,\s*|\s+(?:and|or)\s+")
_APART = re.compile(r"\s*(?:\w+\s+)?(?:more|less|later|earlier|longer|shorter|higher|lower|extra)\b", re.IGNORECASE)
_CLOSE = 0.06  # share by which two sizes that are said to be one may differ, for the sake of rounding


def inconsistent(text: str) -> Rejection | None:
    """Look for a count that its list belies, and two sizes said to be one that are not."""
    for pattern in (_OPENED, _SPOKEN):
        for found in pattern.finditer(text):
            members = _BETWEEN.split(found.group("list").strip())
            count = _WORDS[found.group("count").lower()]
            if 2 <= len(members) != count and all(0 < len(member.split()) <= 2 for member in members):
                return Rejection("foreign_number", f"{found.group('count')}, not {len(members)}: {found.group('list')}")
    told = quantities(text)
    for one, two in pairwise(told):
        same = one.dimension and one.dimension == two.dimension and not one.per and not two.per
        said = _EQUATES.fullmatch(text[one.end : two.start]) and not _APART.match(text, two.end)
        if same and said and abs(one.size - two.size) > _CLOSE * one.size:
            return Rejection("foreign_number", f"{one.text} is not {two.text}")
    return None
