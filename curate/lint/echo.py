"""Answers that say the question again and add nothing."""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.lint.exchange import Exchange, excerpt
from curate.rows import Rows
from schemas.buffers import text_buffers
from schemas.text import normal

_BEGINNING = 12
_OPENING = np.frombuffer(b" \t\n\"'*#>", dtype=np.uint8)
_MOST_OPENING = 2
_FEWEST_SIGNS = 16
_FEWEST_WORDS = 4
_ADDED = 3
_LONGEST = 4000
# Saying it again is what these tasks are.
_ASKS = re.compile(
    r"\b(?:repeat|echo|copy|quote|recite|transcribe|say|spell|type|write down|read|punctuat\w+|capitali[sz]\w+"
    r"|correct|edit|fix|proofread"
    r"|format|translate|rewrite|complete|continue|paraphras\w+|rephras\w+|grammar\w*|sort|order|reorder|arrange"
    r"|lowercase|uppercase)\b",
    re.IGNORECASE,
)


def may_echo(rows: Rows) -> npt.NDArray[np.bool_]:
    """Mark rows whose answer begins with the same few bytes as the question, but for case and a quote before them."""
    question, answer = _beginnings(rows["instruction"]), _beginnings(rows["response"])
    same: npt.NDArray[np.bool_] = (question == answer).all(axis=0) & (question[0] > 0)
    return same


def _beginnings(texts: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Give the first bytes of each text as if in small letters, (`_BEGINNING` x rows); 0 if it is short."""
    data, starts = text_buffers(texts)
    begins = np.zeros((_BEGINNING, len(texts)), dtype=np.uint8)
    places = np.flatnonzero(np.diff(starts) >= _BEGINNING + _MOST_OPENING)
    first = starts[places]
    for _ in range(_MOST_OPENING):
        first = first + np.isin(data[first], _OPENING)
    for offset in range(_BEGINNING):
        begins[offset, places] = data[first + offset] | 0x20
    return begins


def prompt_echo(row: Exchange) -> str | None:
    """Find an answer that is the whole task, with at most a few words behind it."""
    if len(row.response) > _LONGEST or len(row.task) > _LONGEST or _ASKS.search(row.task):
        return None
    question, answer = normal(row.task), normal(row.response)
    if question.isascii() and (len(question.split()) < _FEWEST_WORDS or len(question) < _FEWEST_SIGNS):
        return None
    if not answer.startswith(question):
        return None
    # Without white space a word has about two signs.
    added = answer[len(question) :].strip()
    count = len(added.split()) if added.isascii() else len(added) // 2
    return excerpt(row.response) if count <= _ADDED else None
