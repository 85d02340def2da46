import pyarrow as pa
import pytest

from curate.words import word_counts


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
