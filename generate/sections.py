"""Cut a document into sections: along its own headings, to a budget, each character in exactly one of them.

Cuts fall at headings, then between blocks, then between the blocks inside lists and quotes. A fence, a table, a list
item or a paragraph is cut, at its line ends, only if it alone is over the budget; a line, at white space, only if that
one is. What a section says to a reader is left to `generate.passages`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from generate.outline import Outline, Part, outline
from generate.regions import Stretch, inside, visible
from schemas import Document, Section

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*[ \t]+|[。！？]+")  # noqa: RUF001 - the full-width signs are meant
_SPACE = re.compile(r"\s+")
_FEW = 16  # tokens of blank lines that may stand before a stretch of code that fills the budget
_SLACK = 1.15  # how far over the mean share a section may be before it is left to the budget alone


def rough_tokens(text: str) -> int:
    """Estimate how many tokens a text has: its UTF-8 bytes divided by 4, rounded up.

    On English prose the BPE tokenizers of current models need 3.8 to 4.6 bytes a token, on code about 3, on other
    scripts 2 to 4 bytes: pass a tokenizer's own count where the budget must hold to the token.
    """
    return (len(text.encode("utf-8", "surrogatepass")) + 3) // 4


def split(document: Document, *, max_tokens: int = 400, count: Callable[[str], int] = rough_tokens) -> list[Section]:
    """Cut a document into sections that tile its text.

    Args:
        document: The document.
        max_tokens: Most tokens in a section, without its own heading and without comments.
        count: Counts the tokens of a text.

    Raises:
        ValueError: `max_tokens` is below 1.
    """
    if max_tokens < 1:
        raise ValueError("max_tokens must be at least 1")
    whole = outline(document)
    measure = _Measure(document.text, whole.hidden, max_tokens, count)
    sections = []
    if whole.front:
        sections.append(Section(document=document.id, path=(), start=0, end=whole.front, kinds=("front_matter",)))
    for part in whole.parts:
        for start, end in _cut(part, whole, measure):
            kinds = tuple(kind for kind in sorted(whole.kinds) if _overlaps(whole.kinds[kind], start, end))
            sections.append(Section(document=document.id, path=part.path, start=start, end=end, kinds=kinds))
    return sections


class _Piece(NamedTuple):
    """A stretch that is not cut further.

    `sealed` marks a stretch of a code block that was cut: joined with what follows, it could not be told from prose.
    """

    start: int
    end: int
    tokens: int
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class _Measure:
    """Counts the tokens of stretches of one text."""

    text: str
    hidden: list[Stretch]
    limit: int
    count: Callable[[str], int]

    def __call__(self, start: int, end: int) -> int:
        return self.count(visible(self.text, start, end, self.hidden))


def _cut(part: Part, whole: Outline, measure: _Measure) -> Iterator[tuple[int, int]]:
    """Cut one part into stretches that fit the budget."""
    body = part.body if measure(part.start, part.body) <= measure.limit else part.start
    total = measure(body, part.end)
    if total <= measure.limit:
        yield part.start, part.end
        return
    pieces = list(_pieces(body, part.end, part.cuts, whole, measure))
    stretches = _pack(pieces, measure.limit, measure)
    even = min(measure.limit, int(total / len(stretches) * _SLACK))
    if even < measure.limit:
        evened = _pack(pieces, even, measure)
        stretches = evened if len(evened) == len(stretches) else stretches
    yield part.start, stretches[0][1]
    yield from stretches[1:]


def _pack(pieces: list[_Piece], limit: int, measure: _Measure) -> list[tuple[int, int]]:
    """Join neighbours up to `limit` tokens; a line that announces what follows goes with it."""
    stretches: list[tuple[int, int]] = []
    held: _Piece | None = None
    last: _Piece | None = None
    for piece in pieces:
        joined = _join(held, piece, limit, measure) if held else None
        if held and not joined:
            cut = held.end
            if last and last.start > held.start and _announces(measure.text[last.start : last.end]):
                together = _join(last, piece, limit, measure)
                cut, piece = (last.start, together) if together else (cut, piece)  # noqa: PLW2901 - two pieces as one
            stretches.append((held.start, cut))
        held, last = joined or piece, piece
    if held:
        stretches.append((held.start, held.end))
    return stretches


def _announces(text: str) -> bool:
    return text.rstrip().endswith(":")


def _join(left: _Piece, right: _Piece, limit: int, measure: _Measure) -> _Piece | None:
    """Join two neighbours, None where they are too much together.

    The sum of two counts is more than the count of the whole, by rounding and by tokens across the seam, so it is
    counted anew only when the sum is over the limit.
    """
    if right.sealed and left.tokens <= _FEW and not measure.text[left.start : left.end].strip():
        return _Piece(left.start, right.end, right.tokens, sealed=True)
    if left.sealed or right.sealed:
        return None
    tokens = left.tokens + right.tokens
    if tokens > limit:
        tokens = measure(left.start, right.end)
    return _Piece(left.start, right.end, tokens) if tokens <= limit else None


def _pieces(start: int, end: int, cuts: list[tuple[int, int]], whole: Outline, measure: _Measure) -> Iterator[_Piece]:
    """Take a stretch apart into pieces that fit, along its outermost cuts first."""
    tokens = measure(start, end)
    if tokens <= measure.limit:
        yield _Piece(start, end, tokens)
        return
    if not cuts:
        yield from _line_pieces(start, end, whole, measure)
        return
    outermost = min(depth for _, depth in cuts)
    inner: list[tuple[int, int]] = []
    bounds = [start, *(offset for offset, depth in cuts if depth == outermost), end]
    position = 0
    for low, high in pairwise(bounds):
        inner = []
        while position < len(cuts) and cuts[position][0] < high:
            if cuts[position][0] > low:
                inner.append(cuts[position])
            position += 1
        if low < high:
            yield from _pieces(low, high, inner, whole, measure)


def _line_pieces(start: int, end: int, whole: Outline, measure: _Measure) -> Iterator[_Piece]:
    """Cut a block at its line ends, and a line that is over the budget at white space."""
    sealed = start in whole.code
    low, high = bisect_right(whole.lines, start), bisect_left(whole.lines, end)
    bounds = [start, *(line for line in whole.lines[low:high] if not inside(whole.whole, line)), end]
    lines = []
    for left, right in pairwise(bounds):
        tokens = measure(left, right)
        if tokens <= measure.limit:
            lines.append(_Piece(left, right, tokens))
        else:
            lines.extend(_word_pieces(left, right, measure))
    if not sealed:
        yield from lines
        return
    for left, right in _pack(lines, measure.limit, measure):
        yield _Piece(left, right, measure(left, right), sealed=True)


def _word_pieces(start: int, end: int, measure: _Measure) -> Iterator[_Piece]:
    """Cut a long line after sentences, else at white space, else anywhere."""
    text = measure.text
    width = 4 * measure.limit
    while start < end:
        stop = min(start + width, end)
        tokens = measure(start, stop)
        while tokens > measure.limit and stop - start > 1:
            stop = start + max(1, min(stop - start - 1, int((stop - start) * measure.limit / tokens)))
            tokens = measure(start, stop)
        if stop < end:
            stop = _seam(text, start, stop)
            tokens = measure(start, stop)
        yield _Piece(start, stop, tokens)
        start = stop


def _seam(text: str, start: int, stop: int) -> int:
    """Give the best place to cut a line, at or before `stop` and in the second half."""
    middle = start + (stop - start) // 2
    for pattern in (_SENTENCE_END, _SPACE):
        last = None
        for last in pattern.finditer(text, middle, stop):  # noqa: B007 - the last match is wanted
            pass
        if last is not None and last.end() > start:
            return last.end()
    if text[stop - 1 : stop + 1] == "\r\n" and stop - 1 > start:
        return stop - 1
    return stop


def _overlaps(stretches: list[Stretch], start: int, end: int) -> bool:
    index = bisect_left(stretches, (start, -1))
    before = index > 0 and stretches[index - 1][1] > start
    return before or (index < len(stretches) and stretches[index][0] < end)
