from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.pipeline import Pipeline
from curate.private import Private
from curate.rows import Rows
from schemas.errors import InputError

ROWS = [
    ("Who answers?", "Write to ann@firma.de or bo@firma.de."),
    ("Where is it?\n\nat 59.187.84.127", "There.", "at 59.187.84.127"),
    ("What is 2 + 2?", "4"),
]


def test_rows_with_private_data_go_with_kind_count_and_place(table_of: Callable[..., pa.Table]) -> None:
    decisions = Pipeline([Private()]).table(table_of(ROWS)).decisions.to_pylist()
    assert [line["action"] for line in decisions] == ["dropped", "dropped", "kept"]
    assert [line["evidence"] for line in decisions] == [
        "2 e-mail addresses in response",
        "1 IP address in context",
        None,
    ]
    assert decisions[0]["reason"] == "private_data"
    assert decisions[0]["score"] == 2


def test_the_datum_is_in_no_signal_and_no_decision(rows_of: Callable[..., Rows]) -> None:
    stage = Private()
    measured = stage.measure(rows_of(ROWS))
    decided = stage.decide(pa.Table.from_batches([measured]))
    shown = f"{measured.to_pydict()} {decided.evidence.to_pylist()}"
    assert not any(datum in shown for datum in ("ann", "firma", "59.187"))


def test_only_the_chosen_kinds_drop(table_of: Callable[..., pa.Table]) -> None:
    assert [
        row["messages"][0]["content"]
        for row in Pipeline([Private(kinds=("ip",))]).table(table_of(ROWS)).dropped.to_pylist()
    ] == [ROWS[1][0]]


def test_the_kinds_do_not_change_the_measure(rows_of: Callable[..., Rows]) -> None:
    assert Private(kinds=("ip",)).measure(rows_of(ROWS)).equals(Private().measure(rows_of(ROWS)))


def test_no_rows_are_no_problem(rows_of: Callable[..., Rows]) -> None:
    assert len(Private().decide(pa.Table.from_batches([Private().measure(rows_of([]))]))) == 0


@pytest.mark.parametrize("kinds", [(), ("e-mail",)], ids=["none", "unknown"])
def test_wrong_kinds_are_refused(kinds: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="kinds"):
        Private(kinds=kinds)  # type: ignore[arg-type]  # the point
