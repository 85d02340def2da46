from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from schemas.errors import InputError
from schemas.example import MESSAGES_TYPE, Example, Message, examples_table
from schemas.formats import open_examples

Read = Callable[..., tuple[pa.Table, list[Any]]]


def test_other_columns_ride_along_with_their_types(read: Read) -> None:
    when = pa.array([1, None], pa.timestamp("us"))
    score = pa.array([0.5, 1.5], pa.float32())
    table, rejects = read(pa.table({"question": ["a", "b"], "answer": ["c", "d"], "when": when, "score": score}))
    assert rejects == []
    assert table.schema.field("when").type == pa.timestamp("us")
    assert table.schema.field("score").type == pa.float32()
    assert table["when"].combine_chunks().equals(when)


def test_a_column_with_one_of_our_names_stands_aside(read: Read) -> None:
    table, _ = read(pa.table({"question": ["a"], "answer": ["b"], "id": [7], "source": ["wiki"], "context": ["c"]}))
    assert table["original_id"].to_pylist() == [7]
    assert table["original_source"].to_pylist() == ["wiki"]
    assert (table["context"].to_pylist(), table["source"].to_pylist()) == (["c"], [None])


def test_rejected_rows_take_their_other_columns_along(read: Read) -> None:
    table, rejects = read(pa.table({"question": ["a", None, "c"], "answer": ["x", "y", "z"], "n": [1, 2, 3]}))
    assert table["n"].to_pylist() == [1, 3]
    assert [(each.row, each.error) for each in rejects] == [(2, "table, row 2: question is null, not text")]
    assert rejects[0].raw == '{"question": null, "answer": "y", "n": 2}'


def test_a_column_of_nulls_only_is_no_part_of_a_format(read: Read) -> None:
    table, rejects = read(pa.table({"messages": pa.nulls(1), "question": ["a"], "answer": ["b"]}))
    assert (table.num_rows, rejects) == (1, [])


def test_our_own_table_is_read_as_it_is_and_its_ids_are_made_afresh(read: Read) -> None:
    ours = examples_table([Example(messages=(Message("user", "q"), Message("assistant", "a")), context="c")])
    stale = ours.set_column(0, ours.schema.field("id"), pa.array(["stale"]))
    table, _ = read(stale.append_column("score", pa.array([1])))
    assert table.select(ours.column_names).equals(ours)
    assert table["score"].to_pylist() == [1]


def test_a_table_of_messages_with_other_keys_is_read_row_by_row(read: Read) -> None:
    rows = [[{"role": "user", "content": "q", "name": None}], [{"role": "user", "content": "q", "name": "x"}]]
    table, _ = read(pa.table({"messages": rows}))
    assert table["messages"].to_pylist() == [[{"role": "user", "content": "q"}]] * 2
    assert [each is None for each in table["original"].to_pylist()] == [True, False]


def test_an_empty_table_has_its_columns(read: Read) -> None:
    table, _ = read(pa.table({"question": pa.array([], pa.string()), "answer": pa.array([], pa.string())}))
    assert table.num_rows == 0


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"question": [1], "answer": ["a"]}, "column question holds int64, not text"),
        ({"prompt": ["a"], "reply": ["b"]}, "no question in it: its columns are prompt, reply"),
        ({"question": [["a"]], "answer": ["b"]}, "column question holds list"),
    ],
    ids=["number", "no format", "list"],
)
def test_columns_that_fit_no_format_are_refused(columns: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_examples(pa.table(columns))


def test_two_columns_of_one_name_are_refused() -> None:
    table = pa.Table.from_arrays([pa.array(["a"])] * 2, names=["text", "text"])
    with pytest.raises(InputError, match="two columns are called text"):
        open_examples(table)


def test_bytes_that_are_not_utf8_fault_their_row_in_every_layout(read: Read) -> None:
    broken = pa.array([b"ok", b"\xff"]).view(pa.string())
    roles = pa.array(["user", "user"])
    turns = pa.StructArray.from_arrays([roles, broken, roles], names=["role", "content", "name"])
    plain = pa.StructArray.from_arrays([roles, broken], names=["role", "content"]).cast(MESSAGES_TYPE.value_type)
    for messages in (turns, plain):
        column = pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), messages)
        table, [reject] = read(pa.table({"messages": column}))
        assert (table.num_rows, reject.row) == (1, 2)
        assert "bytes that are not UTF-8" in reject.error


def test_a_data_frame_is_read(read: Read) -> None:
    frame = pd.DataFrame({"question": ["a", "b"], "answer": ["c", None], 7: [1, 2]}, index=[5, 6])
    table, [reject] = read(frame)
    assert (table["7"].to_pylist(), reject.row) == ([1], 2)


def test_a_data_frame_of_mixed_columns_is_read_row_by_row(read: Read) -> None:
    frame = pd.DataFrame({"question": ["a", 5, None], "answer": ["x"] * 3, "n": [1, "one", float("nan")]})
    table, rejects = read(frame)
    assert table["n"].to_pylist() == ["1"]
    assert [each.error for each in rejects] == [
        "table, row 2: question is a number, not text",
        "table, row 3: question is null, not text",
    ]


def test_a_dataset_is_read_with_its_selection(read: Read) -> None:
    import datasets  # type: ignore[import-untyped]  # it ships no types

    dataset = datasets.Dataset.from_dict({"question": ["a", "b", "c"], "answer": ["x", "y", "z"]}).select([2, 0])
    table, _ = read(dataset)
    rows: list[Any] = table["messages"].to_pylist()  # Any: the stubs do not know what a column holds
    assert [row[0]["content"] for row in rows] == ["c", "a"]
    with pytest.raises(InputError, match="a DatasetDict holds no single table"):
        open_examples(datasets.DatasetDict({"train": dataset}))
