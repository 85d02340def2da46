"""The corpus: the documents under the paths that the user named, and a named skip for every other file.

A path is a folder, a file, a zip, a bare git repository, or `REPOSITORY@REVISION`; the last three are read as folders.
Inside a git work tree, what its `.gitignore` files leave out is left out.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from generate.loaders import UnreadableError, load
from generate.sources import (
    File,
    Listing,
    Patterns,
    Skip,
    Where,
    list_archive,
    list_commit,
    list_folder,
    look_at,
    repository_at,
)
from schemas import Document, InputError
from schemas.progress import Progress, silent

__all__ = ["MAX_BYTES", "File", "Skip", "exists", "list_files", "read_corpus"]

MAX_BYTES = 50_000_000


def exists(path: Path) -> bool:
    """Tell whether a path can be listed: a file or folder is there, or the repository of `REPOSITORY@REVISION`."""
    return path.exists() or repository_at(path) is not None


def list_files(paths: Sequence[Path], *, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> list[File | Skip]:
    """List the files of a corpus, sorted within each path, without reading any.

    Args:
        paths: Folders, which are walked, files, zips and git repositories.
        include: Patterns as in `.gitignore`, relative to each path: other files are left out. None means all.
        exclude: Patterns of files and folders that are left out; a `.gristmillignore` in a folder adds to them.

    Returns:
        Files and skips. What patterns leave out of a path comes as one skip, with its count.

    Raises:
        InputError: A path does not exist, none was named, or a pattern is none.
    """
    if not paths:
        raise InputError("no documents were named", mend="Name a folder or a file")
    patterns = Patterns(include, exclude)
    return _named([_listing(path, patterns) for path in paths])


def read_corpus(
    paths: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    max_bytes: int = MAX_BYTES,
    progress: Progress = silent,
) -> Iterator[Document | Skip]:
    """Read every document under the paths; what cannot be read comes as a `Skip` in its place.

    Args:
        paths: Folders, which are walked, files, zips and git repositories.
        include: Patterns as in `.gitignore`, relative to each path: other files are left out. None means all.
        exclude: Patterns of files and folders that are left out.
        max_bytes: Largest file that is read.
        progress: Shows how far it is.

    Returns:
        Documents and skips. An `InputError` is raised at its end if not one document was among them.

    Raises:
        InputError: A path does not exist, or a pattern is none.
    """
    return _read(paths, list_files(paths, include=include, exclude=exclude), max_bytes, progress)


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
        size = file.size
        if size > max_bytes:
            detail = f"{size:,} bytes, more than the {max_bytes:,} that are read"
            return Skip(path=file.path, reason="too_large", detail=detail)
        return load(file.read(max_bytes + 1), file.id)
    except OSError as error:
        return Skip(path=file.path, reason="unreadable", detail=error.strerror or str(error))
    except UnreadableError as error:
        return Skip(path=file.path, reason=error.reason, detail=error.detail)


def _listing(path: Path, patterns: Patterns) -> Listing:
    """List what one path holds.

    Raises:
        InputError: It does not exist.
    """
    if not exists(path):
        raise InputError("no such file or folder", where=str(path), mend="Check the path")
    commit = repository_at(path)
    if commit is not None:
        return list_commit(path, *commit, patterns)
    if path.is_dir():
        return list_folder(path, patterns)
    if path.suffix.lower() == ".zip":
        return list_archive(path, patterns)
    files = [] if patterns.leave_out(path.name, patterns.rules) else [look_at(path, path.name)]
    return Listing(path.parent.resolve().name, [*files, *patterns.report(path)])


def _named(listings: list[Listing]) -> list[File | Skip]:
    """Give each file an id of its own, and each file once."""
    taken: dict[Path, str] = {}
    first: dict[Path, str] = {}
    for listing in listings:
        for item in listing.files:
            if not isinstance(item, Skip):
                first.setdefault(_real(item), item.name)
    ids = Counter(first.values())
    used: set[str] = set()
    named: list[File | Skip] = []
    for listing in listings:
        for item in listing.files:
            if isinstance(item, Skip):
                named.append(item)
                continue
            path, name, member = item
            real = _real(item)
            if real in taken:
                named.append(Skip(path=path, reason="repeated", detail=f"the same file as {taken[real]}"))
                continue
            if ids[name] > 1:
                name = f"{listing.label}/{name}"
            unique, number = name, 2
            while unique in used:
                unique, number = f"{number}/{name}", number + 1
            used.add(unique)
            taken[real] = unique
            named.append(File(path, os.fsencode(unique).decode("utf-8", "backslashreplace"), member))
    return named


def _real(item: Where) -> Path:
    """Give a file's place, the same whichever way it was reached; a member has one way only."""
    return item.path.resolve() if item.member is None else item.path.absolute()


def _nothing(paths: Sequence[Path], skips: list[Skip]) -> InputError:
    """Say that there is no document, and what became of the files."""
    where = ", ".join(str(path) for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    if not skips:
        return InputError("no file is in it", where=where, mend="Name a folder that holds documents")
    if all(skip.reason == "excluded" for skip in skips):
        told = "; ".join(skip.detail for skip in skips)
        return InputError(f"no file is left in it: {told}", where=where, mend="Check include and exclude")
    if len(skips) == 1:
        return InputError(f"cannot be read: {skips[0].detail}", where=str(skips[0].path), mend="Name another file")
    reasons = Counter(skip.reason for skip in skips)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    extra = next((skip.detail for skip in skips if skip.reason == "missing_extra"), "")
    mend = extra or (
        "Gristmill reads Markdown, text, reStructuredText, HTML, notebooks, Word, PowerPoint, Excel, PDF, EPUB, Python"
    )
    return InputError(f"no document that can be read; {len(skips)} files were skipped ({told})", where=where, mend=mend)
