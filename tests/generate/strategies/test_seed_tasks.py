import json
from pathlib import Path

import pytest

from generate.strategies.seed_tasks import OURS, Task, read_seeds
from schemas import InputError


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_ours_are_forty_different_tasks_with_and_without_input() -> None:
    seeds = read_seeds(OURS)
    assert len({seed.instruction for seed in seeds}) == len(seeds) == 40
    assert 10 <= sum(not seed.input for seed in seeds) <= 20
    assert all(seed.output for seed in seeds)


def test_the_form_of_self_instruct_is_read_with_its_first_instance(tmp_path: Path) -> None:
    instances = [{"input": " a ", "output": "b"}, {"input": "c", "output": "d"}]
    path = write(tmp_path / "s.jsonl", {"id": "1", "instruction": "Say it", "instances": instances})
    assert read_seeds(path) == (Task("Say it", "a", "b"),)
    (tmp_path / "s.json").write_text(json.dumps([{"instruction": "Say it", "instances": instances}]))
    assert read_seeds(tmp_path / "s.json") == (Task("Say it", "a", "b"),)


@pytest.mark.parametrize(
    ("row", "task"),
    [
        ({"instruction": "Say it", "input": "a", "output": "b"}, Task("Say it", "a", "b")),
        ({"instruction": "Say it", "input": "", "output": "b"}, Task("Say it", "", "b")),
        ({"question": "What?", "answer": "b"}, Task("What?", "", "b")),
    ],
)
def test_other_formats_are_read_too(row: dict[str, str], task: Task, tmp_path: Path) -> None:
    assert read_seeds(write(tmp_path / "rows.jsonl", row)) == (task,)


@pytest.mark.parametrize(
    "row",
    [{"instruction": "Say it", "instances": []}, {"instruction": "", "instances": [{"input": "", "output": "b"}]}, 7],
    ids=["no instance", "no instruction", "no object"],
)
def test_a_seed_that_is_not_whole_is_refused_with_its_number(row: object, tmp_path: Path) -> None:
    good = {"instruction": "Say it", "instances": [{"input": "", "output": "b"}]}
    with pytest.raises(InputError, match=r"bad\.jsonl, row 2"):
        read_seeds(write(tmp_path / "bad.jsonl", good, row))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_seeds(tmp_path / "none.jsonl")
