from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.presets import MEANINGS, GopherRepetition
from curate.presets.gopher_repetition import SIGNALS, _measure
from schemas.errors import InputError

WORDS = [first + second + third for first in "bcdfg" for second in ("am", "el", "in", "or") for third in "knpt"]
PROSE = " ".join(WORDS[:60])


def reason(table_of: Callable[..., pa.Table], text: str) -> str | None:
    [line] = Pipeline([GopherRepetition()]).table(table_of([("q", text)])).decisions.to_pylist()
    found: str | None = line["reason"]
    return found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (PROSE, None),
        (f"{PROSE}\n\nab cd\n\nab cd\n\nab cd", "gopher_duplicate_paragraphs"),
        (f"{PROSE}\n\n{PROSE}\n\nx y\n\nz w", "gopher_duplicate_paragraph_characters"),
        (f"{PROSE}\nab cd\nab cd\nab cd", "gopher_duplicate_lines"),
        (f"{PROSE}\n{PROSE}\nx y\nz w", "gopher_duplicate_line_characters"),
        (f"{PROSE} " + "samba rumba tango. " * 12, "gopher_top_2_gram"),
        ("Positive", None),
        ("It is blue", "gopher_top_2_gram"),
        (f"{PROSE} {PROSE}", "gopher_duplicate_5_grams"),
    ],
    ids=["prose", "paragraphs", "paragraph chars", "lines", "line chars", "pair", "one word", "short", "run"],
)
def test_each_rule_has_its_own_reason(table_of: Callable[..., pa.Table], text: str, code: str | None) -> None:
    assert reason(table_of, text) == code
    assert code is None or code in MEANINGS


def test_shares_are_worked_out_by_hand() -> None:
    shares = dict(zip(SIGNALS, _measure("a b c d e x a b c d e"), strict=True))
    assert shares["duplicate_5"] == 5 / 21
    assert shares["duplicate_6"] == 0
    assert shares["top_2"] == 2 * 3 / 21
    assert shares["lines"] == shares["paragraphs"] == 0


def test_every_limit_has_a_meaning() -> None:
    with pytest.raises(InputError):
        GopherRepetition(duplicate=(0.1,))
    assert {f"gopher_duplicate_{n}_grams" for n in range(5, 11)} <= set(MEANINGS)


def test_no_text_is_no_repetition() -> None:
    assert list(_measure("")) == [0.0] * len(SIGNALS)
