import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.english import SHARED, WORDS, count_english, table
from schemas.buffers import text_buffers

LETTER = "[A-Za-z\u00c0-\u1fff\u3000-\uffff]"
TEXTS = st.text(st.sampled_from("theTHE and of.éß漢😀 _1\x00") | st.characters(codec="utf-8"), max_size=50)


def twin(text: str) -> tuple[int, ...]:
    """Count in plain Python."""
    letters = re.findall(LETTER, text)
    words = re.findall(f"{LETTER}+", text)
    known = [set(some.split()) for some in (WORDS, SHARED)]
    lowered = [re.sub("[A-Z]", lambda match: match[0].lower(), word) for word in words]
    usual = [sum(word in some for word in lowered) for some in known]
    return len(letters), sum(not sign.isascii() for sign in letters), len(words), *usual


def counts(texts: list[str], most: int = 10_000) -> list[tuple[int, ...]]:
    data, starts = text_buffers(pa.array(texts, type=pa.string()))
    out = np.full((len(texts), 5), 9, dtype=np.int32)
    count_english(data, starts, table(), most, out)
    return [tuple(line) for line in out.tolist()]


@settings(deadline=None)  # the first example loads or compiles
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_the_kernel_agrees_with_plain_python(texts: list[str]) -> None:
    assert counts(texts) == [twin(text) for text in texts]


def test_words_are_counted_and_known_ones_told() -> None:
    assert counts(["What is the Café?", "", "I"]) == [(13, 1, 4, 2, 1), (0, 0, 0, 0, 0), (1, 0, 1, 0, 1)]


def test_only_the_first_bytes_are_looked_at() -> None:
    assert counts(["the the the"], most=5) == [(4, 0, 2, 1, 0)]
