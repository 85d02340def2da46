"""The normal form of a text: two texts with the same one say the same thing in other clothes."""

import re
import unicodedata

_APOSTROPHES = re.compile("(?<=\\w)['’ʼ](?=\\w)")  # noqa: RUF001 - the signs are meant
_SIGN = re.compile(r"[^\w\s]")  # neither a letter, a digit nor white space
_KEPT = frozenset("*/\\%&@#_")
_BEFORE_DIGIT = frozenset(".,:-−")  # noqa: RUF001 - the minus sign is meant


def encodable(text: str) -> str:
    """Replace lone surrogates, which a model's JSON may hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def normal(text: str) -> str:
    r"""Bring a text into its normal form.

    NFKC and case folding; apostrophes inside words vanish; punctuation becomes white space, and white space one
    space. What changes the meaning stays: digits, symbols (`+ = < > $ ^ |` and their like), the operators
    `* / \ % & @ # _`, and `. , : -` in front of a digit (so 3.5 is not 35, and -5 not 5). A text of nothing but
    punctuation stays as it is.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    joined = _APOSTROPHES.sub("", folded)
    if joined.isascii():
        kept = _NOT_BEFORE_DIGIT.sub(" ", joined.translate(_ASCII_MARKS))
    else:
        kept = _SIGN.sub(lambda found: _shown(found.group(), joined[found.end() : found.end() + 1]), joined)
    return " ".join(kept.split()) or " ".join(folded.split())


def _is_mark(sign: str, after: str) -> bool:
    """Tell whether a sign is punctuation that says nothing here."""
    if sign.isalnum() or sign in _KEPT:
        return False
    if sign in _BEFORE_DIGIT:
        return not after.isdigit()
    return unicodedata.category(sign) in {"Po", "Ps", "Pe", "Pi", "Pf", "Pd", "Pc", "Cc", "Cf"}


def _shown(sign: str, after: str) -> str:
    return " " if _is_mark(sign, after) else sign


_ASCII_MARKS = {code: " " for code in range(128) if chr(code) not in _BEFORE_DIGIT and _is_mark(chr(code), "")}
_NOT_BEFORE_DIGIT = re.compile(r"[.,:-](?!\d)")
