"""What a loader makes of a file, and what it says when it cannot."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Reason = Literal[
    "binary",
    "damaged",
    "empty",
    "encrypted",
    "excluded",
    "missing_extra",
    "no_text",
    "outside",
    "repeated",
    "too_large",
    "unreadable",
    "unsupported",
]


class Content(NamedTuple):
    """A file's content as Markdown.

    Attributes:
        text: The Markdown.
        title: What the file itself calls its title, empty where it names none.
        metadata: What it says about itself, JSON types only.
    """

    text: str
    title: str = ""
    metadata: Mapping[str, object] = {}


class UnreadableError(Exception):
    """A file cannot be read; it becomes a skip with this reason.

    Args:
        reason: Code of the reason.
        detail: What is wrong with it, for the user.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason: Reason = reason
        self.detail = detail
        super().__init__(detail)
