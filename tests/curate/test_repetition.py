from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.repeats import LEAST_LOOP, LEAST_RUN, LIMITS, LONGEST_PERIOD, LONGEST_RUN_PERIOD, repeats
from curate.pipeline import Pipeline
from curate.repetition import Repetition
from schemas.buffers import text_buffers
from schemas.errors import InputError

SONG = "\n".join(
    line
    for verse in range(3)
    for line in (
        f"Here is verse number {verse} of it",
        f"It tells of day {verse}",
        "And this is the chorus",
        "La la la la la",
    )
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", None),
        ("Yes.", None),
        ("no no no", None),
        ("I like cats. " * 7, "loop"),
        ("I like cats. " * 6, None),
        ("I LIKE cats. " + "i like cats. " * 6, "loop"),
        ("\n".join(f"{number}. I like small cats" for number in range(1, 12)), "repeated_lines"),
        ("\n".join(f"row {number} is here now" for number in range(40)), None),
        (SONG, None),
        ("哈" * 22, "loop"),
        ("a" * 240, "run"),
        ("-" * 120, None),
        (" \n" * 200 + "x", "run"),
        ("2 x 2 x 2 x 2 x 2 x 3", None),
        (" ".join(map(str, range(1, 101))), None),
    ],
)
def test_loops_go_and_songs_and_tables_stay(table_of: Callable[..., pa.Table], text: str, reason: str | None) -> None:
    decision = Pipeline([Repetition()]).table(table_of([("q", text)])).decisions.to_pylist()[0]
    assert decision["reason"] == reason


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(InputError):
        Repetition(lines=0)


def twin(text: str) -> tuple[int, int, int]:
    """Measure words, the longest loop and the longest run in plain Python, for texts without signs of three bytes."""
    words = text.lower().split()
    loop = longest(words, LONGEST_PERIOD, LEAST_LOOP, rounds=2)
    return len(words), loop, longest(list(text.encode()), LONGEST_RUN_PERIOD, LEAST_RUN, rounds=1)


def longest(parts: Sequence[object], periods: int, least: int, *, rounds: int) -> int:
    """Find the longest stretch in which each part equals the one a period before."""
    best = 0
    for period in range(1, min(periods, len(parts) // rounds) + 1):
        for start in range(len(parts) - period):
            length = period
            while start + length < len(parts) and parts[start + length] == parts[start + length - period]:
                length += 1
            if length >= max(least, rounds * period):
                best = max(best, length)
    return best


@settings(deadline=None, max_examples=200)
@given(
    st.one_of(
        st.text(alphabet="abA \n", max_size=60),
        st.tuples(st.text(alphabet="ab c", max_size=9), st.integers(1, 40), st.text(alphabet="ab c", max_size=9)).map(
            lambda parts: parts[2] + parts[0] * parts[1] + parts[2]
        ),
    )
)
def test_the_kernel_agrees_with_plain_python(text: str) -> None:
    out = np.zeros((1, 5), dtype=np.int32)
    data, starts = text_buffers(pa.array([text], type=pa.string()))
    repeats(data, starts, LIMITS, out)
    assert (out[0, 0], out[0, 1], out[0, 4]) == twin(text)
