"""A revision of a git repository is read as the folder that it was, without checking anything out."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generate.corpus import File, Skip, exists, list_files, read_corpus
from schemas import Document, InputError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two commits: `a.md` is edited, `docs/b.md` and others come with the first, tagged `v1`."""
    home = tmp_path / "handbook"
    (home / "docs").mkdir(parents=True)
    git(home, "init", "--quiet", "--initial-branch", "main")
    (home / "a.md").write_text("first")
    (home / "docs" / "b.md").write_text("b")
    (home / "docs" / "Größe.md").write_text("c")
    (home / "docs" / "x.png").write_text("x")
    (home / ".gitignore").write_text("build/\n")
    git(home, "add", ".")
    git(home, "commit", "--quiet", "--message", "first")
    git(home, "tag", "v1")
    (home / "a.md").write_text("second")
    git(home, "commit", "--quiet", "--all", "--message", "second")
    return home


def texts(path: Path) -> dict[str, str]:
    return {item.id: item.text for item in read_corpus([path]) if isinstance(item, Document)}


def test_a_revision_is_read_as_it_was(repository: Path) -> None:
    assert texts(repository.with_name("handbook@v1")) == {"a.md": "first", "docs/Größe.md": "c", "docs/b.md": "b"}
    assert texts(repository.with_name("handbook@main"))["a.md"] == "second"
    assert texts(repository.with_name("handbook@HEAD~1"))["a.md"] == "first"


def test_a_bare_repository_is_read_at_its_head(repository: Path) -> None:
    bare = repository.with_name("handbook.git")
    git(repository.parent, "clone", "--quiet", "--bare", "handbook", "handbook.git")
    assert texts(bare) == texts(repository)
    assert texts(bare.with_name("handbook.git@v1"))["a.md"] == "first"


def test_a_folder_inside_a_repository_can_be_named(repository: Path) -> None:
    assert texts(repository / "docs@v1") == {"Größe.md": "c", "b.md": "b"}


def test_two_revisions_of_a_file_are_told_apart(repository: Path) -> None:
    paths = [repository.with_name("handbook@v1"), repository.with_name("handbook@main")]
    ids = [item.id for item in list_files(paths) if isinstance(item, File)]
    assert "handbook@v1/a.md" in ids
    assert "handbook@main/a.md" in ids


def test_what_is_not_committed_is_not_read(repository: Path) -> None:
    (repository / "new.md").write_text("new")
    assert "new.md" in texts(repository)
    assert "new.md" not in texts(repository.with_name("handbook@main"))


def test_a_link_is_named_and_not_followed(repository: Path) -> None:
    (repository / "link.md").symlink_to("/etc/hostname")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "link")
    skips = {
        item.path.name: item.reason
        for item in list_files([repository.with_name("handbook@HEAD")])
        if isinstance(item, Skip)
    }
    assert skips == {"link.md": "outside", "x.png": "unsupported"}


@pytest.mark.parametrize("revision", ["nothing", "--upload-pack=x", "v1:a.md", "HEAD^{tree}"])
def test_a_revision_that_is_none_is_refused(repository: Path, revision: str) -> None:
    with pytest.raises(InputError, match=r"revision|git cannot read it"):
        list_files([repository.with_name(f"handbook@{revision}")])


def test_a_folder_outside_any_repository_has_no_revisions(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    assert not exists(tmp_path / "docs@main")
    with pytest.raises(InputError, match="no such file or folder"):
        list_files([tmp_path / "docs@main"])


def test_a_folder_with_the_sign_in_its_name_is_a_folder(repository: Path) -> None:
    odd = repository.with_name("handbook@v1")
    odd.mkdir()
    (odd / "own.md").write_text("own")
    assert texts(odd) == {"own.md": "own"}


def test_without_git_the_error_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="git is not installed"):
        list_files([repository.with_name("handbook@v1")])


def test_the_callers_own_repository_does_not_come_in_between(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert texts(repository.with_name("handbook@v1"))["a.md"] == "first"
