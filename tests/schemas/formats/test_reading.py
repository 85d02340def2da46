from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import InputError
from schemas.example import EXAMPLE_SCHEMA
from schemas.formats import open_examples
from schemas.formats.shapes import holds_json

Read = Callable[..., tuple[pa.Table, list[Any]]]
Jsonl = Callable[..., Path]
QA = {"question": "q", "answer": "a"}


def test_several_inputs_are_numbered_through(jsonl: Jsonl) -> None:
    one, two = jsonl(QA, {"x": 1}, QA, name="one.jsonl"), jsonl({"x": 1}, QA, name="two.jsonl")
    opened = open_examples(one, str(two), pa.table({"text": ["t"]}))
    assert opened.names == (str(one), str(two), "table")
    batches = list(opened.batches(2))
    assert [each.numbers.to_pylist() for each in batches] == [[1], [3], [5], [6]]
    assert [reject.row for each in batches for reject in each.rejects] == [2, 4]
    assert [reject.error.split(":")[0] for each in batches for reject in each.rejects] == [
        f"{one}, row 2",
        f"{two}, row 1",
    ]


def test_every_batch_has_the_schema_of_all_inputs(jsonl: Jsonl) -> None:
    opened = open_examples(
        jsonl({**QA, "n": 1, "only": "x"}, name="one.jsonl"),
        pa.table({"question": ["q"], "answer": ["a"], "n": ["text"]}),
        pa.table({"question": ["q"], "answer": ["a"], "big": pa.array([1], pa.int32())}),
        pa.table({"question": ["q"], "answer": ["a"], "big": pa.array([2**40])}),
    )
    assert opened.schema.names == [*EXAMPLE_SCHEMA.names, "n", "only", "big"]
    assert holds_json(opened.schema.field("n"))
    assert opened.schema.field("big").type == pa.int64()
    batches = list(opened.batches())
    assert all(each.examples.schema.equals(opened.schema, check_metadata=True) for each in batches)
    assert [each.examples["n"].to_pylist() for each in batches] == [["1"], ['"text"'], [None], [None]]


def test_numbers_of_several_json_files_share_a_type(read: Read, jsonl: Jsonl) -> None:
    table, _ = read(jsonl({**QA, "n": 1}, name="one.jsonl"), jsonl({**QA, "n": 0.5}, name="two.jsonl"))
    assert table["n"].to_pylist() == [1.0, 0.5]


def test_the_batches_can_be_read_again(jsonl: Jsonl) -> None:
    opened = open_examples(jsonl(QA, QA))
    assert list(opened.batches()) == list(opened.batches())


def test_a_parquet_file_is_read_in_batches(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": [str(number) for number in range(10)]}), tmp_path / "x.parquet")
    opened = open_examples(tmp_path / "x.parquet")
    assert [each.numbers.to_pylist() for each in opened.batches(4)] == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.parquet", b"question,answer", "not a readable Parquet file"),
        ("x.parquet", b"", "the file is empty"),
        ("x.jsonl", b"", "the file is empty"),
        ("x.json", b"[]", "it holds no rows"),
        ("x.csv", b"question,answer\n", "it holds no rows"),
        ("x.txt", b"text", "files that end in .txt are not read"),
        ("x", b"text", "files that end in nothing are not read"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        open_examples(tmp_path / name)
    assert str(caught.value).startswith(str(tmp_path / name))


def test_a_missing_path_a_folder_and_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_examples(tmp_path / "x.parquet")
    with pytest.raises(InputError, match="a folder, not a file"):
        open_examples(tmp_path)
    with pytest.raises(InputError, match="no input is named"):
        open_examples()
    with pytest.raises(InputError, match="list is nothing to read examples from"):
        open_examples([QA])


def test_a_damaged_parquet_file_is_refused_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": [str(number) for number in range(1000)]}), path)
    content = bytearray(path.read_bytes())
    content[4:60] = b"\xff" * 56
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        list(open_examples(path).batches())
