import json
from pathlib import Path

import pytest

from curate.reference import file_names, files_hash, read_parts
from schemas.errors import InputError


def test_text_files_are_read_line_by_line_and_numbered_as_an_editor_does(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("first\n\nthird\n", encoding="utf-8")
    parts = list(read_parts([str(tmp_path / "a.txt")]))
    found = [
        (number, text)
        for part in parts
        for number, text in zip(part.rows.numbers.to_pylist(), part.rows["whole"].to_pylist(), strict=True)
        if text
    ]
    assert found == [(1, "first"), (3, "third")]


def test_rows_are_numbered_within_their_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        lines = [json.dumps({"question": f"{name}{place}", "answer": "x"}) for place in range(2)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    parts = list(read_parts([str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")]))
    assert [(part.file, part.rows.numbers.to_pylist()) for part in parts] == [(0, [1, 2]), (1, [1, 2])]


def test_a_column_is_read_where_the_format_cannot_be_told(tmp_path: Path) -> None:
    line = json.dumps({"question": "Which one?", "choices": ["a", "b"], "answer": 1})
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    name = str(tmp_path / "a.jsonl")
    with pytest.raises(InputError, match=r"no row of it can be read.*column"):
        list(read_parts([name]))
    [part] = read_parts([name], "question")
    assert part.rows["whole"].to_pylist() == ["Which one?"]


def test_unreadable_rows_are_counted(tmp_path: Path) -> None:
    good = json.dumps({"question": "q", "answer": "a"})
    (tmp_path / "a.jsonl").write_text(f"{good}\n{{broken\n{good}\n", encoding="utf-8")
    assert sum(part.unread for part in read_parts([str(tmp_path / "a.jsonl")])) == 1


def test_the_hash_changes_with_the_contents_only(tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("a", encoding="utf-8")
    two.write_text("a", encoding="utf-8")
    assert files_hash([str(one)]) == files_hash([str(two)])
    before = files_hash([str(one)])
    one.write_text("ab", encoding="utf-8")
    assert files_hash([str(one)]) != before


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff\xfe"], ids=["missing", "empty", "blank", "not UTF-8"])
def test_a_text_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.txt"):
        list(read_parts([str(path)]))


def test_a_missing_file_is_named_by_the_hash_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.txt"):
        files_hash([str(tmp_path / "gone.txt")])


def test_one_name_is_a_list_of_one_and_none_is_refused() -> None:
    assert file_names("a.txt", "x") == file_names(Path("a.txt"), "x") == file_names(["a.txt"], "x") == ("a.txt",)
    with pytest.raises(InputError, match="stage x"):
        file_names((), "x")
