import importlib.util
import json
from pathlib import Path

import pytest

from gristmill.cli import main
from gristmill.steps import alone_in


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """Give a file of multiple choice."""
    file = tmp_path / "quiz.jsonl"
    rows = [{"question": f"{n} + 1?", "choices": [str(n + 1), "a fish"], "answer": 0} for n in range(3)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.mark.slow
def test_each_model_has_a_name_of_its_own(
    quiz: Path, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lm_eval", reason="the extra `bench` is not installed")
    argv = ["bench", str(tiny_folder), str(tiny_folder), "--data", str(quiz), "-o", str(tmp_path / "out"), "--json"]
    assert main(argv) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["models"] == ["model", "model-2"]
    assert [(task["task"], task["measure"], task["rows"]) for task in record["tasks"]] == [
        ("quiz", "acc", 3),
        ("quiz", "acc_norm", 3),
    ]
    assert record["tasks"][0]["models"][1]["difference"] == [0.0, 0.0, 0.0]
    assert len(list((tmp_path / "out" / "results").iterdir())) == 1  # the same weights are asked once


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--tasks", ""], "no task is named"),
        (["--data", "nowhere.jsonl"], "nowhere.jsonl: no such file or folder"),
        (["--tasks", "arc_easy", "--include-path", "nowhere"], "nowhere: no such folder of tasks"),
    ],
    ids=["no task", "no file", "no folder"],
)
def test_what_cannot_be_run_is_one_sentence(
    words: list[str], said: str, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lm_eval", reason="the extra `bench` is not installed")
    assert main(["bench", str(tiny_folder), "-o", str(tmp_path / "out"), *words]) == 2
    assert said in capsys.readouterr().err


def test_without_the_harness_the_install_line_is_printed(
    quiz: Path, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "lm_eval" else find(name, *more)
    )
    assert main(["bench", str(tiny_folder), "--data", str(quiz), "-o", str(tmp_path / "out")]) == 2
    assert "pip install 'gristmill[bench]'" in capsys.readouterr().err


def test_two_do_not_write_into_one_folder(
    quiz: Path, tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lm_eval", reason="the extra `bench` is not installed")
    argv = ["bench", str(tiny_folder), "--data", str(quiz), "-o", str(tmp_path / "out")]
    with alone_in(tmp_path / "out"):
        assert main(argv) == 2
    assert "another gristmill is at work in this folder" in capsys.readouterr().err


def test_a_file_in_the_way_is_told_before_a_model_is_opened(
    quiz: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("lm_eval", reason="the extra `bench` is not installed")
    assert main(["bench", "no-such-model", "--data", str(quiz), "-o", str(quiz)]) == 1
    assert "quiz.jsonl: a file of this name is in the way" in capsys.readouterr().err
