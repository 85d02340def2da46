from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.presets import MEANINGS, FineWeb

LINE = "A river ran through the town, and nobody knew from where it came."


def reason(table_of: Callable[..., pa.Table], text: str, **settings: Any) -> Any:
    [line] = Pipeline([FineWeb(**settings)]).table(table_of([("q", text)])).decisions.to_pylist()
    return line["reason"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LINE, None),
        (LINE[:-1], "fineweb_line_ends"),
        ("Yes.", "fineweb_short_lines"),
        (f"{LINE}\n{LINE}\n{LINE[::-1]}.", "fineweb_duplicate_characters"),
        (f"{LINE}" + "\n" * 8, "fineweb_line_breaks"),
        ("", "fineweb_line_ends"),
        ("河流穿过城镇而没有人知道它从哪里来也没有人知道它流向哪里去了吗。", None),
    ],
    ids=["prose", "ends", "short", "duplicates", "breaks", "empty", "Chinese"],
)
def test_each_rule_has_its_own_reason(table_of: Callable[..., pa.Table], text: str, code: str | None) -> None:
    assert reason(table_of, text) == code
    assert code is None or code in MEANINGS


def test_a_rule_can_be_switched_off(table_of: Callable[..., pa.Table]) -> None:
    assert reason(table_of, "Yes.", short_lines=None) is None
