"""Whether a quantity is borne out by a passage: it stands there, or is a count, a sum or a share of what does."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import root
from generate.grounding.numbers import Quantity
from generate.grounding.units import MONEY, TIME_UNITS
from generate.grounding.words import STOP

_SUM = re.compile(r"\b(?:total|together|altogether|sum|in all|difference|combined)\b", re.IGNORECASE)
_APART = re.compile(r"\s*(?:\w+\s+)?(?:more|less|later|earlier|longer|shorter|higher|lower)\b", re.IGNORECASE)
_LIMITED = re.compile(r"\b(?:than|least|most|up to|within|after|under|over|below|above)\s*\Z", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|another|additional|further|extra|plus|minus)\s*\Z", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more|less|extra|additional|later|earlier)\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|just|bit|under|over|some|close to)\b", re.IGNORECASE
)
_CLOSE = 1e-6


def near(first: float, second: float) -> bool:
    """Tell whether two sizes are one but for rounding."""
    return abs(first - second) <= _CLOSE * max(1.0, abs(first), abs(second))


def same(own: Quantity, other: Quantity, evidence: Evidence) -> bool:
    """Tell whether the passage's quantity bears out the answer's."""
    if own.per and other.per:
        if (own.per < 0) != (other.per < 0):
            return False
        return alike(own, other) and near(own.size * abs(other.per), other.size * abs(own.per))
    if own.per and other.every:
        return near(own.value * other.size, abs(own.per)) and (own.per < 0) == (other.dimension == "months")
    if other.loose and not other.dimension and not other.per and own.text.lower() not in {"one", "once"}:
        return False
    if own.per and not (own.dimension or (own.noun and root(own.noun) == root(other.noun))):
        return False
    if own.per and not any(
        _per_known(own.per, name, unit) and name in evidence.given for name, unit in TIME_UNITS.items()
    ):
        return False
    if own.dimension and other.label:
        return False
    if own.dimension and other.dimension:
        return alike(own, other) and near(own.size, other.size)
    if not near(own.value, other.value):
        return False
    if own.dimension and not other.dimension:
        return not _counts(other) or root(other.noun) == root(own.noun) or own.dimension in {"characters", "words"}
    if other.dimension and _counts(own) and not own.noun.startswith("degree"):
        return own.noun in other.text or (root(own.noun) not in evidence.known and own.noun != "times")
    return True


def _per_known(per: float, name: str, unit: tuple[str, float]) -> bool:
    return (unit[0] == "months") == (per < 0) and unit[1] == abs(per) and len(name) > 2


def _counts(one: Quantity) -> bool:
    """Tell whether the word behind a number is what it counts."""
    return bool(one.noun) and one.noun.isalpha() and len(one.noun) > 2 and one.noun not in STOP and one.noun != "time"


def alike(own: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities may measure one thing."""
    if own.dimension == other.dimension or not own.dimension or not other.dimension:
        return True
    return "cents" in {own.dimension, other.dimension} and {own.dimension, other.dimension} <= MONEY


def follows(own: Quantity, found: tuple[Fact, ...], sentence: str, evidence: Evidence) -> bool:
    """Tell whether a quantity is a count, a sum, a difference or a share of what stands in the passage."""
    limit = _LIMITED.search(sentence, 0, own.start) is not None
    named = own.text.isalpha() or (own.noun and own.noun not in STOP)
    if not own.dimension and not limit and named and counted(own, evidence):
        return True
    told = [fact.quantity for fact in found if fact.quantity is not None and fact.quantity is not own]
    if own.dimension and any(one.dimension == own.dimension and near(one.size, own.size) for one in told):
        return True
    about = _ABOUT.search(sentence, 0, own.start) is not None
    if about and any(one.dimension == own.dimension and abs(one.size - own.size) <= 0.2 * own.size for one in told):
        return True
    strong = bool(_SUM.search(sentence) or _APART.match(sentence, own.end) or _BY.search(sentence, 0, own.start))
    added = {fact.quantity for read in evidence.reads for fact in read.facts if _adds(fact, read.piece.text)}
    for numbers in _grouped(evidence):
        like = [
            one
            for one in numbers
            if one.dimension == own.dimension or (not one.dimension and own.dimension == "months")
        ]
        for one, two in pairwise(like) if strong else combinations(like, 2):
            bare = not one.dimension
            backing = [part for part in (one, two) if any(same(other, part, evidence) for other in told)]
            backed = strong or len(backing) == 2 or (not bare and backing and (one in added or two in added))
            first, second, goal = (one.value, two.value, own.value) if bare else (one.size, two.size, own.size)
            if backed and (near(first + second, goal) or near(abs(first - second), goal)):
                return True
        if strong and any(near(sum(one.size for one in like[low : low + 3]), own.size) for low in range(len(like) - 2)):
            return True
        if own.dimension == "percent":
            bare_ones = [one.value for one in numbers if not one.dimension]
            if any(
                two and abs(100 * one / two - own.value) < 0.51 for one in bare_ones for two in bare_ones if one != two
            ):
                return True
    if own.dimension == "time":
        for read in evidence.reads:
            times = [int(fact.key) for fact in read.facts if fact.kind == "time"]
            spans = {(late - early) % 1440 * 60 for early, late in pairwise(times)}
            if own.size in spans:
                return True
    return False


def _adds(fact: Fact, text: str) -> bool:
    """Tell whether a quantity is what something else goes up or down by."""
    return fact.quantity is not None and (_BY.search(text, 0, fact.start) is not None or bool(_MORE.search(fact.text)))


def _grouped(evidence: Evidence) -> Iterator[list[Quantity]]:
    """Give the quantities of each paragraph, list or table."""
    groups: dict[int, list[Quantity]] = {}
    for read in evidence.reads:
        groups.setdefault(read.piece.group, []).extend(
            fact.quantity for fact in read.facts[read.own :] if fact.quantity is not None
        )
    yield from groups.values()


def counted(own: Quantity, evidence: Evidence) -> bool:
    """Tell whether so many items, rows or members of an enumeration stand in the passage."""
    if own.value != int(own.value) or not 2 <= own.value <= 30 or own.per:
        return False
    named = root(own.noun) if own.noun else ""
    if any(_counts(other) and root(other.noun) == named for other in evidence.quantities):
        return False
    counts: dict[tuple[int, str], int] = {}
    for read in evidence.reads:
        place = read.piece.group, read.piece.kind
        counts[place] = counts.get(place, 0) + 1
        if read.piece.kind == "row":
            for cell in read.piece.text.split("; "):
                counts[read.piece.group, cell] = counts.get((read.piece.group, cell), 0) + 1
    sizes = {count for (_, kind), count in counts.items() if kind not in {"sentence", "head"}}
    for read in evidence.reads:
        for run in re.finditer(r"[^,;:.]+(?:, [^,;:.]+)*,? (?:and|or) [^,;:.]+", read.piece.text):
            sizes.add(len(re.split(r", (?:and |or )?| and | or ", run.group())))
    return int(own.value) in sizes
