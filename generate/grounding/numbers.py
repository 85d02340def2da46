"""Quantities in a text: numbers as digits and as words, with their units, in one measure.

`five days` and `120 hours` are one quantity, `12 EUR` and `€12`, `600 a minute` and `10 per second`.
"""

import re
from dataclasses import dataclass, replace

from generate.grounding.units import CASED, EVERY, MONEY, UNITS

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_WORDS: dict[str, float] = {word: value for value, word in enumerate((_ONES + " eighteen nineteen").split())}
_WORDS |= {
    word: 10.0 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_WORDS |= {"dozen": 12.0, "once": 1.0, "twice": 2.0, "thrice": 3.0, "half": 0.5, "double": 2.0}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_ORDINALS = ["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"]


_SPELLED = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<digits>(?<![\w.,/#-])[-\u2212]?\d+(?:[.,' \u00a0\u202f]\d{3})*(?:[.,]\d+)?(?![\w]|[.,:/]\d|-\d))"
    r"|(?P<glued>(?<![\w.,/#-])[-\u2212]?\d+(?:[.,]\d+)?(?!(?:st|nd|rd|th)\b)(?=(?:[A-Za-z\u00b0%]{1,3})\b|\u00b0|%))"
    rf"|\b(?!one (?:two|three|four|five|six|seven|eight|nine|ten)\b)"
    rf"(?P<spelled>(?:{_SPELLED})(?:(?:[ -]|(?<=hundred)\sand\s|(?<=thousand)\sand\s)(?:{_SPELLED}))*)\b"
    r"(?P<half>\s+and\s+a\s+half\b)?"
    rf"|\b(?P<ordinal>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"[ \u00a0-]?(?:(?:more|further|full|whole|working|business|calendar|unused|additional|consecutive|extra|paid|other"
    r"|of an?|an?|degrees(?= [CF]))[ -]){0,2}"
    r"(?P<unit>\u00b0 ?[CF]\b|%|[$\u20ac\u00a3\u00a5]|[A-Za-z\u00b2]+)(?:(?P<slash>/)(?P<per>[A-Za-z]+))?"
)
_PER = re.compile(
    r"(?:[^.;:\n]{0,30}?)(?:\bper\b|\ban?\b|\beach\b|\bevery\b|\band\b)\s+"
    r"(?P<per>second|minute|hour|day|night|week|month|quarter|year)\b"
)
_PER_NEXT = re.compile(
    r"\s+(?:per|an?|each|every)\s+(?:calendar\s+)?(?P<per>second|minute|hour|day|night|week|month|quarter|year)\b"
)
_JOINED = re.compile(r"\s*(?:-|\u2013|to|and|or|until|through|till|bis)\s*\Z")
_A_UNIT = re.compile(
    r"\b(?:(?:a\s+)?(?P<half>half |quarter of )an?|an?)\s+(?P<unit>second|minute|hour|day|week|fortnight|month|quarter"
    r"|year|decade|century)\b(?P<more>\s+and\s+a\s+(?:half|quarter))?",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"\b(?:every|each)\s+(?:single\s+)?(?P<unit>second|minute|hour|day|week|fortnight|month|quarter|year)\b"
    r"|\b(?P<adverb>hourly|daily|weekly|monthly|quarterly|yearly|annually)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\banother\s+\Z")
_HEAD = re.compile(r"\b([A-Za-z]{3,}s|floor|room|port|page|level|line|chapter)(?:: | = )\Z", re.IGNORECASE)
_EVERY_N = re.compile(r"\bevery\s+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts.

    Attributes:
        value: The number as written.
        dimension: What is measured: time, length, euro...; empty for a bare or counted number.
        size: The value in the dimension's own measure.
        noun: The word that follows, in lower case.
        per: Seconds (or `-months`) of the unit of time that it is per; 0 for none.
        start: Offset of the number in its text.
        end: Offset after it, its unit included.
        text: The stretch of text.
        loose: Whether it may be no number at all: `a day`, `one`, `every week`.
        every: Whether it is the time between two of something.
        label: The noun that it numbers, as in `building 2`; empty for what is counted or measured.
    """

    value: float
    dimension: str
    size: float
    noun: str
    per: float
    start: int
    end: int
    text: str
    loose: bool = False
    every: bool = False
    label: str = ""


def quantities(text: str) -> list[Quantity]:
    """Read the quantities of a text from left to right; dates, times and names are better masked before."""
    found: list[Quantity] = []
    for number in _NUMBER.finditer(text):
        value = _value(number)
        if value is not None:
            found.append(_quantity(text, number, value))
    spans = [one.span() for one in _A_UNIT.finditer(text)]  # `an hour and a half`
    found = [one for one in found if not any(start < one.start and one.end <= end for start, end in spans)]
    taken = [(one.start, one.end) for one in found]
    for one in _A_UNIT.finditer(text):
        if not any(start < one.end() and one.start() < end for start, end in taken):
            share = {"half ": 0.5, "quarter of ": 0.25}.get((one.group("half") or "").lower(), 1.0)
            share += 0.5 if (one.group("more") or "").endswith("half") else 0.25 if one.group("more") else 0.0
            dimension, factor = UNITS[one.group("unit").lower()]
            loose = one.group("half") is None and one.group("more") is None
            found.append(
                Quantity(
                    share, dimension, share * factor, one.group("unit"), 0.0, *one.span(), one.group(), loose=loose
                )
            )
    for one in _RATE.finditer(text):
        unit = one.group("unit") or EVERY[one.group("adverb").lower()]
        dimension, factor = UNITS[unit.lower()]
        found.append(Quantity(1.0, "", 1.0, "time", _per(dimension, factor), *one.span(), one.group(), loose=True))
    found.sort(key=lambda one: one.start)
    for place in range(1, len(found)):  # `for 15 minutes and another 40`
        lone = found[place]
        before = next((each for each in reversed(found[:place]) if each.dimension == "time"), found[place - 1])
        bare = _ANOTHER.search(text, 0, lone.start)
        if not lone.dimension and before.dimension and before.value and bare:
            size = lone.value * before.size / before.value
            found[place] = replace(lone, dimension=before.dimension, size=size, noun=before.noun)
    return _joined(text, found)


def _value(number: "re.Match[str]") -> float | None:
    digits = number.group("digits") or number.group("glued")
    if digits:
        return read(digits)
    ordinal = number.group("ordinal")
    if ordinal:
        return float(_ORDINALS.index(ordinal.lower()) + 3) if ordinal.lower() in _ORDINALS else float(ordinal[:-2])
    total, current = 0.0, 0.0
    words = [word for word in re.split(r"[ -]|\sand\s", number.group("spelled").lower()) if word and word != "and"]
    if words == ["half"]:
        return 0.5
    for word in words:
        if word in _SCALES:
            current = (current or 1.0) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0.0
        else:
            current += _WORDS[word]
    return total + current + (0.5 if number.group("half") else 0.0)


ELSEWHERE = {
    word: value
    for line in (  # German, French, Spanish, Italian, Portuguese, Dutch: from two to twelve
        "zwei drei vier f\u00fcnf sechs sieben acht neun zehn elf zw\u00f6lf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez once doce",
        "due tre quattro cinque sei sette otto nove dieci undici dodici",
        "dois tr\u00eas quatro cinco seis sete oito nove dez onze doze",
        "twee drie vier vijf zes zeven acht negen tien elf twaalf",
    )
    for value, word in enumerate(line.split(), start=2)
} | {
    "zweimal": 2,
    "dreimal": 3,
    "duas": 2,
    "ein": 1,
    "eine": 1,
    "un": 1,
    "une": 1,
    "uno": 1,
    "una": 1,
    "um": 1,
    "een": 1,
}


def read(digits: str) -> float:
    """Read a number in digits: a comma before three digits parts thousands."""
    digits = re.sub(r"[' \u00a0\u202f]", "", digits.replace("\u2212", "-"))
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return float(digits.replace(",", ""))
    if re.fullmatch(r"-?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|-?\d{1,3}\.\d{3},\d+", digits):
        return float(digits.replace(".", "").replace(",", "."))
    return float(digits.replace(",", "."))


def _quantity(text: str, number: "re.Match[str]", value: float) -> Quantity:
    start, end = number.span()
    spelled = number.group("spelled")
    dimension, factor, noun, per = "", 1.0, "", 0.0
    ahead = text[max(0, start - 4) : start].rstrip()
    if ahead[-1:] in "$\u20ac\u00a3\u00a5" and ahead:
        start = text.rindex(ahead[-1], 0, start)
        dimension, factor = UNITS[ahead[-1]]
    elif ahead[-3:].lower() in UNITS and UNITS[ahead[-3:].lower()][0] in MONEY:
        dimension, factor = UNITS[ahead[-3:].lower()]
    bare = spelled is not None and spelled.lower() in {"once", "twice", "thrice"}
    after = None if number.group("ordinal") or bare else _UNIT_AFTER.match(text, end)
    if after and not dimension:
        name = after.group("unit").replace(" ", "")
        known = UNITS.get(name.lower()) if CASED.get(name, "x") else None
        scale = _SCALES.get(name.lower())
        if scale:
            value *= scale
            later = _UNIT_AFTER.match(text, after.end())
            known = UNITS.get(later.group("unit").lower()) if later else None
            after = later or after
        noun = name.lower()
        if known and not noun.startswith("night"):
            dimension, factor = known
            end = after.end("unit")
            if after.group("per") and UNITS.get(after.group("per").lower(), ("",))[0] in {"time", "months"}:
                per = _per(*UNITS[after.group("per").lower()])
                end = after.end()
    elif after:
        noun = after.group("unit").lower()
    if not noun and (head := _HEAD.search(text, max(0, start - 30), start)):
        noun = head.group(1).lower()
    if not per:
        behind = (_PER_NEXT if dimension in {"time", "months"} else _PER).match(text, end)
        if behind:
            per = _per(*UNITS[behind.group("per")])
    label = "" if dimension or number.group("ordinal") else _label(text, start)
    loose = spelled is not None and spelled.lower() in {"one", "once", "half", "double"} and not dimension and not per
    every = dimension in {"time", "months"} and bool(_EVERY_N.search(text, 0, start))
    return Quantity(
        value, dimension, value * factor, noun, per, start, end, text[start:end], loose=loose, every=every, label=label
    )


_LABELS = (
    "building level floor room page step bin hall chapter section gate line ward phase tier zone class grade layer "
    "platform terminal extension ext option appendix article figure table channel port status error issue number bay "
    "bus locker"
)
_LABEL = re.compile(
    rf"\b(?P<noun>{'|'.join(_LABELS.split())})s?\.?(?:: | = | )(?:\d+(?:\s?(?:,|-|\u2013|and|or|to)\s?))*\Z",
    re.IGNORECASE,
)


def _label(text: str, start: int) -> str:
    """Give the noun that a number gives a number to."""
    found = _LABEL.search(text, max(0, start - 40), start)
    noun = found.group("noun").lower() if found else ""
    return "extension" if noun == "ext" else noun


def _per(dimension: str, factor: float) -> float:
    return -factor if dimension == "months" else factor


def _joined(text: str, found: list[Quantity]) -> list[Quantity]:
    """Give the first number of a range the unit of the last, and add hours to minutes."""
    out: list[Quantity] = []
    for each in reversed(found):
        one = each
        after = out[-1] if out else None
        between = text[one.end : after.start] if after else ""
        if (
            after
            and after.dimension
            and not one.dimension
            and _JOINED.fullmatch(" " + between.strip())
            and not one.loose
        ):
            factor = after.size / after.value if after.value else 1.0
            one = Quantity(
                one.value,
                after.dimension,
                one.value * factor,
                after.noun,
                after.per,
                one.start,
                one.end,
                one.text,
            )
        elif (
            after
            and one.dimension == after.dimension == "time"
            and one.size > after.size
            and re.fullmatch(r"\s*(?:and|,)?\s*", between)
        ):
            out[-1] = Quantity(
                one.value,
                "time",
                one.size + after.size,
                one.noun,
                0.0,
                one.start,
                after.end,
                text[one.start : after.end],
            )
            continue
        out.append(one)
    return out[::-1]
