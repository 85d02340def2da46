from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.repetition import Repetition
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
