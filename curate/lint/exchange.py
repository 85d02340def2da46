"""The texts of one row as the rules read them, and what most rules do to a text."""

import re
from functools import cached_property

from curate.rows import SEPARATOR

LONGEST = 20_000
_EVIDENCE = 120
_MARGIN = 2_000  # characters beyond a cut that are read, so that no private datum is cut in two before it is found
_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", re.DOTALL)


class Exchange:
    """A row's last question and answer.

    Attributes:
        instruction: The last user turn, with its context where that is part of it.
        prompt: All turns before the answer.
        response: The answer.
    """

    def __init__(self, instruction: str, prompt: str, response: str, context: str) -> None:
        self.instruction = instruction
        self.prompt = prompt
        self.response = response
        self._context = context

    @cached_property
    def given(self) -> str:
        """The material to work on, where the row keeps it apart and the user turn ends with it."""
        tail = SEPARATOR + self._context
        return self._context if self._context.strip() and self.instruction.endswith(tail) else ""

    @cached_property
    def task(self) -> str:
        """The user turn without that material, cut at `LONGEST` characters."""
        return (
            self.instruction.removesuffix(SEPARATOR + self.given)[:LONGEST]
            if self.given
            else (self.instruction[:LONGEST])
        )

    @property
    def supplied(self) -> bool:
        """Whether there is any context, in the user turn or beside it."""
        return bool(self._context.strip())


def word_count(text: str) -> int:
    """Count words roughly: runs between white space, and half a word for each sign of a script without spaces."""
    return len(text.split()) + sum(sign >= "\u2e80" for sign in text) // 2


def without_code(text: str) -> str:
    """Blank what stands in code fences and between backticks, of the first `LONGEST` characters."""
    return _CODE.sub(" ", text[:LONGEST])


def excerpt(text: str, start: int = 0, end: int | None = None) -> str:
    """Give a part of a text on one line, with a little of what follows it, for a reader to judge by."""
    piece = " ".join(_masked(text[start : (start if end is None else end) + _EVIDENCE + _MARGIN]).split())
    return piece if len(piece) <= _EVIDENCE else piece[: _EVIDENCE - 1] + "…"


def ending(text: str) -> str:
    """Give the end of a text on one line."""
    piece = " ".join(_masked(text[-2 * _EVIDENCE - _MARGIN :]).split())
    return piece if len(piece) <= _EVIDENCE else "…" + piece[1 - _EVIDENCE :]


def _masked(text: str) -> str:
    """Put marks in the place of private data."""
    from curate.private.find import mask

    return mask(text)
