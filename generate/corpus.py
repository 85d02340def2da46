"""The corpus: the documents under the folders and files that the user named, and a named skip for every other file.

Hidden files and folders (`.git`, `.venv`, `.ipynb_checkpoints`, `.DS_Store`) are no documents and are passed over. So
are the folders that hold other people's files or build products: `node_modules` and `__pycache__`. Symbolic links are
followed as long as they stay inside the folder that was named.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generate.loaders import Reason, UnreadableError, load, media_type
from schemas import Document, InputError
from schemas.progress import Progress, silent

MAX_BYTES = 50_000_000
_NO_DOCUMENTS = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A file that is in the corpus and cannot be read.

    Attributes:
        path: Where it lies.
        reason: Code of the reason.
        detail: What is wrong, for the user.
    """

    path: Path
    reason: Reason
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail} ({self.reason})"


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: where it lies, and the id of its document."""

    path: Path
    id: str


def list_files(paths: Sequence[Path]) -> list[File | Skip]:
    """List the files of a corpus, sorted within each path, without reading any.

    Raises:
        InputError: A path does not exist, or none was named.
    """
    if not paths:
        raise InputError("no documents were named", mend="Name a folder or a file")
    for path in paths:
        if not path.exists():
            raise InputError("no such file or folder", where=str(path), mend="Check the path")
    listed: list[tuple[Path, list[tuple[Path, str] | Skip]]] = []
    for path in paths:
        files = _walk(path) if path.is_dir() else [_file(path, path.name)]
        listed.append((path, files))
    return _named(listed)


def read_corpus(
    paths: Sequence[Path], *, max_bytes: int = MAX_BYTES, progress: Progress = silent
) -> Iterator[Document | Skip]:
    """Read every document under the paths; what cannot be read comes as a `Skip` in its place.

    Args:
        paths: Folders, which are walked, and files.
        max_bytes: Largest file that is read.
        progress: Shows how far it is.

    Returns:
        Documents and skips. An `InputError` is raised at its end if not one document was among them.

    Raises:
        InputError: A path does not exist.
    """
    return _read(paths, list_files(paths), max_bytes, progress)


def _read(
    paths: Sequence[Path], files: list[File | Skip], max_bytes: int, progress: Progress
) -> Iterator[Document | Skip]:
    skips: list[Skip] = []
    found = 0
    with progress("Reading documents", len(files), "files") as bar:
        for file in files:
            item = file if isinstance(file, Skip) else _document(file, max_bytes)
            if isinstance(item, Skip):
                skips.append(item)
            else:
                found += 1
            yield item
            bar.advance()
    if not found:
        raise _nothing(paths, skips)


def _document(file: File, max_bytes: int) -> Document | Skip:
    try:
        size = file.path.stat().st_size
        if size > max_bytes:
            detail = f"{size:,} bytes, more than the {max_bytes:,} that are read"
            return Skip(path=file.path, reason="too_large", detail=detail)
        with file.path.open("rb") as opened:
            raw = opened.read(max_bytes + 1)
        return load(raw, file.id)
    except OSError as error:
        return Skip(path=file.path, reason="unreadable", detail=error.strerror or str(error))
    except UnreadableError as error:
        return Skip(path=file.path, reason=error.reason, detail=error.detail)


def _walk(root: Path) -> list[tuple[Path, str] | Skip]:
    """List a folder's files, depth first, sorted by name."""
    found: list[tuple[Path, str] | Skip] = []
    home = root.resolve()
    seen: set[Path] = set()
    stack: list[tuple[Path, str]] = [(root, "")]
    while stack:
        path, name = stack.pop()
        real = path.resolve()
        if not real.is_relative_to(home):
            found.append(Skip(path=path, reason="outside", detail=f"a link to {real}, outside the folder"))
        elif path.is_dir():
            if real in seen:
                continue  # a loop, or a second way to a folder that has been walked
            seen.add(real)
            try:
                names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 - names, in one order on every machine
            except OSError as error:
                found.append(Skip(path=path, reason="unreadable", detail=error.strerror or str(error)))
                continue
            below = (one for one in names if not one.startswith(".") and one not in _NO_DOCUMENTS)
            stack += [(path / one, f"{name}/{one}" if name else one) for one in below]
        else:
            found.append(_file(path, name))
    return found


def _file(path: Path, name: str) -> tuple[Path, str] | Skip:
    """Look at one file from outside."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Skip(path=path, reason="unreadable", detail=error.strerror or str(error))
    if not stat.S_ISREG(mode):
        return Skip(path=path, reason="unsupported", detail="no regular file")
    if not media_type(name):
        ending = path.suffix or "a name without an ending"
        return Skip(path=path, reason="unsupported", detail=f"no loader reads {ending}")
    return path, name


def _named(listed: list[tuple[Path, list[tuple[Path, str] | Skip]]]) -> list[File | Skip]:
    """Give each file an id of its own, and each file once."""
    taken: dict[Path, str] = {}
    first: dict[Path, str] = {}
    for _, files in listed:
        for item in files:
            if not isinstance(item, Skip):
                first.setdefault(item[0].resolve(), item[1])
    ids = Counter(first.values())
    used: set[str] = set()
    named: list[File | Skip] = []
    for root, files in listed:
        for item in files:
            if isinstance(item, Skip):
                named.append(item)
                continue
            path, name = item
            real = path.resolve()
            if real in taken:
                named.append(Skip(path=path, reason="repeated", detail=f"the same file as {taken[real]}"))
                continue
            if ids[name] > 1:
                name = f"{(root if root.is_dir() else root.parent).resolve().name}/{name}"
            unique, number = name, 2
            while unique in used:
                unique, number = f"{number}/{name}", number + 1
            used.add(unique)
            taken[real] = unique
            named.append(File(path, os.fsencode(unique).decode("utf-8", "backslashreplace")))
    return named


def _nothing(paths: Sequence[Path], skips: list[Skip]) -> InputError:
    """Say that there is no document, and what became of the files."""
    where = ", ".join(str(path) for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    if not skips:
        return InputError("no file is in it", where=where, mend="Name a folder that holds documents")
    if len(skips) == 1:
        return InputError(f"cannot be read: {skips[0].detail}", where=str(skips[0].path), mend="Name another file")
    reasons = Counter(skip.reason for skip in skips)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    extra = next((skip.detail for skip in skips if skip.reason == "missing_extra"), "")
    mend = extra or "Gristmill reads Markdown, text, reStructuredText, HTML, notebooks, Word and PDF"
    return InputError(f"no document that can be read; {len(skips)} files were skipped ({told})", where=where, mend=mend)
