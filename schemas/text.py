"""The normal form of a text: two texts with the same one say the same thing in other clothes."""

import re
import unicodedata

_APOSTROPHES = re.compile("(?<=\\w)['’ʼ](?=\\w)")  # noqa: RUF001 - the signs are meant
_KEPT = frozenset("*/\\%&@#_")
_BEFORE_DIGIT = frozenset(".,:-−")  # noqa: RUF001 - the minus sign is meant


def normal(text: str) -> str:
    r"""Bring a text into its normal form.

    NFKC and case folding; apostrophes inside words vanish; punctuation becomes white space, and white space one
    space. What changes the meaning stays: digits, symbols (`+ = < > $ ^ |` and their like), the operators
    `* / \ % & @ # _`, and `. , : -` in front of a digit (so 3.5 is not 35, and -5 not 5). A text of nothing but
    punctuation stays as it is.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    joined = _APOSTROPHES.sub("", folded)
    following = (joined + " ")[1:]
    kept = "".join(" " if _is_mark(sign, after) else sign for sign, after in zip(joined, following, strict=True))
    return " ".join(kept.split()) or " ".join(folded.split())


def _is_mark(sign: str, after: str) -> bool:
    """Tell whether a sign is punctuation that says nothing here."""
    if sign.isalnum() or sign in _KEPT:
        return False
    if sign in _BEFORE_DIGIT:
        return not after.isdigit()
    return unicodedata.category(sign) in {"Po", "Ps", "Pe", "Pi", "Pf", "Pd", "Pc", "Cc", "Cf"}
