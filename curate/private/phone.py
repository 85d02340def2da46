"""Phone numbers: international, and the national forms that tell themselves from other numbers.

A number counts where its form is one of telephones: a plus and a country's code; three, three and four digits as in
North America; a leading 0 in the groups of Great Britain or France; or where a word such as "phone" stands before it.
Not private: numbers kept for fiction (555-01xx and the area 555, 020 7946 0xxx), sequences (123-456-7890), numbers in
which one digit fills nearly everything. Not phone numbers: dates, ISBNs, versions, and what "order" or "#" announces.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from curate.private.span import Span

_INTERNATIONAL = re.compile(
    r"(?<![\w+.*/^=)-])(?<![\d)] )\+\d{1,3}+(?:[ .\u00a0\u2011/-]{0,2}(?:\(\d{1,5}\)|\d{1,12}+)){1,7}(?![\w]|[.,]\d)"
)
_AMERICAN = re.compile(
    r"(?<![\w.+/$-])(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d(?P<gap>[-. ]))[2-9]\d\d(?P<last>[-. ])\d{4}"
    r"(?![\w-]|[.,/]\d)"
)
_BRITISH = re.compile(
    r"(?<![\w.+/-])0\d{2,4}[ -]\d{3,4}[ -]\d{3,4}(?![\w-]|[.,/]\d)|(?<![\w.+/-])0\d{4} \d{6}(?![\w.,-])"
)
_FRENCH = re.compile(r"(?<![\w.+/-])0[1-9](?P<gap>[ .])\d\d(?:(?P=gap)\d\d){3}(?![\w-]|[ .,/]\d)")
_ANNOUNCED = re.compile(
    r"(?i)(?<![\w\[])(?:tele)?(?:phone|fon|tel|mobile?|cell|handy|fax|whats ?app|hotline|call(?: (?:us|me|him|her))?"
    r"|dial|text(?: (?:us|me))?)(?: ?(?:no|nr|number|nummer|numbers))?(?: (?:is|at|on|to))?[.:]{0,2}[ \t]{0,3}"
    r"(?P<number>[(+]?\d(?:[ ()./\u00a0\u2011-]{0,3}\d){6,14})(?!\w|[.,-]\d)"
)
# One of them is in every word that announces a number; to look for these first is ten times faster.
_WORDS = ("fon", "phone", "tel", "mobil", "cell", "handy", "fax", "whats", "hotline", "call", "dial", "text")
_OTHER = re.compile(
    r"(?i)(?:#|\b(?:order|invoice|ticket|case|account|acct|isbn|issn|sku|serial|part|item|policy|reference|ref|id|ssn"
    r"|patent|model|tracking|doi|zip)(?: ?(?:no|nr|number|code|id))?)[.:#\s]*\Z"
)
_DATE = re.compile(r"\d{4}([-./ ])\d{1,2}\1\d{1,2}|\d{1,2}([-./ ])\d{1,2}\2\d{4}|(?:19|20)\d\d[-/](?:19|20)?\d\d")
# Calling codes (ITU-T E.164).
_CODE = re.compile(
    r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-69]|3[578]|42|5[09]|6[789]|8[0578]|9[679])\d"
)


def phones(text: str) -> Iterator[Span]:
    """Find phone numbers."""
    for match in _INTERNATIONAL.finditer(text):
        digits = _digits(match[0])
        if 8 <= len(digits) <= 15 and _CODE.match(digits) and not _invented(digits):
            yield Span("phone", match.start(), match.end())
    for match in _AMERICAN.finditer(text):
        digits = _digits(match[0])[-10:]
        spaced = match["gap"] == " " and match["last"] == " "
        mixed = match["gap"] is not None and match["gap"] != match["last"]
        if spaced or mixed or _invented(digits) or _announced_as_other(text, match.start()):
            continue
        yield Span("phone", match.start(), match.end())
    for pattern in (_BRITISH, _FRENCH):
        for match in pattern.finditer(text):
            digits = _digits(match[0])
            if 10 <= len(digits) <= 11 and not _invented(digits) and not _announced_as_other(text, match.start()):
                yield Span("phone", match.start(), match.end())
    lowered = text.lower()
    if not any(word in lowered for word in _WORDS):
        return
    for match in _ANNOUNCED.finditer(text):
        number = match["number"]
        if not _invented(_digits(number)) and not _DATE.match(number) and not _one_by_one(number):
            yield Span("phone", match.start("number"), match.end("number"))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _announced_as_other(text: str, start: int) -> bool:
    """Tell whether the words before a number say that it is of another kind."""
    return bool(_OTHER.search(text, max(0, start - 24), start))


def _one_by_one(number: str) -> bool:
    """Tell a list of small numbers from a phone number."""
    groups = re.findall(r"\d+", number)
    return len(groups) > 6 or ("." in number and number.count(".") == len(groups) - 1 == 1)


def _invented(digits: str) -> bool:
    """Tell whether a number is nobody's: kept for fiction, a sequence, or one digit over and over."""
    local = digits[-10:]
    if local[:3] == "555" or local[3:8] == "55501" or local[-7:-2] == "55501" or len(set(digits)) <= 2:
        return True
    if re.search(r"2079460\d{3}\Z|1632960\d{3}\Z|7700900\d{3}\Z|1314960\d{3}\Z", digits):
        return True
    steps = [(int(after) - int(before)) % 10 for before, after in pairwise(digits)]
    runs = sum(step == 1 for step in steps), sum(step == 9 for step in steps), sum(step == 0 for step in steps)
    if max(runs) >= len(steps) - 2:
        return True
    pairs = [int(digits[place : place + 2]) for place in range(0, len(digits) - 1, 2)]
    return len({after - before for before, after in pairwise(pairs)}) == 1
