"""What an answer states that stands nowhere in its passage, and does not follow from it either."""

import re
from itertools import pairwise

from generate.answers import WORD
from generate.grounding.borne import alike, follows, near, same
from generate.grounding.evidence import Evidence
from generate.grounding.facts import Fact
from generate.grounding.lexicon import GENERIC, bare_stem, class_of, root
from generate.grounding.numbers import ELSEWHERE, Quantity, quantities
from generate.grounding.units import TIME_UNITS, UNITS
from generate.grounding.words import STOP
from generate.rejection import Rejection

_STAND_IN = re.compile(r"<[^<>]+>|\b[A-Z]\b|\.\.\.")
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
    known = {abs(one.per) for one in evidence.quantities if one.per} | {
        one.size for one in evidence.quantities if one.every
    }
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
        if (
            fact.kind == "name"
            and after is not None
            and after.kind == "name"
            and beside
            and _mixed(fact, after, evidence)
        ):
            return Rejection("foreign_name", f"{fact.text} {after.text}")
        if fact.kind not in {"word", "name"}:
            continue
        number = class_of(fact.text)
        denied = place and found[place - 1].text.lower() in {"no", "not", "without"}  # `no letters are sent`
        if number is not None and number in evidence.classes and not denied and not evidence.knows(fact.text):
            return Rejection("foreign_word", f"{fact.text}, not {evidence.classes[number]}")
        if (
            place
            and found[place - 1].text.lower() == "per"
            and fact.text.lower() not in TIME_UNITS
            and evidence.foreign(fact)
            and not any(
                UNITS.get(fact.text.lower()) == unit and stands(name, evidence.given) for name, unit in UNITS.items()
            )
        ):
            return Rejection("foreign_unit", f"per {fact.text}")
        unit = TIME_UNITS.get(fact.text.lower())
        counted = (
            any(other.quantity is not None and other.quantity.per == _per(unit) for other in found) if unit else True
        )
        if unit and not counted and root(fact.text) not in evidence.known and not _unitfollows(unit, evidence):
            return Rejection("foreign_unit", fact.text)
    return None


def _mixed(first: Fact, last: Fact, evidence: Evidence) -> bool:
    """Tell whether two words stand for a name here, of which the passage has only the first, with another behind."""
    behind = {
        two.key
        for read in evidence.reads
        for one, two in pairwise(read.facts)
        if one.key == first.key and one.kind == two.kind == "name" and two.start == one.start + len(one.text) + 1
    }
    return bool(behind) and last.key not in behind


def _per(unit: tuple[str, float]) -> float:
    return -unit[1] if unit[0] == "months" else unit[1]


def _unitfollows(unit: tuple[str, float], evidence: Evidence) -> bool:
    return any(one.dimension == unit[0] and near(one.size % unit[1], 0.0) for one in evidence.quantities)


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
        not (own.per and any(other.per and near(other.size, own.size) for other in evidence.quantities))
        and stands(own.text.casefold().strip(), evidence.given)
        and (own.text.strip()[-1:].isalpha() and own.dimension)
    ):
        return ""
    if follows(own, found, sentence, evidence):
        return ""
    close = [other for other in evidence.quantities if near(other.value, own.value)]
    return (
        "foreign_unit"
        if (close and own.dimension and not any(alike(own, other) and other.dimension for other in close))
        or (close and own.per)
        or (any(other.dimension for other in close) and own.dimension)
        else "foreign_number"
    )


def _year(fact: Fact, own: Quantity) -> bool:
    return fact.key.split("/")[0] == str(int(own.value)) if own.value == int(own.value) else False


def _initials(place: int, found: tuple[Fact, ...], evidence: Evidence) -> bool:
    """Tell whether a name is part of what the passage names by its initials."""
    for low in range(max(0, place - 3), place + 1):
        for high in range(place + 1, min(len(found), place + 4) + 1):
            run = found[low:high]
            named = len(run) > 1 and all(fact.text[:1].isupper() for fact in run)
            if named and stands("".join(fact.text[0] for fact in run).casefold(), evidence.given):
                return True
    return False
