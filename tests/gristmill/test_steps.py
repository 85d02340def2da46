import shutil
from pathlib import Path
from typing import Any

import pytest

from gristmill.steps import Ledger, Step, alone_in
from schemas.errors import InputError, OutputError


class Work:
    """Writes a file, and counts how often it was asked to."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.times = 0

    def __call__(self) -> dict[str, Any]:
        self.times += 1
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text("result")
        return {"rows": 3}


def step(work: Work, made_from: str = "a", **more: Any) -> Step:
    return Step(name="grind", made_from={"from": made_from}, outputs=[work.file], work=work, **more)


def test_a_step_is_done_once(tmp_path: Path) -> None:
    work = Work(tmp_path / "out.txt")
    assert Ledger(tmp_path).do(step(work)).reused is False
    again = Ledger(tmp_path).do(step(work))
    assert again.reused is True
    assert again.summary == {"rows": 3}
    assert work.times == 1


def test_what_comes_before_a_step_comes_only_where_there_is_work(tmp_path: Path) -> None:
    told: list[str] = []
    for _ in range(2):
        Ledger(tmp_path).do(step(Work(tmp_path / "out.txt")), before=lambda: told.append("asked"))
    assert told == ["asked"]


def test_a_step_of_which_something_is_left_is_done_again(tmp_path: Path) -> None:
    work = Work(tmp_path / "out.txt")
    assert Ledger(tmp_path).do(step(work, is_left=lambda summary: summary == {"rows": 3})).summary == {"rows": 3}
    assert Ledger(tmp_path).do(step(work, is_left=lambda _: False)).reused is False
    assert Ledger(tmp_path).do(step(work)).reused is True


@pytest.mark.parametrize("change", ["input", "output changed", "output gone"])
def test_what_has_changed_is_done_again(tmp_path: Path, change: str) -> None:
    work = Work(tmp_path / "out.txt")
    Ledger(tmp_path).do(step(work))
    if change == "output changed":
        work.file.write_text("somebody else's")
    if change == "output gone":
        work.file.unlink()
    done = Ledger(tmp_path).do(step(work, "b" if change == "input" else "a"))
    assert done.reused is False
    assert work.file.read_text() == "result"


def test_a_step_that_was_cut_short_goes_on_in_its_folder(tmp_path: Path) -> None:
    work = Work(tmp_path / "model" / "out.txt")

    def cut() -> dict[str, Any]:
        (tmp_path / "model").mkdir()
        (tmp_path / "model" / "checkpoint").touch()
        raise KeyboardInterrupt

    scratch = [tmp_path / "model"]
    broken = Step(name="grind", made_from={"from": "a"}, outputs=[work.file], scratch=scratch, work=cut)
    with pytest.raises(KeyboardInterrupt):
        Ledger(tmp_path).do(broken)
    Ledger(tmp_path).do(step(work, scratch=scratch))
    assert (tmp_path / "model" / "checkpoint").exists()


def test_unfinished_work_on_other_inputs_is_thrown_away(tmp_path: Path) -> None:
    work = Work(tmp_path / "model" / "out.txt")
    Ledger(tmp_path).do(step(work))
    (tmp_path / "model" / "checkpoint").touch()
    Ledger(tmp_path).do(step(work, "b", scratch=[tmp_path / "model"]))
    assert not (tmp_path / "model" / "checkpoint").exists()
    assert work.file.exists()


def test_a_removal_that_was_cut_short_leaves_no_result_to_reuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work(tmp_path / "model" / "out.txt")
    scratch = [tmp_path / "model"]
    Ledger(tmp_path).do(step(work, "a", scratch=scratch))

    def cut(folder: Path, **_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut)
        with pytest.raises(KeyboardInterrupt):
            Ledger(tmp_path).do(step(work, "b", scratch=scratch))
    (tmp_path / "model" / "left").touch()
    assert Ledger(tmp_path).do(step(work, "a", scratch=scratch)).reused is False
    assert not (tmp_path / "model" / "left").exists()


def test_a_record_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[1]")
    with pytest.raises(InputError, match=r"does not read as the record of a run\. Remove it to begin anew"):
        Ledger(tmp_path)


def test_two_runs_never_share_a_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(InputError, match="another gristmill is at work"), alone_in(tmp_path):
        pass
    with alone_in(tmp_path):
        pass


def test_a_folder_that_cannot_be_held_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(OutputError, match="a folder of this name is in the way"), alone_in(tmp_path):
        pass


@pytest.mark.parametrize("wrote", [False, True], ids=["nothing written", "something written"])
def test_a_folder_made_for_a_run_that_is_refused_goes_again(tmp_path: Path, wrote: bool) -> None:
    folder = tmp_path / "a" / "b"

    def run() -> None:
        with alone_in(folder):
            if wrote:
                (folder / "rows").write_text("x")
            raise InputError("no such model")

    with pytest.raises(InputError):
        run()
    assert folder.exists() == wrote
    assert (tmp_path / "a").exists() == wrote
    with alone_in(folder):
        pass
    assert folder.exists()
