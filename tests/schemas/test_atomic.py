import errno
from pathlib import Path

import pytest

from schemas.atomic import atomic_file, atomic_folder, make_folder, output_error, write_json, write_text, writing
from schemas.errors import OutputError


def write_and_fail(path: Path, error: Exception) -> None:
    with atomic_file(path) as partial:
        partial.write_text("half")
        raise error


def fill_and_fail(path: Path, error: Exception) -> None:
    with atomic_folder(path) as partial:
        (partial / "new").write_text("half")
        raise error


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.txt"
    with atomic_file(path) as partial:
        partial.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert [each.name for each in path.parent.iterdir()] == ["x.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(ValueError, match="inside"):
        write_and_fail(path, ValueError("inside"))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_failed_write_becomes_an_output_error_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    path = tmp_path / "x.txt"
    with pytest.raises(OutputError) as caught:
        write_and_fail(path, OSError(number, "no luck"))
    assert str(caught.value).startswith(f"{path}: ")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    error = output_error(OSError(errno.ENOSPC, "x"), tmp_path)
    assert str(error) == f"{tmp_path}: no space is left on the disk. Free some space and run it again"


def test_an_unknown_failure_keeps_the_words_of_the_system(tmp_path: Path) -> None:
    assert str(output_error(OSError(errno.EIO, "Input/output error"), tmp_path)) == f"{tmp_path}: Input/output error"


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"is a file, not a folder|in the way"):
        write_text(tmp_path / "file" / "x.txt", "text")
    with pytest.raises(OutputError, match="in the way"):
        make_folder(tmp_path / "file")


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    with pytest.raises(OutputError, match="a folder of this name is in the way"):
        write_text(tmp_path / "x.txt", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["x.txt"]


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.mkdir()
    (path / "old").write_text("")
    with atomic_folder(path) as partial:
        (partial / "new").write_text("")
        assert [each.name for each in path.iterdir()] == ["old"]
    assert [each.name for each in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_folder_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.mkdir()
    (path / "old").write_text("")
    with pytest.raises(ValueError, match="inside"):
        fill_and_fail(path, ValueError("inside"))
    assert [each.name for each in path.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial" / "rest").write_text("")
    with atomic_folder(tmp_path / "out") as partial:
        assert list(partial.iterdir()) == []
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_an_error_that_is_no_failed_write_passes_through(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path):
        raise KeyError


def test_text_keeps_its_line_ends_and_shows_what_utf8_cannot_hold(tmp_path: Path) -> None:
    write_text(tmp_path / "x.txt", "a\r\nb\n\ud83d")
    assert (tmp_path / "x.txt").read_bytes() == b"a\r\nb\n\\ud83d"


def test_json_is_indented_and_keeps_the_order_of_keys(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"b": "ä", "a": []})
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{\n  "b": "ä",\n  "a": []\n}\n'


@pytest.mark.parametrize("name", [".", "..", "../here", "../../work/here"])
def test_the_folder_that_we_are_in_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here = tmp_path / "work" / "here"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    with pytest.raises(OutputError, match=r"cannot be replaced.*Name a folder inside it"), atomic_folder(Path(name)):
        pytest.fail("the work was begun")
    assert [path.name for path in tmp_path.rglob("*")] == ["work", "here"]
    with atomic_folder(Path("out")) as partial:
        (partial / "new").write_text("x")
    assert (here / "out" / "new").exists()


def test_a_mount_point_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "disk"
    out.mkdir()
    monkeypatch.setattr("os.path.ismount", lambda path: Path(path) == out)
    with pytest.raises(OutputError, match="a mount point cannot be replaced"), atomic_folder(out):
        pytest.fail("the work was begun")
    assert list(tmp_path.iterdir()) == [out]
    link = tmp_path / "link"
    link.symlink_to(out)
    with atomic_folder(link) as partial:
        (partial / "new").write_text("x")
    assert (link / "new").exists()
    assert list(out.iterdir()) == []
