"""Files that rows are held against: older sets, evaluation sets. They are read row by row and never written."""

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from curate.arrow import indices
from curate.rows import Rows
from schemas.errors import InputError

_ROWS = 8192


class Part(NamedTuple):
    """Rows of one file that stand together.

    Attributes:
        file: Place of the file in the list.
        rows: Its rows, numbered from 1 within the file.
        unread: How many rows between them could not be read.
    """

    file: int
    rows: Rows
    unread: int


def file_names(files: Sequence[str | Path] | str | Path, stage: str) -> tuple[str, ...]:
    """Give the names of files as a stage keeps them.

    Raises:
        InputError: There are none.
    """
    names = (str(files),) if isinstance(files, str | Path) else tuple(map(str, files))
    if not names:
        raise InputError("files names no file", where=f"stage {stage}", mend="Name the files to hold the rows against")
    return names


def read_parts(files: Sequence[str], column: str = "") -> Iterator[Part]:
    """Read files of any format, and `.txt` files line by line.

    Args:
        files: Their names.
        column: The one column to read as text, where the format cannot be told or another one is meant.

    Raises:
        InputError: One of them cannot be read, or none of its rows can.
    """
    from schemas.formats import open_examples

    for place, name in enumerate(files):
        if Path(name).suffix.lower() == ".txt":
            source = open_examples(_lines(Path(name)), format="text")
        elif column:
            source = open_examples(name, columns={"text": column}, format="text", keep_going=True)
        else:
            source = open_examples(name, keep_going=True)
        before = 0
        for batch in source.batches(_ROWS):
            yield Part(place, Rows(batch.examples, batch.numbers), len(batch.rejects))
            before += batch.examples.num_rows
        if not before:
            raise InputError(
                "no row of it can be read", where=name, mend="Name the column that holds the text with column"
            )


def files_hash(files: Sequence[str]) -> str:
    """Hash the contents of files: 16 hex digits.

    Raises:
        InputError: One of them cannot be read.
    """
    return hashlib.sha256("".join(map(_file_hash, files)).encode()).hexdigest()[:16]


def _file_hash(name: str) -> str:
    if name.startswith("hub:"):
        return name
    try:
        state = Path(name).stat()
        return _content_hash(name, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", where=name, mend="Check the path") from error


@lru_cache(maxsize=64)
def _content_hash(name: str, _changed: int, _size: int) -> str:
    """Hash one file, once for each of its states."""
    with Path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(path: Path) -> pa.Table:
    """Read a text file: one row for each line; a blank one is an empty row, so that row numbers are line numbers.

    Raises:
        InputError: It is not there, not UTF-8, or empty.
    """
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"it cannot be read ({error.strerror})", where=str(path), mend="Check the path") from error
    except UnicodeDecodeError:
        raise InputError("not UTF-8", where=str(path), mend="Save it as UTF-8") from None
    if not any(map(str.strip, lines)):
        raise InputError("the file is empty", where=str(path), mend="Write it again, or name another file")
    return pa.table({"text": pa.array(lines, pa.string())})


def numbered(examples: pa.RecordBatch) -> Rows:
    """Number rows from 1."""
    return Rows(examples, indices(np.arange(1, examples.num_rows + 1)))
