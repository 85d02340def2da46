import numpy as np
import pyarrow as pa
import pytest

from curate.arrow import indices, plain
from curate.rows import VIEWS, Rows, View, replace_rows
from schemas.example import EXAMPLE_SCHEMA, Example, Message, examples_table
from schemas.text import normal

CONVERSATIONS = [
    [("system", "S"), ("user", "U1"), ("assistant", "A1"), ("user", "U2"), ("assistant", "A2")],
    [("user", "only a question")],
    [("assistant", "only an answer")],
    [("user", "q"), ("assistant", "a"), ("user", "after")],
    [],
    [("user", ""), ("assistant", "")],
]


def rows(*, batch_from: int = 0) -> Rows:
    examples = [Example(messages=tuple(Message(*turn) for turn in turns)) for turns in CONVERSATIONS]
    batch = examples_table(examples).combine_chunks().to_batches()[0].slice(batch_from)
    return Rows(batch, indices(np.arange(len(batch))))


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("instruction", ["U2", "only a question", "", "after", "", ""]),
        ("response", ["A2", "", "only an answer", "a", "", ""]),
        ("prompt", ["S\n\nU1\n\nA1\n\nU2", "only a question", "", "q", "", ""]),
        ("whole", ["S\n\nU1\n\nA1\n\nU2\n\nA2", "only a question", "only an answer", "q\n\na\n\nafter", "", "\n\n"]),
        ("context", [""] * 6),
    ],
)
def test_views_of_every_kind_of_conversation(view: View, expected: list[str]) -> None:
    assert rows()[view].to_pylist() == expected
    assert rows(batch_from=2)[view].to_pylist() == expected[2:]


def test_a_view_is_made_once() -> None:
    batch = rows()
    assert batch["whole"] is batch["whole"]
    assert batch.normal("whole") is batch.normal("whole")


def test_null_contents_roles_and_contexts_are_empty_texts() -> None:
    line = {"id": "x", "messages": [{"role": None, "content": "?"}, {"role": "user", "content": None}], "context": None}
    batch = pa.RecordBatch.from_pylist([line], schema=EXAMPLE_SCHEMA)
    views = Rows(batch, pa.array([1]))
    assert [views[view].to_pylist() for view in VIEWS] == [[""], [""], [""], ["?\n\n"], ["?\n\n"]]


def test_no_rows_have_empty_views() -> None:
    none = rows(batch_from=len(CONVERSATIONS))
    assert all(none[view].to_pylist() == [] for view in VIEWS)
    assert none.turns().tolist() == []
    assert none.normal("whole").to_pylist() == []


def test_turns_are_counted() -> None:
    assert rows().turns().tolist() == [5, 1, 1, 3, 0, 2]


def test_taken_rows_keep_their_numbers_and_texts() -> None:
    some = rows().take(np.array([3, 0]))
    assert some.numbers.to_pylist() == [3, 0]
    assert some["instruction"].to_pylist() == ["after", "U2"]


def test_the_normal_form_of_a_view_is_that_of_the_schema() -> None:
    assert rows().normal("whole").to_pylist() == [normal(text) for text in plain(rows()["whole"])]


def test_a_row_holds_columns_and_texts() -> None:
    row = rows().row(0)
    assert row["instruction"] == "U2"
    assert row["messages"][0] == {"role": "system", "content": "S"}


def test_replaced_rows_leave_the_others_alone() -> None:
    batch = rows().examples
    new = replace_rows(batch, np.array([1]), {"context": ["new"]})
    assert new.column("context").to_pylist() == [None, "new", None, None, None, None]
    assert new.column("messages").equals(batch.column("messages"))
