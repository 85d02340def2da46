"""A text without its clothes, and the way back: what is left of it in comparing, and where each piece stands.

Gone are case, white space, punctuation, Markdown and HTML marks, link targets and list marks; entities and escapes are
read. White space goes altogether, so that a word broken by a hard wrap, a hyphen or emphasis is still the word. What
changes the meaning stays: symbols such as `%` and `<`, points between digits, the minus of a number.
"""

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

_SYMBOLS = "%$\u20ac\u00a3\u00a5<>=+\u00b1\u00d7\u00f7\u2264\u2265\u2260\u00b0"  # currencies and comparisons
_NESTED = r"[^()\s]{0,500}(?:\([^()\s]{0,200}\)[^()\s]{0,500}){0,9}"  # an address with brackets in it
_TOKEN = re.compile(
    r"^(?:[ \t]{0,40}>)*[ \t]{0,40}(?:(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t])?"  # marks of quotes, list items
    r"|(?:`{3,}|~{3,})[^\n`]{0,200}$"  # a fence with its language
    r"|\[[^\]\^\n][^\]\n]{0,200}\]:[ \t]*\S[^\n]*$"  # a link definition
    r"|[=+][=+]+[ \t]*$)"  # the underline of a heading
    rf"|\]\((?:<[^<>\n]{{0,500}}>|{_NESTED})(?:\s+(?:\"[^\"\n]{{0,300}}\"|'[^'\n]{{0,300}}'))?\s?\)"
    r"|\]\[[^\]\n]{0,200}\]|\[\^[^\]\s]{1,80}\]"  # a reference, a footnote's mark
    r"|<!--.*?-->|</?[A-Za-z][\w.:-]{0,40}(?=[\s/>])[^<>]{0,2000}>|\{%.*?%\}|\{:[^{}\n]{0,300}\}"
    r"|(?P<word>(?:(?<![\w)\]])[-\u2212](?=\d))?[\w\u0300-\u036f]+(?:\\_[\w]+|(?<=\d)[.,:/](?=\d)\d+)*)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});)"
    rf"|(?P<symbol>[{_SYMBOLS}])",
    re.MULTILINE | re.DOTALL,
)
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text.

    Attributes:
        text: What is left.
        places: For each piece, where it begins in `text`.
        starts: Where it begins in the whole text.
        ends: Where it ends there.
    """

    text: str
    places: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def whole(self, low: int, high: int) -> bool:
        """Tell whether `text[low:high]` breaks no word at either end."""
        return self._edge(low) and (high == len(self.text) or self._edge(high))

    def back(self, low: int, high: int) -> tuple[int, int]:
        """Give the offsets in the whole text of `text[low:high]`, which is not empty."""
        first, last = bisect_right(self.places, low) - 1, bisect_left(self.places, high) - 1
        start, end = self.starts[first], self.ends[last]
        length = (self.places[last + 1] if last + 1 < len(self.places) else len(self.text)) - self.places[last]
        if self.places[first] < low and self.text[low - 1] != " ":  # inside of a piece whose signs stand one for one
            start = min(start + low - self.places[first], self.ends[first] - 1)
        if high - self.places[last] < length and end - self.starts[last] == length:
            end = self.starts[last] + high - self.places[last]
        return start, max(end, start + 1)

    def words(self, low: int, high: int) -> tuple[int, int]:
        """Widen `text[low:high]` to whole pieces."""
        first, last = max(bisect_right(self.places, low) - 1, 0), bisect_left(self.places, high)
        return self.places[first], self.places[last] if last < len(self.places) else len(self.text)

    def _edge(self, place: int) -> bool:
        index = bisect_left(self.places, place)
        if (index < len(self.places) and self.places[index] == place) or self.text.startswith(" ", place):
            return True
        return bool(_SPACELESS.match(self.text, place - 1) or _SPACELESS.match(self.text, place))


@lru_cache(maxsize=32)  # several quotes are looked for in one section
def fold(text: str) -> Folded:
    """Fold a text."""
    pieces: list[str] = []
    places: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    place, digit = 0, False
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind is None:
            continue
        start, end = found.span()
        piece = found.group()
        if kind == "entity":
            piece = "".join(sign for sign in html.unescape(piece) if sign.isalnum() or sign in _SYMBOLS)
        elif "_" in piece:
            bare = piece.strip("_")
            start += len(piece) - len(piece.lstrip("_"))
            end, piece = start + len(bare), bare.replace("\\", "")
        if not piece:
            continue
        piece = piece.lower() if piece.isascii() else unicodedata.normalize("NFKC", piece).casefold()
        if not piece:
            continue
        if piece[0] == "\u2212":
            piece = "-" + piece[1:]
        if digit and piece[0].isdigit():  # "1 2" is not "12"
            piece = " " + piece
        pieces.append(piece)
        places.append(place + (piece[0] == " "))
        starts.append(start)
        ends.append(end)
        place += len(piece)
        digit = piece[-1].isdigit()
    return Folded("".join(pieces), tuple(places), tuple(starts), tuple(ends))
