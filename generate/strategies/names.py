"""What of a question cannot be put in other words: numbers, addresses, code names and proper names."""

import re

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_CODE = re.compile(
    r"`([^`]+)`|((?:https?://|www\.)[^\s<>\"')\]]+)|(?<![\w-])(--?[a-zA-Z][\w-]+)"
    r"|\b(\w+[_@]\w[\w.@-]*|\w\w+(?:\.\w\w+)+|\w+\(\)|[a-z]+[A-Z]\w*|[A-Z][A-Z\d]+(?:-\w+)*|[A-Z]+-?\d[\w-]*)\b"
)
_NAME = re.compile(r"(?<=[\w,;:'\"] )[^\W\d_][\w'\u2019-]*")


def kept_words(question: str) -> set[str]:
    """List the numbers, addresses, code names and proper names of a question.

    A capital is a sign of a name inside of the question only: every first word has one.
    """
    kept = set(_NUMBER.findall(question))
    for found in _CODE.finditer(question):
        kept.add(next(group for group in found.groups() if group).rstrip(".,;:?!"))
    kept.update(name for name in _NAME.findall(question) if name[0].isupper() and name != "I" and name[:2] != "I'")
    return {re.sub(r"['\u2019]s$", "", word) for word in kept}
