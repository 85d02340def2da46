from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.presets import MEANINGS, GopherQuality
from schemas.errors import InputError

PROSE = "The people of that town have to walk with care to the market. " * 5  # 65 words


def reason(table_of: Callable[..., pa.Table], text: str, **settings: Any) -> Any:
    [line] = Pipeline([GopherQuality(**settings)]).table(table_of([("q", text)])).decisions.to_pylist()
    return line["reason"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PROSE, None),
        ("Yes.", "gopher_too_few_words"),
        ("", "gopher_too_few_words"),
        ("a an of " * 20, "gopher_short_words"),
        ("the of antidisestablishmentarianism incomprehensibilities " * 20, "gopher_long_words"),
        (PROSE + "# " * 10, "gopher_hashes"),
        (PROSE + "so... " * 10, "gopher_ellipses"),
        ("\n".join(["- the town that have to walk"] * 10), "gopher_bullets"),
        (f"{PROSE}\nand so on…\nand then...", "gopher_ellipsis_lines"),
        (PROSE + "2024 " * 20, "gopher_few_letters"),
        ("people town walk care market house river stone " * 8, "gopher_stop_words"),
    ],
    ids=lambda value: "" if value is None or len(value) > 40 else value.strip(),
)
def test_each_rule_has_its_own_reason(table_of: Callable[..., pa.Table], text: str, code: str | None) -> None:
    assert reason(table_of, text) == code
    assert code is None or code in MEANINGS


def test_too_many_words_can_be_lowered(table_of: Callable[..., pa.Table]) -> None:
    assert reason(table_of, PROSE, high_words=64) == "gopher_too_many_words"
    assert reason(table_of, PROSE, high_words=65) is None


def test_a_rule_can_be_switched_off(table_of: Callable[..., pa.Table]) -> None:
    assert reason(table_of, "the town and the river", low_words=None) is None


def test_it_warns_of_what_it_does_to_instruction_rows(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", "Yes."), ("q", "No."), ("q", PROSE)])
    [alarm] = Pipeline([GopherQuality()]).table(table).report.alarms
    assert alarm.startswith("GopherQuality drops 2 of 3 rows, 2 of them for gopher_too_few_words")
    assert Pipeline([GopherQuality()]).table(table_of([("q", PROSE)])).report.alarms == ()


def test_a_wrong_view_is_refused() -> None:
    with pytest.raises(InputError, match="stage gopher_quality"):
        GopherQuality(of="answer")  # type: ignore[arg-type]  # that is the point


def test_no_rows_are_no_error(table_of: Callable[..., pa.Table]) -> None:
    assert Pipeline([GopherQuality()]).table(table_of([])).report.rows == 0
