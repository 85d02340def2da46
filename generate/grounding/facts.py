"""What a text states that can be held against another: addresses, code names, dates, quantities, names, words."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from generate.grounding.lexicon import root
from generate.grounding.numbers import Quantity, quantities
from generate.grounding.polarity import POLES
from generate.grounding.words import STOP

Kind = Literal["url", "code", "date", "time", "weekday", "number", "name", "word", "small"]

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT = {name[:3]: number for number, name in enumerate(_MONTHS, start=1)} | {"sept": 9}
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'`)\]]+[^\s<>\"'`)\].,;:!?]", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CODE = re.compile(
    r"(?P<ticks>`+)(?P<inner>.+?)(?P=ticks)"
    r"|(?<![\w-])--?[a-z][\w-]+(?:=\S+)?"  # an option
    r"|(?<![\w/.])~?\.{0,2}/[\w.~-]+(?:/[\w.~-]*)*|\b\w[\w-]*(?:/[\w-]+)+(?:\.\w+)+"  # a path
    r"|\b\w+_\w[\w.]*|\b[A-Za-z]\w+(?:\.[a-z_]\w+)+(?:\(\))?|\b\w+\(\)"  # a_b, a.b, a()
    r"|\b\d+(?:\.\d+){2,}\w*\b|\bv\d+(?:\.\d+)*\b"  # a version
    r"|\b(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Z0-9][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*\b|\b\d{1,3}xx\b"  # AES-256, IP67
    r"|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*"  # camelCase
    r"|\b[A-Z]{2,}(?![a-z])\b"
    r"|(?<=[a-z:,;] )[B-HJ-Z](?=[\s.,;:)]|$)|(?<=[a-z] )A(?=[\s.,;:)]|$)"  # building C"
)
_DATE = re.compile(
    rf"\b(?P<year0>\d{{4}})-(?P<month0>\d\d)-(?P<day0>\d\d)\b"
    rf"|\b(?P<day1>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+of)?\s+(?P<month1>{_MONTH})(?:,?\s+(?P<year1>\d{{4}})\b)?"
    rf"|\b(?P<month2>{_MONTH})\s+(?:the\s+)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<year2>\d{{4}})\b)?"
    rf"|\b(?P<month3>{_MONTH})(?:,?\s+(?P<year3>\d{{4}}))?\b"
    r"|\b(?P<day4>\d{1,2})[./](?P<month4>\d{1,2})[./](?P<year4>\d{4})\b"
)
_TIME = re.compile(
    r"\b(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?!\d)\s?(?P<half>[ap]\.?m\b\.?)?(?![.,]?\d)"
    r"|\b(?P<hour1>\d{1,2})\s?(?P<half1>[ap]\.?m\b\.?)|\b(?P<word>noon|midday|midnight)\b|\b(?P<clock>\d{1,2})\s(?:o'clock|Uhr|h(?=\s|$))",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\b(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b|\bweek(?:day|end)s?\b", re.IGNORECASE)
_WORD = re.compile(r"(?<!\d)[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_TITLE = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof)\.\s")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a text states.

    Attributes:
        kind: What it is; `small` is a word that only joins others.
        key: What it is compared by.
        text: As it is written.
        start: Offset in its text.
        quantity: The quantity of a number.
        clause: Number of its clause in its text.
    """

    kind: Kind
    key: str
    text: str
    start: int
    quantity: Quantity | None = None
    clause: int = 0


@lru_cache(maxsize=4_000)
def facts(text: str) -> tuple[Fact, ...]:  # noqa: PLR0912 - one branch for each kind of fact
    """Read the facts of a sentence, in its order."""
    found: list[Fact] = []
    masked = text

    def take(kind: Kind, key: str, start: int, end: int) -> None:
        nonlocal masked
        found.append(Fact(kind, key, text[start:end], start))
        masked = masked[:start] + "\ufffc" * (end - start) + masked[end:]

    for one in _URL.finditer(text):
        take("url", one.group().rstrip("/").casefold(), *one.span())
    for one in _MAIL.finditer(masked):
        take("code", one.group().casefold(), *one.span())
    for one in _DATE.finditer(masked):
        day = _date(one)
        if day:
            take("date", day, *one.span())
    for one in _TIME.finditer(masked):
        minutes = _minutes(one)
        if minutes is not None:
            take("time", str(minutes), *one.span())
    for one in _CODE.finditer(masked):
        if "\ufffc" not in one.group() and not _is_unit(one.group()):
            take("code", (one.group("inner") or one.group()).strip().casefold(), *one.span())
    for one in _WEEKDAY.finditer(masked):
        take("weekday", one.group("day").lower() if one.group("day") else one.group().lower().rstrip("s"), *one.span())
    for quantity in quantities(masked):
        start, end = quantity.start, quantity.end
        if "\ufffc" not in masked[start:end] and not quantity.loose:
            key = f"{quantity.dimension}:{quantity.size:.6g}"
            found.append(Fact("number", key, text[start:end], start, quantity))
            masked = masked[:start] + "\ufffc" * (end - start) + masked[end:]
    found.extend(_word(word, text) for word in _WORD.finditer(masked))
    found.sort(key=lambda fact: fact.start)
    for place, fact in enumerate(found[:-1]):  # `Clara Weiss` where a sentence begins
        after = found[place + 1]
        if (
            fact.kind == "word"
            and fact.text[0].isupper()
            and after.kind == "name"
            and after.start == fact.start + len(fact.text) + 1
        ):
            found[place] = Fact("name", fact.key, fact.text, fact.start)
    return _clauses(text, found)


def _word(word: "re.Match[str]", text: str) -> Fact:
    low = word.group().lower().replace("\u2019", "'")
    kind: Kind = "word"
    if low in _JOINING or (low in STOP and low not in POLES) or len(low) == 1 or "n't" in low:
        kind = "small"
    elif word.group()[0].isupper() and not _opens(text, word.start()):
        kind = "name"
    return Fact(kind, low if kind == "small" else root(low), word.group(), word.start())


_JOINING = frozenset(
    [
        "from",
        "to",
        "by",
        "than",
        "rather",
        "instead",
        "not",
        "never",
        "no",
        "without",
        "with",
        "and",
        "or",
        "but",
        "if",
        "only",
        "unless",
    ]
)


def _opens(text: str, place: int) -> bool:
    """Tell whether a word stands where a sentence or an item begins, where every word has a capital."""
    before = text[:place].rstrip(" \"'\u201c(*-")
    return not before or (before[-1] in ".!?\n" and not _TITLE.search(text, max(0, place - 5), place))


def _clauses(text: str, found: list[Fact]) -> tuple[Fact, ...]:
    """Number the clauses: they end at commas, semicolons, colons, brackets, and at words that open another."""
    inside = [part.span() for part in _BRACKETS.finditer(text)]  # what is told in brackets is told of one thing
    ends = [cut.start() for cut in _CUT.finditer(text) if not any(low < cut.start() < high - 1 for low, high in inside)]
    out, clause, place = [], 0, 0
    for fact in found:
        while place < len(ends) and ends[place] <= fact.start:
            clause, place = clause + 1, place + 1
        out.append(Fact(fact.kind, fact.key, fact.text, fact.start, fact.quantity, clause))
    return tuple(out)


_BRACKETS = re.compile(r"\([^()]*\)")
_CUT = re.compile(
    r"[,;:)\u2013\u2014](?=\s|$)|(?<=\s)-(?=\s)|[.!?](?=\s)"
    r"|(?<=\s)(?:and|but|whereas|while|although|because|unless|if|when|where|which|who|or|so|otherwise)(?=\s)"
)


def _date(found: "re.Match[str]") -> str:
    part = {name[:-1]: value for name, value in found.groupdict().items() if value}
    raw = part.get("month", "")
    month = (
        int(raw)
        if raw.isdigit()
        else _SHORT.get(raw.rstrip(".").lower()[:4].rstrip("."), 0) or _SHORT.get(raw[:3].lower(), 0)
    )
    if raw == "May" and len(part) == 1:  # more often a verb where it opens a sentence
        before = found.string[: found.start()].rstrip()
        if not re.search(
            r"\b(?:in|of|until|till|to|by|since|from|and|or|mid-|early|late|before|after|between)\Z|-\Z", before
        ):
            return ""
    if len(part) == 1 and raw.lower().rstrip(".") in {
        "mar",
        "jan",
        "jun",
        "dec",
        "sep",
        "oct",
        "nov",
        "apr",
        "jul",
        "aug",
    }:
        return ""
    if raw == "March" and len(part) == 1 and not found.string[: found.start()].strip():
        return ""
    day = int(part.get("day", 0))
    return f"{part.get('year', '')}/{month}/{day}" if 1 <= month <= 12 and day <= 31 else ""


def _minutes(found: "re.Match[str]") -> int | None:
    if found.group("word"):
        return 0 if found.group("word").lower() == "midnight" else 720
    hour = int(found.group("hour") or found.group("hour1") or found.group("clock"))
    minute = int(found.group("minute") or 0)
    half = (found.group("half") or found.group("half1") or "").lower()
    if (found.group("minute") and "." in found.group() and not half) or hour > 24 or minute > 59:
        return None
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return (hour % 24) * 60 + minute


def _is_unit(text: str) -> bool:
    return text.upper() in _CAPITAL_UNITS or (
        re.fullmatch(r"\d+[A-Za-z]{1,2}", text) is not None and text[-1] in "bBmgWVshd"
    )


_CAPITAL_UNITS = frozenset(
    [
        "KB",
        "MB",
        "GB",
        "TB",
        "KIB",
        "MIB",
        "GIB",
        "TIB",
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "JPY",
        "KW",
        "MW",
        "KWH",
        "HZ",
        "KHZ",
        "MHZ",
        "GHZ",
        "PX",
    ]
)
