import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import InputError, OutputError, RowError
from schemas.example import Example, Message, Source, examples_table
from schemas.formats import write_examples

Read = Callable[..., tuple[pa.Table, list[Any]]]
Jsonl = Callable[..., Path]
PAIR = Example(messages=(Message("user", "ä?"), Message("assistant", "b")))
LONG = Example(messages=(Message("user", "q"), Message("assistant", "a"), Message("user", "r")))
TABLE = examples_table([PAIR, PAIR])


def test_json_lines_have_no_escapes_and_no_empty_columns(tmp_path: Path) -> None:
    write_examples(TABLE, tmp_path / "x.jsonl", format="question_answer")
    assert (tmp_path / "x.jsonl").read_text(encoding="utf-8") == '{"question": "ä?", "answer": "b"}\n' * 2


def test_a_json_file_is_one_list(tmp_path: Path) -> None:
    write_examples(TABLE, tmp_path / "x.json", format="input_output")
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == [{"input": "ä?", "output": "b"}] * 2
    write_examples(TABLE.slice(0, 0), tmp_path / "x.json", format="alpaca")
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == "[]\n"


def test_a_csv_quotes_what_must_be_and_tells_null_from_empty(tmp_path: Path) -> None:
    rows = [("a,b", None), ('"', ""), ("x\ny", "c")]
    table = examples_table(
        [Example(messages=(Message("user", q), Message("assistant", "-")), context=c) for q, c in rows]
    )
    write_examples(table, tmp_path / "x.csv", format="question_answer")
    assert (tmp_path / "x.csv").read_bytes() == (b'question,answer,context\r\n"a,b",-,\r\n"""",-,""\r\n"x\ny",-,c\r\n')


def test_parquet_has_plain_columns(tmp_path: Path) -> None:
    write_examples(TABLE.append_column("n", pa.array([1, 2], pa.int8())), tmp_path / "x.parquet", format="alpaca")
    schema = pq.read_schema(tmp_path / "x.parquet")
    assert [(each.name, each.type) for each in schema] == [
        ("instruction", pa.string()),
        ("output", pa.string()),
        ("n", pa.int8()),
    ]


@pytest.mark.parametrize("name", ["messages", "sharegpt", "alpaca", "text", "example"])
def test_no_rows_are_a_parquet_of_the_format(read: Read, tmp_path: Path, name: str) -> None:
    write_examples(TABLE.slice(0, 0), tmp_path / "x.parquet", format=name)
    table, _ = read(tmp_path / "x.parquet")
    assert table.num_rows == 0


def test_source_and_context_stand_in_columns_where_there_are_any(tmp_path: Path) -> None:
    source = Source(document="d", section="s", start=0, end=1, quote="q")
    table = examples_table([PAIR, Example(messages=PAIR.messages, context="c", source=source)])
    write_examples(table, tmp_path / "x.jsonl", format="prompt_completion")
    one, two = map(json.loads, (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines())
    assert list(one) == ["prompt", "completion"]
    assert (two["context"], two["source"]["document"]) == ("c", "d")


def test_a_row_that_the_format_cannot_hold_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    for suffix in (".jsonl", ".json", ".csv", ".parquet"):
        with pytest.raises(RowError) as caught:
            write_examples(examples_table([PAIR, LONG]), tmp_path / f"x{suffix}", format="alpaca")
        assert caught.value.row == 2
        assert str(caught.value) == (
            f"{tmp_path / f'x{suffix}'}, row 2: its turns are user, assistant, user, but alpaca holds one user turn "
            "and its answer. Write another format, such as messages, or leave the row out"
        )
    assert list(tmp_path.iterdir()) == []


def test_one_long_conversation_makes_all_prompts_lists(tmp_path: Path) -> None:
    more = Example(messages=(*LONG.messages, Message("assistant", "end")))
    write_examples(examples_table([PAIR, more]), tmp_path / "x.jsonl", format="prompt_completion")
    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [len(row["prompt"]) for row in rows] == [1, 3]


def test_a_row_that_was_mended_loses_its_original_columns(read: Read, jsonl: Jsonl, tmp_path: Path) -> None:
    table, _ = read(jsonl({"messages": [{"role": "user", "content": "q", "name": "x"}]}))
    write_examples(table, tmp_path / "same.jsonl", format="messages")
    assert '"name": "x"' in (tmp_path / "same.jsonl").read_text(encoding="utf-8")
    mended = table.set_column(
        1,
        table.schema.field("messages"),
        pa.array([[{"role": "user", "content": "Q"}]], table.schema.field("messages").type),
    )
    write_examples(mended, tmp_path / "mended.jsonl", format="messages")
    assert json.loads((tmp_path / "mended.jsonl").read_text(encoding="utf-8")) == {
        "messages": [{"role": "user", "content": "Q"}]
    }


def test_original_columns_travel_through_another_format(read: Read, jsonl: Jsonl, tmp_path: Path) -> None:
    row = {"conversations": [{"from": "human", "value": "q"}, {"from": "function_call", "value": "{}"}], "tools": "[]"}
    table, _ = read(jsonl(row))
    for suffix in (".jsonl", ".json", ".csv", ".parquet"):
        write_examples(table, tmp_path / f"through{suffix}", format="question_answer")
        through, _ = read(tmp_path / f"through{suffix}")
        write_examples(through, tmp_path / "back.jsonl", format="sharegpt")
        assert json.loads((tmp_path / "back.jsonl").read_text(encoding="utf-8")) == row


def test_a_column_that_has_the_name_of_the_formats_own_stands_aside(tmp_path: Path) -> None:
    table = TABLE.append_column("question", pa.array(["x", "y"]))
    for suffix in (".jsonl", ".parquet"):
        write_examples(table, tmp_path / f"x{suffix}", format="question_answer")
    first = json.loads((tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first == {"question": "ä?", "answer": "b", "original_question": "x"}
    assert pq.read_schema(tmp_path / "x.parquet").names == ["question", "answer", "original_question"]


def test_values_that_json_does_not_know(tmp_path: Path) -> None:
    table = TABLE.append_column("score", pa.array([math.nan, math.inf])).append_column(
        "day", pa.array([date(2026, 1, 2)] * 2)
    )
    write_examples(table, tmp_path / "x.jsonl", format="alpaca")
    rows = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["score"], row["day"]) for row in rows] == [(None, "2026-01-02")] * 2
    with pytest.raises(RowError, match="row 1: it holds bytes, which JSON cannot hold"):
        write_examples(TABLE.append_column("raw", pa.array([b"x", b"y"])), tmp_path / "y.jsonl", format="alpaca")
    assert [each.name for each in tmp_path.iterdir()] == ["x.jsonl"]


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    table = TABLE.append_column("n", pa.array([1, 2]))
    chunked = pa.concat_tables([table.slice(0, 1), table.slice(1, 1)])
    for suffix in (".jsonl", ".json", ".csv", ".parquet"):
        for name in ("alpaca", "example"):
            write_examples(table, tmp_path / f"one{suffix}", format=name)
            write_examples(chunked, tmp_path / f"two{suffix}", format=name)
            assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_wishes_that_cannot_be_met_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no format alpcaa. Did you mean alpaca?"):
        write_examples(TABLE, tmp_path / "x.jsonl", format="alpcaa")
    with pytest.raises(InputError, match=r"files that end in .txt are not written"):
        write_examples(TABLE, tmp_path / "x.txt", format="alpaca")
    with pytest.raises(InputError, match="the table has no column messages"):
        write_examples(pa.table({"id": ["x"]}), tmp_path / "x.jsonl", format="alpaca")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_examples(TABLE, tmp_path / "file" / "x.jsonl", format="alpaca")
