"""Where a private datum stands in a text, of what kind it is, and the mark that takes its place."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

Kind = Literal["key", "iban", "card", "email", "ip", "host", "phone"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # where two overlap, the first of them names the whole
MARKS: dict[Kind, str] = {kind: f"[{kind.upper()}]" for kind in KINDS}
MARK = re.compile("|".join(re.escape(mark) for mark in MARKS.values()))
_NAMES: dict[Kind, tuple[str, str]] = {
    "key": ("key or token", "keys or tokens"),
    "iban": ("IBAN", "IBANs"),
    "card": ("card number", "card numbers"),
    "email": ("e-mail address", "e-mail addresses"),
    "ip": ("IP address", "IP addresses"),
    "host": ("private host", "private hosts"),
    "phone": ("phone number", "phone numbers"),
}


class Span(NamedTuple):
    """A private datum: its kind, the offset of its first character and the one after its last."""

    kind: Kind
    start: int
    end: int


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sort spans by their place, and make one of those that overlap, so that nothing of either is left over."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, each.end, KINDS.index(each.kind))):
        last = result[-1] if result else None
        if last is None or span.start >= last.end:
            result.append(span)
        else:
            kind = min(last.kind, span.kind, key=KINDS.index)
            result[-1] = Span(kind, last.start, max(last.end, span.end))
    return result


def counted(kind: Kind, count: int) -> str:
    """Say how many there are of a kind: "2 e-mail addresses"."""
    return f"{count} {_NAMES[kind][count != 1]}"
