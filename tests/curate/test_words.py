import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.words import word_counts


def twin(text: str) -> int:
    """Count words in plain Python: Han and Kana signs each, everything else by white space."""
    own = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0010ffff"
    return len(re.findall(rf"[{own}]|[^\s{own}]+", text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t ", 0),
        ("one", 1),
        (" two  words ", 2),
        ("don't stop-here", 2),
        ("你好世界", 4),
        ("ABC你好 def", 4),
        ("カタカナ", 4),
        ("안녕 세상", 2),
        ("مرحبا بالعالم", 2),
        ("a\u3000b\u00a0c", 3),
        ("\x00", 1),
    ],
)
def test_words_are_counted_in_any_script(text: str, count: int) -> None:
    assert word_counts(pa.array([text], type=pa.string())).tolist() == [count]


@given(st.lists(st.text(), max_size=6))
def test_the_kernel_agrees_with_plain_python(texts: list[str]) -> None:
    assert word_counts(pa.array(texts, type=pa.string())).tolist() == [twin(text) for text in texts]
