from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.quality import Readability
from curate.rows import Rows
from schemas.errors import InputError

EASY = "The cat sat on the mat. It was a big cat. It had a red hat and it ran to the sun."
HARD = (
    "The institutional implementation of organizational interoperability necessitates comprehensive consideration of "
    "the infrastructural prerequisites that characterize the administrative responsibilities of the organization."
)


def columns_of(rows: Rows, **settings: Any) -> dict[str, list[float | None]]:
    stage = Readability(**settings)
    verdicts = stage.decide(pa.Table.from_batches([stage.measure(rows)]))
    assert verdicts.columns is not None
    found: dict[str, Any] = verdicts.columns.to_pydict()
    return {name.removeprefix("readability_"): values for name, values in found.items()}


def test_signals_are_what_they_should_be(rows_of: Callable[..., Rows]) -> None:
    columns = columns_of(rows_of([("q", "the cat sat. a dog ran.")]))
    # Six words in two sentences, six syllables, two stop words, six different words, four of them no stop words.
    assert columns["words_per_sentence"] == [3]
    assert columns["flesch"][0] == pytest.approx(206.835 - 1.015 * 3 - 84.6)
    assert columns["type_token"] == [1]
    assert columns["stop_share"][0] == pytest.approx(2 / 6)
    assert columns["density"][0] == pytest.approx(4 / 6)


def test_an_easy_text_is_easier(rows_of: Callable[..., Rows]) -> None:
    easy, hard, none, chinese = columns_of(rows_of([("q", EASY), ("q", HARD), ("q", ""), ("q", "北京是中国的首都。")]))[
        "flesch"
    ]
    assert easy is not None
    assert hard is not None
    assert easy > 90
    assert hard < 0
    assert none is chinese is None


def test_loops_compress(rows_of: Callable[..., Rows]) -> None:
    loop, text = columns_of(rows_of([("q", "again and again " * 500), ("q", HARD)]))["compression"]
    assert loop is not None
    assert text is not None
    assert loop < 0.1
    assert text > 0.5


def test_nothing_is_dropped_without_a_limit(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", EASY), ("q", HARD), ("q", ""), ("q", "\x00"), ("q", "a" * 100_000)])
    assert Pipeline([Readability()]).table(table).report.dropped == 0


def test_a_limit_drops_what_lies_outside_and_says_so(table_of: Callable[..., pa.Table]) -> None:
    stage = Readability(low={"flesch": 20}, high={"words_per_sentence": 15})
    result = Pipeline([stage]).table(table_of([("q", EASY), ("q", HARD), ("q", "")]))
    line = result.decisions.to_pylist()[1]
    assert (line["action"], line["reason"], line["threshold"]) == ("dropped", "words_per_sentence_too_high", 15)
    assert result.kept.num_rows == 2


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"of": "x"}, "of is"),
        ({"low": {"ease": 1}}, "no signal"),
        ({"low": {"flesch": 2}, "high": {"flesch": 1}}, "above"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word):
        Readability(**settings)


def test_no_rows_are_no_error(rows_of: Callable[..., Rows]) -> None:
    assert columns_of(rows_of([]))["flesch"] == []
