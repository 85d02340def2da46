"""The values of spreadsheet cells as their number formats show them: `0.125` as `12.5%`, a date as a date.

The common formats are read; in others a number stands as it is, which says the same with more digits.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

_NUMBER = re.compile(r"[#0,]*[#0](?:\.([0#]+))?")
_ASIDE = re.compile(r"\[(?:\$([^\]-]*)[^\]]*|[^\]]*)\]|_.|\*.")
_LITERAL = re.compile(r"\"([^\"]*)\"|\\(.)")
_LARGEST = 1e12  # larger numbers stand as they are
_MOST_PLACES = 15  # digits that a cell's value has


def shown(value: object, pattern: str | None) -> str:
    """Write a cell's value.

    Args:
        value: What openpyxl gives.
        pattern: The cell's number format.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, dt.timedelta):
        return _lasting(value)
    if isinstance(value, int | float) and isfinite(value) and abs(value) < _LARGEST:
        return _number(value, pattern or "General")
    return str(value).strip()


def _lasting(value: dt.timedelta) -> str:
    seconds = round(abs(value.total_seconds()))
    rest = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{'-' if value < dt.timedelta() else ''}{seconds // 3600}:{seconds // 60 % 60:02d}{rest}"


def _number(value: float, pattern: str) -> str:
    """Write a number: percent, fixed places, thousands and the text around them; else its shortest form."""
    parts = pattern.split(";")
    positive = parts[0]
    found = _NUMBER.search(_ASIDE.sub("", _LITERAL.sub("", positive)))
    if positive.lower() in {"general", "@"} or found is None or re.search(r"[eE][+-]|[?/]", positive):
        return _plain(value)
    text = _ASIDE.sub(lambda aside: aside.group(1) or "", positive)
    percent = "%" in text
    places = found.group(1) or ""
    exact = Decimal(_plain(abs(value))) * (100 if percent else 1)  # as Excel: half a unit goes up
    size = min(len(places), _MOST_PLACES)
    digits = format(exact.quantize(Decimal(1).scaleb(-size), ROUND_HALF_UP), ",f" if "," in found.group() else "f")
    for _ in range(len(places) - len(places.rstrip("#"))):
        digits = digits.removesuffix("0")
    digits = digits.rstrip(".")
    before, _, after = _LITERAL.sub(lambda one: one.group(1) or one.group(2) or "", text).partition(found.group())
    minus = "-" if value < 0 and any(digit in "123456789" for digit in digits) else ""
    return f"{minus}{before}{digits}{after}".strip()


def _plain(value: float) -> str:
    """Write a number as Excel's own general format does, in at most 15 digits."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"
