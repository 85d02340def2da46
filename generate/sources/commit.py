"""A revision of a git repository, read as a folder: `handbook.git` (a bare one, at HEAD) or `handbook@v1.2`.

The `git` program is asked for the tree and for each file; nothing is checked out, no hook or filter runs, and no
network is used.
"""

import os
import subprocess
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from generate.loaders import UnreadableError
from generate.sources.file import Listing, Skip, Where, is_passed_over, listed
from generate.sources.patterns import OWN, Patterns, rule_of
from schemas import InputError

_LINK, _SUBMODULE = "120000", "160000"
_LARGEST_RULES = 1_000_000  # bytes


def repository_at(path: Path) -> tuple[Path, str] | None:
    """Take `REPOSITORY@REVISION`, or the path of a bare repository, apart; None where it is neither."""
    if path.is_dir():
        return (path, "HEAD") if _is_bare(path) else None
    if path.exists():
        return None
    text = str(path)
    places = [place for place, sign in enumerate(text) if sign == "@" and place]
    for place in places:
        folder, revision = Path(text[:place]), text[place + 1 :]
        if revision and folder.is_dir() and (_is_bare(folder) or _in_work_tree(folder)):
            return folder, revision
    return None


def list_commit(root: Path, repository: Path, revision: str, patterns: Patterns) -> Listing:
    """List the files of a revision, in the order of their names.

    Args:
        root: What the user named.
        repository: A bare repository, or a folder of a work tree: then the files below that folder are listed.
        revision: A branch, tag or commit.
        patterns: What is left out.

    Raises:
        InputError: git is not installed, or knows no such revision.
    """
    tree = _Tree(repository, _commit(root, repository, revision))
    entries = sorted(_entries(root, tree), key=lambda one: one.name.split("/"))
    own = next((one for one in entries if one.name == OWN and one.mode not in {_LINK, _SUBMODULE}), None)
    rules = patterns.rules + (rule_of(own.blob.read(_LARGEST_RULES), OWN) if own else ())
    found: list[Where | Skip] = []
    for name, mode, blob in entries:
        if any(is_passed_over(part) for part in name.split("/")) or patterns.leave_out_member(name, rules):
            continue
        if mode == _LINK:
            detail = "a symbolic link, which is not followed inside a commit"
            found.append(Skip(path=root / name, reason="outside", detail=detail))
        elif mode == _SUBMODULE:
            found.append(Skip(path=root / name, reason="outside", detail="a submodule: another repository's files"))
        else:
            found.append(listed(root / name, name, blob))
    return Listing(root.name, [*found, *patterns.report(root)])


@dataclass(slots=True, weakref_slot=True)
class _Tree:
    """One commit, and the process that reads its files, started when the first one is read."""

    repository: Path
    commit: str
    _reader: subprocess.Popen[bytes] | None = field(default=None)

    def blob(self, name: str, most: int) -> bytes:
        """Give at most the first `most` bytes of a file by the hash of its content.

        Raises:
            UnreadableError: The repository lacks it.
        """
        if self._reader is None or self._reader.poll() is not None:
            self._reader = _start(self.repository, "cat-file", "--batch")
            weakref.finalize(self, _stop, self._reader)
        asked, answers = self._reader.stdin, self._reader.stdout
        assert asked is not None, "it was opened as a pipe"
        assert answers is not None, "it was opened as a pipe"
        try:
            asked.write(f"{name}\n".encode("ascii"))
            asked.flush()
        except BrokenPipeError as error:
            raise UnreadableError("unreadable", "git stopped") from error
        answer = answers.readline().split()
        if len(answer) != 3 or not answer[2].isdigit():
            raise UnreadableError("unreadable", "the repository lacks it: a partial clone")
        left = int(answer[2])
        content = answers.read(min(left, most))
        left -= len(content)
        while left > 0 and (passed := answers.read(min(left, 1 << 20))):
            left -= len(passed)
        answers.read(1)
        return content


@dataclass(frozen=True, slots=True)
class _Blob:
    """One file of a commit."""

    tree: _Tree
    name: str
    size: int

    def read(self, most: int, /) -> bytes:
        return self.tree.blob(self.name, most)


class _Entry(NamedTuple):
    """One line of a tree: a file's name, what it is, and its content."""

    name: str
    mode: str
    blob: _Blob


def _entries(root: Path, tree: _Tree) -> Iterator[_Entry]:
    """List a commit's files."""
    for entry in filter(None, _git(root, tree.repository, "ls-tree", "-r", "-z", "-l", tree.commit).split(b"\0")):
        head, _, name = entry.partition(b"\t")
        mode, _, blob, size = head.decode("ascii").split()
        yield _Entry(os.fsdecode(name), mode, _Blob(tree, blob, int(size) if size.isdigit() else 0))


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def _in_work_tree(folder: Path) -> bool:
    home = folder.resolve()
    return any((above / ".git").exists() for above in (home, *home.parents))


def _commit(root: Path, repository: Path, revision: str) -> str:
    """Give the hash of a revision's commit.

    Raises:
        InputError: There is none.
    """
    if revision.startswith("-"):
        raise InputError(f"no revision: {revision!r}", where=str(root), mend="Name a branch, a tag or a commit")
    said = _git(root, repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return said.decode("ascii").strip()


def _git(root: Path, repository: Path, *arguments: str) -> bytes:
    process = _start(repository, *arguments)
    out, err = process.communicate()
    if process.returncode:
        said = (err.decode("utf-8", "replace").strip().splitlines() or ["git knows no such revision"])[-1]
        raise InputError(
            f"git cannot read it: {said.removeprefix('fatal: ')}",
            where=str(root),
            mend="Name a repository, and after an @ one of its branches, tags or commits",
        )
    return out


def _start(repository: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start git, deaf to the caller's own repository, to the network and to the terminal.

    Raises:
        InputError: git is not installed.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if (repository / "HEAD").is_file() and _is_bare(repository):
        environment["GIT_DIR"] = str(repository.resolve())
    command = ["git", "--no-replace-objects", "--no-pager", "-C", str(repository), *arguments]
    try:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if "--batch" not in arguments else subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise InputError(
            "git is not installed", where=str(repository), mend="Install git, or name a folder with the files"
        ) from error


def _stop(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()
