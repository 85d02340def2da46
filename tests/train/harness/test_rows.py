import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas import InputError
from schemas.parquet import write_table
from train.harness.rows import read_row_task


def lines(path: Path, *rows: Any) -> Path:  # Any: JSON
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("answer", "right"), [(0, 0), (2, 2), ("B", 1), ("c", 2), ("blue", 1), ("A", 0), ("red", 0)], ids=str
)
def test_the_right_choice_is_a_number_a_letter_or_its_text(answer: object, right: int, tmp_path: Path) -> None:
    row = {"question": "Which?", "choices": ["red", "blue", "green"], "answer": answer}
    task = read_row_task(lines(tmp_path / "mine.jsonl", row))
    assert (task.name, task.kind) == ("mine", "choices")
    assert task.docs == [{"question": "Which?", "choices": ["red", "blue", "green"], "answer": right}]


def test_a_choice_that_looks_like_a_number_or_letter_is_found_by_its_text(tmp_path: Path) -> None:
    rows = [
        {"question": "2 - 1?", "choices": ["0", "1"], "answer": "1"},
        {"question": "Last?", "choices": ["B", "A"], "answer": "A"},
    ]
    assert [doc["answer"] for doc in read_row_task(lines(tmp_path / "mine.jsonl", *rows)).docs] == [1, 1]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"question": "", "choices": ["a", "b"], "answer": 0}, "no question"),
        ({"question": "q", "choices": ["a"], "answer": 0}, "not two texts or more"),
        ({"question": "q", "choices": ["a", ""], "answer": 0}, "not two texts or more"),
        ({"question": "q", "choices": ["a", "b"], "answer": 2}, "is none of its 2 choices"),
        ({"question": "q", "choices": ["a", "b"], "answer": -1}, "is none of its 2 choices"),
        ({"question": "q", "choices": ["a", "b"], "answer": True}, "is none of its 2 choices"),
        ({"question": "q", "choices": ["a", "b"]}, "is none of its 2 choices"),
        (["a"], "no question"),
    ],
)
def test_a_row_that_is_no_choice_is_named(row: Any, said: str, tmp_path: Path) -> None:  # Any: JSON
    good = {"question": "q", "choices": ["a", "b"], "answer": 0}
    with pytest.raises(InputError, match=rf"row 2: .*{said}"):
        read_row_task(lines(tmp_path / "mine.jsonl", good, row))


def test_a_line_separator_in_a_question_ends_no_row(tmp_path: Path) -> None:
    row = json.dumps({"question": "a\u2028b?", "choices": ["a", "b"], "answer": 0}, ensure_ascii=False)
    (tmp_path / "mine.jsonl").write_text(row, encoding="utf-8")
    assert read_row_task(tmp_path / "mine.jsonl").docs[0]["question"] == "a\u2028b?"


def test_parquet_holds_choices_too(tmp_path: Path) -> None:
    write_table(tmp_path / "mine.parquet", pa.table({"question": ["q"], "choices": [["a", "b"]], "answer": [1]}))
    assert read_row_task(tmp_path / "mine.parquet").docs[0]["answer"] == 1


def test_questions_and_answers_come_in_every_format(tmp_path: Path) -> None:
    turns = [{"role": role, "content": text} for role, text in zip(("user", "assistant") * 2, "abcd", strict=True)]
    task = read_row_task(lines(tmp_path / "mine.jsonl", {"messages": turns}))
    assert (task.kind, task.docs) == ("answers", [{"question": "a\n\nb\n\nc", "answer": "d"}])
    task = read_row_task(lines(tmp_path / "own.jsonl", {"instruction": "Do", "output": "Done"}))
    assert task.docs == [{"question": "Do", "answer": "Done"}]


def test_rows_that_cannot_be_asked_are_named_by_reason(tmp_path: Path) -> None:
    rows = [
        {"question": "Why?", "answer": "So."},
        {"question": "How?", "answer": " "},
        {"prose": "no question here"},
        {"question": "Who?", "answer": None},
        {"messages": [{"role": "assistant", "content": "Hello."}]},
        {"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": "Hello."}]},
    ]
    task = read_row_task(lines(tmp_path / "mine.jsonl", *rows))
    assert task.docs == [{"question": "Why?", "answer": "So."}]
    assert sorted(row for each in task.left_out.values() for row in each) == [2, 3, 4, 5, 6]
    assert 2 in task.left_out["no_answer"]
    assert 6 in task.left_out["no_question"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_row_task(tmp_path / "nowhere.jsonl")
    (tmp_path / "broken.jsonl").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        read_row_task(tmp_path / "broken.jsonl")
    with pytest.raises(InputError, match="no row has a question and an answer"):
        read_row_task(lines(tmp_path / "empty.jsonl", {"question": "Why?", "answer": ""}))
