from pathlib import Path

import pyarrow as pa
import pytest

from schemas import InputError
from schemas.parquet import write_table
from train.judge.folders import read_answers, tuned_names


def evaluation(folder: Path, ids: str, mark: str, **columns: list[str]) -> Path:
    write_table(
        folder / "answers.parquet",
        pa.table(
            {
                "row": pa.array(range(len(ids)), pa.int64()),
                "id": list(ids),
                "question": [f"{name}?" for name in ids],
                "gold": list(ids),
                "base_answer": [f"base {name}" for name in ids],
                "tuned_answer": [f"{mark} {name}" for name in ids],
                **columns,
            }
        ),
    )
    return folder


def test_base_and_tuned_of_one_evaluation_are_read(tmp_path: Path) -> None:
    found = read_answers([evaluation(tmp_path, "ab", "one", passage=["P", ""])])
    assert found.models == ("base", "tuned")
    assert found.table["context"].to_pylist() == ["P", ""]
    assert (found.common, found.left_out) == (2, 0)


def test_several_are_joined_by_id_and_what_is_not_common_is_counted(tmp_path: Path) -> None:
    folders = [evaluation(tmp_path / "first" / "evaluation", "abcd", "one"), evaluation(tmp_path / "x", "dbe", "two")]
    found = read_answers(folders)
    assert found.models == ("base", "first", "x")
    assert found.table["id"].to_pylist() == ["b", "d"]
    assert found.table["first_answer"].to_pylist() == ["one b", "one d"]
    assert found.table["x_answer"].to_pylist() == ["two b", "two d"]
    assert (found.common, found.left_out) == (2, 3)
    assert found.table["context"].null_count == 2


def test_an_id_that_is_there_twice_is_judged_once(tmp_path: Path) -> None:
    assert read_answers([evaluation(tmp_path, "aba", "one")]).table["row"].to_pylist() == [0, 1]


def test_every_name_is_given_once() -> None:
    folders = [Path("/a/run/evaluation"), Path("/b/run/evaluation"), Path("/c/base"), Path("/c/x")]
    assert tuned_names(folders) == ["run", "run-2", "base-2", "x"]


def test_what_is_no_evaluation_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"answers\.parquet: no such file\. Give the folder"):
        read_answers([tmp_path])
    write_table(tmp_path / "answers.parquet", pa.table({"id": ["a"]}))
    with pytest.raises(InputError, match="it has no column row"):
        read_answers([tmp_path])
    with pytest.raises(InputError, match="no row in common"):
        read_answers([evaluation(tmp_path / "a", "ab", "one"), evaluation(tmp_path / "b", "cd", "two")])
