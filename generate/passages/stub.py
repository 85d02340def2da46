"""Whether a passage says enough to ask a question about it."""

import re

_LINK = re.compile(r"\[([^\[\]]*)\]\([^()\s]*\)")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"\w[\w'’-]*")  # noqa: RUF001 - the typographic apostrophe is meant
_FEWEST_WORDS = 8
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")  # scripts that write no spaces between words
_LINE_MARK = re.compile(r"^[ \t]*(?:[*+-]|\d+[.)])[ \t]+", re.MULTILINE)


def is_stub(passage: str) -> bool:
    """Tell whether a passage is a stub: fewer than 8 words outside links and no code, so nothing to ask about.

    A table of contents (links and nothing else) is one too. Two signs of a script without spaces count as one word.
    """
    if _FENCE.search(passage):
        return False
    own = _LINE_MARK.sub("", _LINK.sub(" ", passage))
    return len(_WORD.findall(own)) + len(_UNSPACED.findall(own)) // 2 < _FEWEST_WORDS
