"""Patterns leave out what git would leave out, and how much that was is told."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.corpus import File, Skip, list_files, read_corpus
from schemas import InputError


def fill(root: Path, *names: str, **contents: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    for name, text in contents.items():
        (root / name).write_text(text)
    return root


def ids(root: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    return [item.id for item in list_files([root], include=include, exclude=exclude) if isinstance(item, File)]


def told(root: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    items = list_files([root], include=include, exclude=exclude)
    return [item.detail for item in items if isinstance(item, Skip) and item.reason == "excluded"]


def test_excluded_files_and_folders_are_left_out_and_counted(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.txt", "drafts/c.md", "sub/drafts/d.md", "sub/e.md")
    assert ids(tmp_path, exclude=("drafts/", "*.txt")) == ["a.md", "sub/e.md"]
    assert told(tmp_path, exclude=("drafts/", "*.txt")) == ["1 file and 2 folders left out by patterns (exclude 3)"]


def test_only_what_is_included_is_read(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.rst", "docs/c.md", "docs/d.txt", "x.png")
    assert ids(tmp_path, include=("*.rst", "docs/")) == ["b.rst", "docs/c.md", "docs/d.txt"]
    assert ids(tmp_path, include=("/*.md",)) == ["a.md"]
    assert told(tmp_path, include=("/*.md",)) == ["4 files left out by patterns (include 4)"]


def test_the_folders_own_patterns_are_read_and_the_callers_come_first(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.md", "c.md")
    (tmp_path / ".gristmillignore").write_text("# comment\n\na.md\nb.md\n")
    assert ids(tmp_path) == ["c.md"]
    assert ids(tmp_path, exclude=("!a.md", "c.md")) == ["a.md"]


def test_gitignore_holds_in_a_work_tree_only(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "build/b.md", "sub/c.md", "sub/d.md")
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "sub" / ".gitignore").write_text("/c.md\n")
    assert ids(tmp_path) == ["a.md", "build/b.md", "sub/c.md", "sub/d.md"]
    (tmp_path / ".git" / "info").mkdir(parents=True)
    assert ids(tmp_path) == ["a.md", "sub/d.md"]
    assert told(tmp_path) == ["1 file and 1 folder left out by patterns (.gitignore 2)"]
    (tmp_path / ".git" / "info" / "exclude").write_text("d.md\n")
    assert ids(tmp_path) == ["a.md"]


def test_a_folder_of_a_work_tree_keeps_to_the_patterns_above_it(tmp_path: Path) -> None:
    fill(tmp_path, "docs/a.md", "docs/b.md", "docs/sub/b.md", "docs/c/b.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("/docs/b.md\n/docs/c/\n")
    assert ids(tmp_path / "docs") == ["a.md", "sub/b.md"]


def test_a_folder_that_git_leaves_out_is_read_when_it_is_named(tmp_path: Path) -> None:
    fill(tmp_path, "build/a.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("build/\n")
    assert ids(tmp_path / "build") == ["a.md"]


def test_a_repository_inside_another_has_its_own_patterns(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "inner/a.md", "inner/b.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("a.md\n")
    (tmp_path / "inner" / ".git").mkdir()
    (tmp_path / "inner" / ".gitignore").write_text("b.md\n")
    assert ids(tmp_path) == ["inner/a.md"]


def test_what_git_leaves_out_can_be_taken_back(tmp_path: Path) -> None:
    fill(tmp_path, "build/a.md", "build/b.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("build/\n")
    assert ids(tmp_path, exclude=("!build/",)) == ["build/a.md", "build/b.md"]


def test_a_file_that_is_named_keeps_to_the_callers_patterns(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    assert ids(tmp_path / "a.md", exclude=("*.rst",)) == ["a.md"]
    assert ids(tmp_path / "a.md", exclude=("*.md",)) == []


def test_when_nothing_is_left_the_error_says_why(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    with pytest.raises(InputError, match=r"no file is left in it: 1 file left out by patterns \(exclude 1\)"):
        list(read_corpus([tmp_path], exclude=["*"]))


@pytest.mark.parametrize("pattern", ["", "  ", "# comment", "!", "/"])
def test_what_is_no_pattern_is_refused(tmp_path: Path, pattern: str) -> None:
    fill(tmp_path, "a.md")
    with pytest.raises(InputError, match="no pattern"):
        list_files([tmp_path], exclude=[pattern])


def test_a_file_of_patterns_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").mkdir()
    (tmp_path / ".gristmillignore").write_bytes(b"\xff\xfe!\n/\n[\n")
    assert ids(tmp_path) == ["a.md"]


NAMES = ["a.md", "b.md", "sub/a.md", "sub/b.md", "sub/deep/a.md", "other/c.md"]
LINES = [
    "a.md",
    "/a.md",
    "sub/",
    "sub/*",
    "**/deep",
    "!a.md",
    "!sub/deep/",
    "*.md",
    "!b.md",
    "sub/**",
    "deep/a.md",
    "o*",
    "[ab].md",
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(LINES), max_size=4), st.lists(st.sampled_from(LINES), max_size=3))
@settings(max_examples=100, deadline=None)
def test_a_work_tree_is_listed_as_git_lists_it(
    tmp_path_factory: pytest.TempPathFactory, above: list[str], inside: list[str]
) -> None:
    root = fill(tmp_path_factory.mktemp("tree"), *NAMES)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / ".gitignore").write_text("\n".join(above))
    (root / "sub" / ".gitignore").write_text("\n".join(inside))
    said = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--others", "--exclude-standard", "*.md"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert sorted(ids(root)) == sorted(said.stdout.split())
