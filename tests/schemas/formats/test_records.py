import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas.errors import InputError, RowError
from schemas.formats import open_examples
from schemas.formats.shapes import holds_json

Read = Callable[..., tuple[pa.Table, list[Any]]]
Jsonl = Callable[..., Path]
QA = {"question": "q", "answer": "a"}


def test_the_rows_of_a_mixed_file_each_have_their_own_format(read: Read, jsonl: Jsonl, messages_of: Any) -> None:
    path = jsonl(
        QA,
        {"instruction": "i", "input": "x", "output": "o"},
        {"text": "t"},
        {"messages": [{"role": "user", "content": "m"}]},
    )
    table, rejects = read(path)
    assert rejects == []
    assert messages_of(table) == [
        [("user", "q"), ("assistant", "a")],
        [("user", "i\n\nx"), ("assistant", "o")],
        [("assistant", "t")],
        [("user", "m")],
    ]


def test_a_null_is_a_missing_key(read: Read, jsonl: Jsonl) -> None:
    table, _ = read(jsonl({"messages": None, **QA}))
    assert table.column_names == ["id", "messages", "context", "source", "origin"]


def test_rows_that_fit_no_format_are_set_aside_with_number_reason_and_text(read: Read, jsonl: Jsonl) -> None:
    path = jsonl(QA, {"prompt": "p", "reply": "r"}, "", {"question": 5, "answer": "a"}, [1], QA)
    table, rejects = read(path)
    assert table.num_rows == 2
    assert [(each.row, each.error.removeprefix(str(path)), each.raw) for each in rejects] == [
        (2, ", row 2: no question in it: its columns are prompt, reply", '{"prompt": "p", "reply": "r"}'),
        (3, ", row 3 (line 4): question is a number, not text", '{"question": 5, "answer": "a"}'),
        (4, ", row 4 (line 5): not a JSON object", "[1]"),
    ]


def test_a_file_without_any_row_that_fits_is_refused_with_the_columns_to_name(jsonl: Jsonl) -> None:
    path = jsonl({"prompt": "p", "reply": "r"})
    with pytest.raises(RowError) as caught:
        open_examples(path)
    assert str(caught.value) == (
        f"{path}, row 1: no question in it: its columns are prompt, reply. "
        "Name them: --columns instruction=prompt,response=reply"
    )


def test_the_columns_that_the_user_names_are_taken(read: Read, jsonl: Jsonl, messages_of: Any) -> None:
    path = jsonl({"prompt": "p", "reply": "r", "instruction": "else"})
    table, _ = read(path, columns={"instruction": "prompt", "response": "reply"})
    assert messages_of(table) == [[("user", "p"), ("assistant", "r")]]
    assert table["instruction"].to_pylist() == ["else"]


def test_a_named_column_that_is_nowhere_is_refused(jsonl: Jsonl) -> None:
    with pytest.raises(InputError, match=r"no column promt in it: its columns are prompt, reply. Did you mean prompt?"):
        open_examples(jsonl({"prompt": "p", "reply": "r"}), columns={"instruction": "promt", "response": "reply"})


def test_a_named_system_column_becomes_the_first_turn(read: Read, jsonl: Jsonl, messages_of: Any) -> None:
    table, _ = read(jsonl({**QA, "system": "s"}), columns={"system": "system"})
    assert messages_of(table) == [[("system", "s"), ("user", "q"), ("assistant", "a")]]


def test_a_forced_format_sets_rows_of_others_aside(read: Read, jsonl: Jsonl) -> None:
    path = jsonl(QA, {"text": "t"})
    table, [reject] = read(path, format="text")
    assert (table.num_rows, reject.row) == (1, 1)
    with pytest.raises(InputError, match="it does not fit the format alpaca"):
        open_examples(path, format="alpaca")


def test_a_broken_line_stops_the_reading(jsonl: Jsonl) -> None:
    path = jsonl(QA, "", "{broken")
    with pytest.raises(RowError) as caught:
        open_examples(path)
    assert str(caught.value) == (
        f"{path}, row 2: not JSON (line 3: expecting property name enclosed in double quotes at column 2). "
        "Mend the line, or pass --keep-going to set such rows aside"
    )
    assert caught.value.exit_code == 2


def test_a_broken_line_is_set_aside_on_request(read: Read, jsonl: Jsonl) -> None:
    table, [reject] = read(jsonl(QA, "{broken", QA), keep_going=True)
    assert (table.num_rows, reject.row, reject.raw) == (2, 2, "{broken")


@pytest.mark.parametrize("lines", [["", " "], ["[]"], ["5", "6"]], ids=["blank", "list", "numbers"])
def test_a_file_without_objects_is_refused(jsonl: Jsonl, lines: list[str]) -> None:
    with pytest.raises(InputError, match=r"no rows|not a JSON object"):
        open_examples(jsonl(*lines))


def test_empty_texts_are_read(read: Read, jsonl: Jsonl) -> None:
    table, rejects = read(jsonl({"question": "", "answer": ""}))
    assert (table.num_rows, rejects) == (1, [])


def test_columns_of_several_types_ride_along_as_json(read: Read, jsonl: Jsonl) -> None:
    table, _ = read(jsonl({**QA, "n": 1, "m": 1}, {**QA, "n": "one"}, QA))
    assert holds_json(table.schema.field("n"))
    assert table["n"].to_pylist() == ["1", '"one"', None]
    assert table["m"].to_pylist() == [1, None, None]


def test_our_names_are_recognised_by_their_values(read: Read, jsonl: Jsonl) -> None:
    source = {"document": "d", "section": "s", "start": 0, "end": 1, "quote": "q"}
    table, _ = read(jsonl({**QA, "source": source, "context": "c", "id": 7}))
    assert (table["source"].to_pylist(), table["context"].to_pylist()) == ([source], ["c"])
    table, _ = read(jsonl({**QA, "source": source}, {**QA, "source": "wiki"}))
    assert table["source"].to_pylist() == [None, None]
    assert [json.loads(str(each)) for each in table["original_source"].to_pylist()] == [source, "wiki"]


def test_a_csv_has_no_null_where_text_must_be(read: Read, tmp_path: Path, messages_of: Any) -> None:
    (tmp_path / "x.csv").write_text('question,answer,note\n,a,\nq,,""\n', encoding="utf-8")
    table, rejects = read(tmp_path / "x.csv")
    assert rejects == []
    assert messages_of(table) == [[("user", ""), ("assistant", "a")], [("user", "q"), ("assistant", "")]]
    assert table["note"].to_pylist() == [None, ""]


def test_a_long_file_is_not_held_in_memory(jsonl: Jsonl) -> None:
    opened = open_examples(jsonl(*([QA] * 1000)))
    first = next(iter(opened.batches(10)))
    assert first.examples.num_rows == 10
