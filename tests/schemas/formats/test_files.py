from pathlib import Path

import pytest

from schemas.errors import InputError
from schemas.formats.files import json_rows, jsonl_rows, opened


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_rows_are_numbered_without_blank_lines_and_know_their_line(tmp_path: Path) -> None:
    rows = list(jsonl_rows(written(tmp_path, "x.jsonl", b'{"a": 1}\n\n  \r\n{"a": 2}')))
    assert [(each.number, each.line, each.values, each.raw) for each in rows] == [
        (1, 1, {"a": 1}, '{"a": 1}'),
        (2, 4, {"a": 2}, '{"a": 2}'),
    ]


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    for name, content, reader in (
        ("x.jsonl", b'\xef\xbb\xbf{"a": 1}\n', jsonl_rows),
        ("x.json", b'\xef\xbb\xbf[{"a": 1}]', json_rows),
    ):
        assert [each.values for each in reader(written(tmp_path, name, content))] == [{"a": 1}]


def test_line_separators_of_unicode_end_no_row(tmp_path: Path) -> None:
    content = '{"a": "x\u2028y\u0085z"}\n'.encode()
    assert [each.values for each in jsonl_rows(written(tmp_path, "x.jsonl", content))] == [{"a": "x\u2028y\u0085z"}]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"a":', "not JSON (line 2: expecting value at column 6)"),
        (b"{'a': 1}", "not JSON (line 2: expecting property name enclosed in double quotes at column 2)"),
        (b'{"a": "\xe4"}', "not UTF-8 (line 2: byte 0xe4 at byte 8)"),
        (b"[" * 200_000, "not JSON (line 2: it is nested too deeply)"),
        (b"9" * 5000, "not JSON (line 2: a number in it is too long)"),
    ],
    ids=["cut", "quotes", "latin-1", "deep", "long number"],
)
def test_a_line_that_cannot_be_read_is_a_broken_row(tmp_path: Path, line: bytes, fault: str) -> None:
    rows = list(jsonl_rows(written(tmp_path, "x.jsonl", b'{"a": 1}\n' + line + b'\n{"a": 3}\n')))
    assert [(each.number, each.broken) for each in rows] == [(1, False), (2, True), (3, False)]
    assert rows[1].fault == fault


@pytest.mark.parametrize("line", [b"[]", b"5", b"null", b'"text"', b"true"], ids=str)
def test_a_line_that_is_no_object_has_no_values(tmp_path: Path, line: bytes) -> None:
    [row] = jsonl_rows(written(tmp_path, "x.jsonl", line))
    assert (row.values, row.fault, row.raw, row.broken) == (None, "not a JSON object", line.decode(), False)


def test_half_a_surrogate_pair_is_a_fault_and_a_whole_one_is_not(tmp_path: Path) -> None:
    content = b'{"a": "\\ud83d"}\n{"a": "\\ud83d\\ude00"}\n{"\\uDE00": 1}\n{"a": "\\\\ud83d"}\n'
    rows = list(jsonl_rows(written(tmp_path, "x.jsonl", content)))
    assert [each.values for each in rows] == [None, {"a": "\U0001f600"}, None, {"a": "\\ud83d"}]
    assert rows[0].fault == "it holds half of a surrogate pair, which UTF-8 cannot hold"
    assert rows[0].raw == '{"a": "\\ud83d"}'


def test_a_list_of_objects_is_read_with_the_text_of_each(tmp_path: Path) -> None:
    rows = list(json_rows(written(tmp_path, "x.json", b'[ {"a": 1} ,\n {"a":\n2}, 5 ]\n')))
    assert [(each.number, each.line, each.values, each.raw) for each in rows] == [
        (1, 1, {"a": 1}, '{"a": 1}'),
        (2, 2, {"a": 2}, '{"a":\n2}'),
        (3, 3, None, "5"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"data": [{}]}', "it holds one object, and the list stands in its key data"),
        (b'{"a": 1}', "it holds one object. Write"),
        (b'{"a": 1}\n{"a": 2}\n', "which is JSONL. Name it .jsonl"),
        (b"5", "it holds no list of objects"),
        (b"nonsense", "not JSON"),
        (b"[{},]", "row 2: not JSON"),
        (b"[{}", "row 1: not JSON .line 1: the end of the file after this row"),
        (b"[{}\n{}]", "row 1: not JSON .line 2: '{' after this row"),
        (b'[{}, {"a"', "row 2: not JSON"),
        (b"[{}] {}", "more stands behind the list"),
        (b'[{"a": "\xe4"}]', "not UTF-8 .line 1: byte 0xe4"),
    ],
)
def test_a_json_file_that_is_no_list_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        list(json_rows(written(tmp_path, "x.json", content)))


@pytest.mark.parametrize("content", [b"[]", b" [ ] ", b" \n"])
def test_a_list_may_be_empty(tmp_path: Path, content: bytes) -> None:
    assert list(json_rows(written(tmp_path, "x.json", content))) == []


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        opened(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="a folder, not a file"):
        opened(tmp_path)
    with pytest.raises(InputError, match="the file is empty"):
        opened(written(tmp_path, "x.jsonl", b""))
    with pytest.raises(InputError, match="cannot be read"):
        opened(written(tmp_path, "file", b"x") / "x.jsonl")
