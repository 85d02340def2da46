"""Answers that break off: on a word that nothing can end with, or without the full stop that all before it have.

Both look at the end of the last line only, and only where it is prose. Code, tables, lists, verses, titles, hashtags,
addresses and signatures end without a full stop by right; so does a text that has none.
"""

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices
from curate.lint.exchange import Exchange, ending
from curate.rows import Rows
from schemas.buffers import text_buffers

_FEWEST_BYTES = 24
_TAIL = 2000
_END = 60
_NO_PROSE = re.compile(r"[#@<>{}=|\\;^~_`$]|https?:|www\.|\w\.\w|\w\(")
_ALWAYS = re.compile(
    r"(?:the|an|of|and|or|is|are|was|were|because|their|your|our|its|my|which|than|into|who|whose|every|been|but|these),?"
)
# Words that may well end a sentence, a line that is no sentence, or a title.
_SELDOM = re.compile(r"(?:to|a|for|as|at|by|with|from|has|have|be|may|will|between|must|could|would|should|if|such),?")
# For Arrow, whose engine has no lookbehind.
_DANGLES = rf"\s(?:{_ALWAYS.pattern}|{_SELDOM.pattern})\s*\z"
# "An", "was" and "of" end sentences in German and Dutch: something else must show that the text is English.
_ENGLISH = re.compile(r"\b(?:the|this|that|these|and|with|for|you|it|to)\b(?=\W+\w)", re.IGNORECASE)
# Tasks whose answers are pieces of sentences.
_PIECES = re.compile(
    r"\b(?:words?|complet\w+|fill|blank|missing|phrases?|fragments?|clauses?|prepositions?|conjunctions?"
    r"|articles?|verbs?|nouns?"
    r"|pronouns?|rhym\w+|remove|delete|reverse|invert|rearrange|unscramble|sort|order|arrange|tokeni[sz]e|split"
    r"|separate"
    r"|first|beginning|start\w*|opening|prompt|predict|next|gap|tags?|keywords?|sentences?|poems?|haiku|songs?"
    r"|lyrics|code|script|query|spell|letters?|translate|hashtags?)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 4
_MANY_WORDS = 12
# A full stop behind a digit numbers an item.
_STOPPED = re.compile(r"[^\W\d][\"')\]\u201d\u2019]*[.!?][\"')\]\u201d\u2019]*(?=\s|\Z)")
_ITEM = re.compile(r"\A\s*(?:[-*+•\u2013]|\(?\w{1,3}[.):])\s")
_FEWEST_STOPS = 3
_FEWEST_LAST = 6


def may_dangle(rows: Rows) -> npt.NDArray[np.bool_]:
    """Mark answers that end on one of the words."""
    return _marked(rows, lambda texts: pc.match_substring_regex(texts, _DANGLES))


def may_lack_its_stop(rows: Rows) -> npt.NDArray[np.bool_]:
    """Mark answers that hold a full stop, and none at the end."""
    return _marked(rows, lambda texts: pc.match_substring_regex(texts, r"\.\s"))


def _marked(rows: Rows, holds: Callable[[pa.StringArray], pa.BooleanArray]) -> npt.NDArray[np.bool_]:
    """Mark answers of some length that end on a letter, a comma or a sign beyond ASCII, and that pass a test."""
    data, starts = text_buffers(rows["response"])
    lengths = np.diff(starts)
    last = np.zeros(len(rows), dtype=np.uint8)
    filled = lengths > 0
    last[filled] = data[starts[1:][filled] - 1]
    letter = ((last | 0x20) >= ord("a")) & ((last | 0x20) <= ord("z"))
    marked: npt.NDArray[np.bool_] = (lengths >= _FEWEST_BYTES) & (
        letter | (last == ord(",")) | (last >= 0x80) | (last <= 32)
    )
    places = np.flatnonzero(marked)
    marked[places] = holds(rows["response"].take(indices(places))).to_numpy(zero_copy_only=False)
    return marked


def dangling_end(row: Exchange) -> str | None:
    """Find an answer in prose whose last word cannot end a sentence."""
    last = row.response[-_END:].split()[-1:]
    seldom = bool(last) and _SELDOM.fullmatch(last[0]) is not None
    if not last or not (seldom or _ALWAYS.fullmatch(last[0])):
        return None
    line = _last_lines(row)[-1]
    words = len(line.split())
    if words < _FEWEST_WORDS or not _is_prose(line) or _ENGLISH.search(line) is None:
        return None
    if words < _MANY_WORDS and (seldom or _PIECES.search(row.task)):
        return None
    return None if seldom and _ITEM.match(line) is not None else ending(row.response)


def no_final_stop(row: Exchange) -> str | None:
    """Find an answer of several sentences, or of several stopped lines, whose last one lacks its full stop."""
    tail = row.response[-_TAIL:].rstrip()
    if not (tail[-1:].isalpha() or tail.endswith(",")) or not (". " in tail or ".\n" in tail):
        return None
    lines = _last_lines(row)
    last = lines[-1]
    if not _is_prose(last):
        return None
    if len(lines) == 1:
        stops = [found.end() for found in _STOPPED.finditer(last)]
        enough = len(stops) >= _FEWEST_STOPS and len(last[stops[-1] :].split()) >= _FEWEST_LAST
        return ending(row.response) if enough else None
    if len(last.split()) < _FEWEST_LAST:
        return None
    # Among lines the last one is held against its like: items against items, paragraphs against paragraphs.
    item = _ITEM.match(last) is not None
    like = [
        line for line in lines[:-1] if (_ITEM.match(line) is not None) == item and len(line.split()) >= _FEWEST_LAST
    ]
    stopped = sum(_STOPPED.search(line.rstrip()[-6:]) is not None for line in like)
    return ending(row.response) if len(like) >= 2 and stopped == len(like) else None


def _last_lines(row: Exchange) -> list[str]:
    """Give the lines with something on them at the end of the answer."""
    return [line for line in row.response[-_TAIL:].split("\n") if line.strip()]


def _is_prose(line: str) -> bool:
    """Tell whether a line ends as prose does, not as code, a table, an address or a row of hashtags."""
    return _NO_PROSE.search(line.rstrip()[-_END:]) is None
