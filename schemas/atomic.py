"""Files and folders that appear whole or not at all.

Work goes to a name beside the final one and is renamed when it is complete. A killed run leaves at most
`.NAME.partial`, which the next run overwrites.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schemas.errors import OutputError
from schemas.json_values import plain_json

_REMEDIES = {
    errno.ENOSPC: ("no space is left on the disk", "Free some space and run it again"),
    errno.EDQUOT: ("the disk quota is used up", "Free some space and run it again"),
    errno.EACCES: ("no permission to write there", "Choose another folder with -o, or change its permissions"),
    errno.EPERM: ("no permission to write there", "Choose another folder with -o, or change its permissions"),
    errno.ENOENT: ("no folder can be made there", "Choose another folder with -o"),
    errno.EROFS: ("the file system is read-only", "Choose another folder with -o"),
    errno.ENOTDIR: ("a part of this path is a file, not a folder", "Choose another folder with -o"),
    errno.EEXIST: ("a file of this name is in the way", "Choose another folder with -o, or move that file"),
    errno.EISDIR: ("a folder of this name is in the way", "Choose another name with -o, or move that folder"),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one with -o"),
}


def output_error(error: OSError, path: Path) -> OutputError:
    """Tell a failed write of `path` in the user's words."""
    what, mend = _REMEDIES.get(error.errno or 0, (error.strerror or str(error), ""))
    return OutputError(what, where=str(path), mend=mend)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn any `OSError` raised inside into an `OutputError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise output_error(error, path) from error


def make_folder(path: Path) -> Path:
    """Create a folder and its parents where they are missing.

    Raises:
        OutputError: It cannot be created.
    """
    check_name(path)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def check_name(path: Path) -> None:
    """Refuse a name that Arrow cannot open and JSON cannot hold, before there is anything to lose.

    Raises:
        OutputError: It is one.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        raise OutputError("its name is not UTF-8", where=shown, mend="Choose another with -o") from None


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it on success, remove it on failure.

    Raises:
        OutputError: The file cannot be written.
    """
    make_folder(path.parent)
    check_name(path)
    partial = path.parent / f".{path.name}.partial"
    try:
        with writing(path):
            yield partial
            _sync(partial)
            partial.replace(path)
    finally:
        _forget(partial)


def check_replaceable(path: Path) -> None:
    """Find out before the work whether another folder can take the place of one, as `atomic_folder` has it do.

    Raises:
        OutputError: It is a mount point, this process works inside it, or its name cannot be written.
    """
    check_name(path)
    if path.is_symlink():
        return  # the link is replaced, not what it leads to
    whole = path.resolve()
    if Path(os.path.realpath(".")).is_relative_to(whole):
        what = "the folder that you are in cannot be replaced by a new one"
    elif os.path.ismount(whole):
        what = "a mount point cannot be replaced by a new folder"
    else:
        return
    raise OutputError(what, where=str(path), mend=f"Name a folder inside it, as -o {path / 'out'}")


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; let it take the place of `path` on success, remove it on failure.

    Raises:
        OutputError: The folder cannot be written, or no other can take its place.
    """
    check_replaceable(path)
    make_folder(path.parent)
    partial, old = path.parent / f".{path.name}.partial", path.parent / f".{path.name}.old"
    try:
        with writing(path):
            _forget(partial)
            partial.mkdir()
            yield partial
            for file in partial.rglob("*"):
                _sync(file)
            _forget(old)
            if path.exists():
                path.rename(old)
            partial.rename(path)
    except OutputError as error:
        raise OutputError(error.what, where=error.where.replace(str(partial), str(path)), mend=error.mend) from error
    finally:
        _forget(partial)
        if path.exists():
            _forget(old)
        elif old.exists():
            old.rename(path)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole, with line ends as they are."""
    with atomic_file(path) as partial:
        partial.write_bytes(text.encode("utf-8", "backslashreplace"))


def write_json(path: Path, value: Any) -> None:  # Any: whatever JSON can hold
    """Write a JSON file whole: indented, keys as given, one line end at the end, null for a number that is none."""
    write_text(path, json.dumps(plain_json(value), ensure_ascii=False, indent=2) + "\n")


def _sync(path: Path) -> None:
    """Have the disk hold what was written, so that a rename never outlives its content."""
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _forget(path: Path) -> None:
    """Remove a file or a folder if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
