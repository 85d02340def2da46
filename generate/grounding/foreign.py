"""What an answer states that stands nowhere in its passage, and does not follow from it either."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from generate.answers import WORD
from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem, class_of, root
from generate.grounding.numbers import ELSEWHERE, MONEY, TIME_UNITS, Quantity, quantities
from generate.grounding.words import STOP
from generate.rejection import Rejection

_SUM = re.compile(r"\b(?:total|together|altogether|sum|in all|difference|combined)\b", re.IGNORECASE)
_APART = re.compile(r"\s*(?:\w+\s+)?(?:more|less|later|earlier|longer|shorter|higher|lower)\b", re.IGNORECASE)
_LIMITED = re.compile(r"\b(?:than|least|most|up to|within|after|under|over|below|above)\s*\Z", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|another|additional|further|extra|plus|minus)\s*\Z", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more|less|extra|additional|later|earlier)\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|just|bit|under|over|some|close to)\b", re.IGNORECASE
)
_STAND_IN = re.compile(r"<[^<>]+>|\b[A-Z]\b|\.\.\.")
_CLOSE = 1e-6
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def foreign_fact(found: tuple[Fact, ...], sentence: str, evidence: Evidence) -> Rejection | None:
    """Look for the first fact of an answer's sentence that is foreign to the passage."""
    if evidence.english and (rate := _foreign_rate(sentence, evidence)):
        return Rejection("foreign_unit", rate)
    for fact in found:
        reason = ""
        if fact.kind == "url":
            reason = "" if _url(fact, evidence) else "foreign_url"
        elif fact.kind == "code":
            reason = "" if _code(fact, evidence) else "foreign_identifier"
        elif fact.kind == "date":
            reason = "" if _date(fact, evidence) else "foreign_date"
        elif fact.kind in {"time", "weekday"}:
            reason = "" if _time(fact, evidence) else "foreign_date"
        elif fact.kind == "number" and fact.quantity is not None:
            reason = _number(fact.quantity, found, sentence, evidence)
        if reason:
            return Rejection(reason, fact.text)
    return None


def _foreign_rate(sentence: str, evidence: Evidence) -> str:
    """Give an `every week` of a sentence whose passage speaks of how often, but never of once a week."""
    known = {abs(one.per) for one in evidence.quantities if one.per} | {one.size for one in evidence.quantities if one.every}
    for one in quantities(sentence):
        if one.loose and one.per and not one.dimension and known and evidence.has("weekday") == []:
            size = abs(one.per)
            if size not in known:
                return one.text
    return ""


def foreign_word(found: tuple[Fact, ...], evidence: Evidence) -> Rejection | None:
    """Look for names that stand nowhere, and words that shut out one that stands there."""
    for place, fact in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        opens = fact.kind == "word" and fact.text[0].isupper() and after is not None and after.kind == "name"
        beside = after is not None and after.start == fact.start + len(fact.text) + 1
        if (
            (fact.kind == "name" or (opens and beside))
            and evidence.foreign(fact)
            and not _initials(place, found, evidence)
        ):
            return Rejection("foreign_name", fact.text)
        if fact.kind not in {"word", "name"}:
            continue
        number = class_of(fact.text)
        if number is not None and number in evidence.classes and not evidence.knows(fact.text):
            return Rejection("foreign_word", f"{fact.text}, not {evidence.classes[number]}")
        if (
            place
            and found[place - 1].text.lower() == "per"
            and fact.text.lower() not in TIME_UNITS
            and evidence.foreign(fact)
        ):
            return Rejection("foreign_unit", f"per {fact.text}")
        unit = TIME_UNITS.get(fact.text.lower())
        counted = (
            any(other.quantity is not None and other.quantity.per == _per(unit) for other in found) if unit else True
        )
        if unit and not counted and root(fact.text) not in evidence.known and not _unit_follows(unit, evidence):
            return Rejection("foreign_unit", fact.text)
    return None


def _per(unit: tuple[str, float]) -> float:
    return -unit[1] if unit[0] == "months" else unit[1]


def _unit_follows(unit: tuple[str, float], evidence: Evidence) -> bool:
    return any(one.dimension == unit[0] and _near(one.size % unit[1], 0.0) for one in evidence.quantities)


def _url(fact: Fact, evidence: Evidence) -> bool:
    known = [other.key for other in evidence.has("url")]
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", fact.key)
    for other in known:
        there = re.sub(r"^(?:https?://)?(?:www\.)?", "", other)
        if there == bare or (there.startswith(bare) and there[len(bare)] in "/?#"):
            return True
    return fact.key in evidence.given


def _code(fact: Fact, evidence: Evidence) -> bool:
    name = " ".join(fact.key.split())
    if stands(name, evidence.given) or _stem_known(fact, evidence):
        return True
    parts = [part for part in re.split(r"[\s=:,()\[\]{}\"'|;]+", _STAND_IN.sub(" ", fact.text.strip("`"))) if part]
    if (
        fact.text.startswith("`")
        and parts
        and all(stands(part.casefold().strip("."), evidence.given) for part in parts)
    ):
        return True
    if fact.text.isalpha() and fact.text.isupper() and len(fact.text) > 1:
        initials = "".join(re.findall(r"(?<![^\W_])[^\W_]", evidence.given))
        return fact.key in initials
    return False


def _stem_known(fact: Fact, evidence: Evidence) -> bool:
    """Tell whether what looks like a code name is a plain word of the passage, set in capitals."""
    return (
        fact.text.isalpha()
        and not fact.text.islower()
        and (fact.key in STOP or bare_stem(fact.key) in GENERIC or bare_stem(fact.key) in evidence.stems)
    )


def stands(name: str, text: str) -> bool:
    """Tell whether a name stands in a text and is no part of a longer one."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w]|[-.]\w)", text) is not None if name else True


def _date(fact: Fact, evidence: Evidence) -> bool:
    year, month, day = fact.key.split("/")
    for other in evidence.has("date"):
        there = other.key.split("/")
        if there[1] == month and day in {"0", there[2]} and (not year or year == there[0]):
            return True
    if year and any(one.value == float(year) for one in evidence.quantities):
        return any(
            other.key.split("/")[1] == month and day in {"0", other.key.split("/")[2]} for other in evidence.has("date")
        )
    return False


def _time(fact: Fact, evidence: Evidence) -> bool:
    if any(other.key == fact.key for other in evidence.has(fact.kind)):
        return True
    if fact.kind == "weekday":
        return fact.key == "weekday" and any(word in evidence.given for word in ("working day", "monday to friday"))
    hour, minute = divmod(int(fact.key), 60)
    bare = [one.value for one in evidence.quantities if not one.dimension or one.dimension == "time"]
    return minute == 0 and (hour in bare or ((hour % 12) in bare and not evidence.has("time")))


def _near(first: float, second: float) -> bool:
    return abs(first - second) <= _CLOSE * max(1.0, abs(first), abs(second))


def same(own: Quantity, other: Quantity, evidence: Evidence) -> bool:
    """Tell whether the passage's quantity bears out the answer's."""
    if own.per and other.per:
        if (own.per < 0) != (other.per < 0):
            return False
        alike = _alike(own, other)
        return alike and _near(own.size * abs(other.per), other.size * abs(own.per))
    if own.per and other.every:
        return _near(own.value * other.size, abs(own.per)) and (own.per < 0) == (other.dimension == "months")
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
        return _alike(own, other) and _near(own.size, other.size)
    if not _near(own.value, other.value):
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


def _alike(own: Quantity, other: Quantity) -> bool:
    if own.dimension == other.dimension or not own.dimension or not other.dimension:
        return True
    return "cents" in {own.dimension, other.dimension} and {own.dimension, other.dimension} <= MONEY


def _number(own: Quantity, found: tuple[Fact, ...], sentence: str, evidence: Evidence) -> str:
    """Give the reason why a quantity is not borne out, or nothing."""
    labelled = [other.value for other in evidence.quantities if own.label and other.label == own.label]
    if labelled:
        return "" if min(labelled) <= own.value <= max(labelled) else "foreign_number"
    if any(same(own, other, evidence) for other in evidence.quantities):
        return ""
    if not evidence.english and any(ELSEWHERE.get(word) == own.value for word in WORD.findall(evidence.given)):
        return ""
    if any(_year(fact, own) for fact in evidence.has("date")) or (
        not (own.per and any(other.per and _near(other.size, own.size) for other in evidence.quantities))
        and stands(own.text.casefold().strip(), evidence.given) and (own.text.strip()[-1:].isalpha() and own.dimension)
    ):
        return ""
    if _follows(own, found, sentence, evidence):
        return ""
    near = [other for other in evidence.quantities if _near(other.value, own.value)]
    return (
        "foreign_unit"
        if (near and own.dimension and not any(_alike(own, other) and other.dimension for other in near))
        or (near and own.per)
        or (any(other.dimension for other in near) and own.dimension)
        else "foreign_number"
    )


def _year(fact: Fact, own: Quantity) -> bool:
    return fact.key.split("/")[0] == str(int(own.value)) if own.value == int(own.value) else False


def _follows(own: Quantity, found: tuple[Fact, ...], sentence: str, evidence: Evidence) -> bool:
    """Tell whether a quantity is a count, a sum, a difference or a share of what stands in the passage."""
    limit = _LIMITED.search(sentence, 0, own.start) is not None
    named = own.text.isalpha() or (own.noun and own.noun not in STOP)
    if not own.dimension and not limit and named and counted(own, evidence):
        return True
    told = [fact.quantity for fact in found if fact.quantity is not None and fact.quantity is not own]
    if own.dimension and any(one.dimension == own.dimension and _near(one.size, own.size) for one in told):
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
            if backed and (_near(first + second, goal) or _near(abs(first - second), goal)):
                return True
        if strong and any(
            _near(sum(one.size for one in like[low : low + 3]), own.size) for low in range(len(like) - 2)
        ):
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


def _initials(place: int, found: tuple[Fact, ...], evidence: Evidence) -> bool:
    """Tell whether a name is part of what the passage names by its initials."""
    for low in range(max(0, place - 3), place + 1):
        for high in range(place + 1, min(len(found), place + 4) + 1):
            run = found[low:high]
            named = len(run) > 1 and all(fact.text[:1].isupper() for fact in run)
            if named and stands("".join(fact.text[0] for fact in run).casefold(), evidence.given):
                return True
    return False
