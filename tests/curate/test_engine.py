from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate import (
    Empty,
    Exact,
    Length,
    Near,
    Pipeline,
    Placeholder,
    Repetition,
    Rows,
    StageError,
    Verdicts,
    default_stages,
    keep,
    signals,
)
from curate.arrow import plain
from curate.stage import Mended
from schemas.errors import InputError
from schemas.example import Example, Message, examples_table

PIECES = st.sampled_from(
    [
        "",
        " ",
        "a",
        "A!",
        "你好",
        "شكرا",
        "\x00",
        "<noinput>",
        "N/A",
        "word " * 30,
        "one two three four five six seven eight nine",
    ]
)
TABLES = st.lists(st.tuples(PIECES, PIECES, st.none() | PIECES), max_size=12).map(
    lambda rows: examples_table(
        [
            Example(
                messages=(
                    Message("user", f"{question}\n\n{context}" if context else question),
                    Message("assistant", answer),
                ),
                context=context,
            )
            for question, answer, context in rows
        ]
    )
)


@dataclass
class Odd:
    """A user's own stage: keeps rows with an odd number of characters, and raises where it is told to."""

    raises: str = "\ufffe"
    in_decide: bool = False
    name: str = "odd"
    costly: bool = False
    seen: list[int] = field(default_factory=list)

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        texts = plain(rows["response"])
        if any(self.raises in text for text in texts):
            raise ValueError("bad sign")
        self.seen.extend(rows.numbers.to_numpy().tolist())
        return signals(length=pc.utf8_length(rows["response"]))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        if self.in_decide:
            raise ZeroDivisionError("oh")
        odd = signals["length"].to_numpy() % 2 == 1
        return keep(where=odd, reason="even", score=signals["length"])


def fates(decisions: pa.Table) -> list[dict[str, Any]]:
    return [line for line in decisions.to_pylist() if line["action"] != "changed"]


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_every_row_has_one_fate_in_order(table: pa.Table) -> None:
    result = Pipeline(default_stages()).table(table)
    lines = fates(result.decisions)
    assert [line["row"] for line in lines] == list(range(1, table.num_rows + 1))
    assert [line["id"] for line in lines] == table["id"].to_pylist()
    assert result.report.kept + result.report.dropped + result.report.errored == table.num_rows
    kept = [line["row"] for line in lines if line["action"] == "kept"]
    assert len(kept) == result.kept.num_rows
    dropped = [line["row"] for line in lines if line["action"] == "dropped"]
    assert result.dropped["row"].to_pylist() == dropped
    assert (
        result.dropped.select(table.column_names).to_pylist()
        == table.take(pa.array([row - 1 for row in dropped], pa.int64())).to_pylist()
    )


@settings(max_examples=25, deadline=None)
@given(TABLES)
def test_curating_the_curated_drops_nothing(table: pa.Table) -> None:
    once = Pipeline(default_stages()).table(table)
    twice = Pipeline(default_stages()).table(once.kept)
    assert twice.kept.equals(once.kept)
    assert twice.decisions.num_rows == once.kept.num_rows


@settings(max_examples=25, deadline=None)
@given(TABLES, st.integers(1, 5))
def test_batches_do_not_matter(table: pa.Table, size: int) -> None:
    whole, parts = (Pipeline([*default_stages(), Odd()]).table(table, batch_rows=rows) for rows in (8192, size))
    assert whole.kept.equals(parts.kept)
    assert whole.dropped.equals(parts.dropped)
    assert whole.decisions.equals(parts.decisions)


@pytest.mark.parametrize("costly", [False, True])
@pytest.mark.parametrize("size", [1, 3, 8192])
def test_a_row_that_makes_a_stage_raise_is_set_aside_alone(
    table_of: Callable[..., pa.Table], costly: bool, size: int
) -> None:
    table = table_of([("q", "a"), ("q", "bad"), ("q", "abc"), ("q", "ab")])
    result = Pipeline([Empty(), Odd(raises="bad", costly=costly), Exact()]).table(table, batch_rows=size)
    assert [line["action"] for line in result.decisions.to_pylist()] == ["kept", "errored", "kept", "dropped"]
    line = result.quarantined.to_pylist()[0]
    assert line["row"] == 2
    assert line["error"] == "stage odd: ValueError: bad sign"
    assert '"content": "bad"' in line["raw"]


def test_a_stage_that_cannot_decide_stops_the_run_and_is_named(table_of: Callable[..., pa.Table]) -> None:
    with pytest.raises(StageError, match=r"stage odd: cannot decide \(ZeroDivisionError: oh\)"):
        Pipeline([Odd(in_decide=True)]).table(table_of([("q", "a")]))


def test_a_costly_stage_measures_survivors_only(table_of: Callable[..., pa.Table]) -> None:
    stage = Odd(costly=True)
    Pipeline([Length(low=2, high=None), stage]).table(table_of([("q", "a"), ("q", "a b"), ("q", "c d")]))
    assert stage.seen == [2, 3]


def test_a_function_is_a_stage(table_of: Callable[..., pa.Table]) -> None:
    def polite(row: dict[str, Any]) -> tuple[bool, str]:
        return "please" in row["instruction"], "impolite"

    lines = Pipeline([polite]).table(table_of([("please", "a"), ("now", "b")])).decisions.to_pylist()
    assert [(line["action"], line["stage"], line["reason"]) for line in lines] == [
        ("kept", None, None),
        ("dropped", "polite", "impolite"),
    ]


def test_a_function_that_raises_sets_its_row_aside(table_of: Callable[..., pa.Table]) -> None:
    def picky(row: dict[str, Any]) -> bool:
        return bool(1 / len(row["response"]))

    result = Pipeline([picky]).table(table_of([("q", "a"), ("q", ""), ("q", "b")]))
    assert [line["action"] for line in result.decisions.to_pylist()] == ["kept", "errored", "kept"]


class Broken:
    """Gives one signal too few."""

    name = "broken"

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        return signals(x=np.zeros(max(0, len(rows) - 1)))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        return keep(where=np.ones(signals.num_rows, dtype=bool), reason="")


def test_a_stage_that_loses_a_signal_is_named(table_of: Callable[..., pa.Table]) -> None:
    with pytest.raises(StageError, match="stage broken: gave 1 rows for 2"):
        Pipeline([Broken()]).table(table_of([("q", "a"), ("q", "b")]))


class Shout:
    """A mend that raises on one row and changes another."""

    name = "shout"

    def mend(self, rows: Rows, /) -> Mended:
        texts = rows["context"].to_pylist()
        if "bad" in texts:
            raise RuntimeError("no")
        changed = np.array([text == "loud" for text in texts], dtype=bool)
        context = pa.array([text.upper() if text == "loud" else text for text in texts])
        examples = rows.examples.set_column(2, rows.examples.schema.field(2), context)
        return Mended(examples, changed, "shouted", texts)


@pytest.mark.parametrize("size", [1, 8192])
def test_a_row_that_makes_a_mend_raise_is_set_aside_alone(table_of: Callable[..., pa.Table], size: int) -> None:
    table = table_of([("q", "a", "bad"), ("q", "a", "loud"), ("q", "a", "soft")])
    result = Pipeline([Shout()]).table(table, batch_rows=size)
    assert [(line["row"], line["action"]) for line in result.decisions.to_pylist()] == [
        (1, "errored"),
        (2, "changed"),
        (2, "kept"),
        (3, "kept"),
    ]
    assert result.kept["context"].to_pylist() == ["LOUD", "soft"]
    assert result.kept["id"][0].as_py() != table["id"][1].as_py()
    assert result.kept["id"][1].as_py() == table["id"][2].as_py()


def test_a_mend_behind_a_stage_is_refused() -> None:
    with pytest.raises(InputError, match="Move it to the front"):
        Pipeline([Empty(), Placeholder()])


def test_what_is_no_stage_is_refused() -> None:
    with pytest.raises(InputError, match="is no stage"):
        Pipeline(["exact"])  # type: ignore[list-item]  # that is what is refused


def test_columns_that_rode_along_stay(table_of: Callable[..., pa.Table]) -> None:
    table = (
        table_of([("q", "a"), ("q", "a")])
        .append_column("row", pa.array([7, 8]))
        .append_column("note", pa.array(["x", None]))
    )
    result = Pipeline([Exact()]).table(table)
    assert result.kept.select(["row", "note"]).to_pylist() == [{"row": 7, "note": "x"}]
    assert result.dropped.select(["row", "row_", "note"]).to_pylist() == [{"row": 8, "row_": 2, "note": None}]


@pytest.mark.parametrize("text", ["\x00", "\u202eabc", "你好" * 3, "e\u0301", "\U0001f600" * 4, "x" * 100_000])
def test_odd_texts_pass(table_of: Callable[..., pa.Table], text: str) -> None:
    result = Pipeline([Empty(), Length(high=None, low=0), Repetition(run=10**6), Exact(), Near()]).table(
        table_of([(text, text), ("q", "a")])
    )
    assert result.report.errored == 0
    assert result.report.kept + result.report.dropped == 2
