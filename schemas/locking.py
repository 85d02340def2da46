"""What one process at a time may do: it holds a lock file, which the system lets go of when the process ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from schemas.atomic import make_folder, writing
from schemas.errors import InputError, OutputError


@contextmanager
def held(file: Path, *, taken: InputError, leave: bool = True) -> Iterator[None]:
    """Hold a lock file, in a folder that is made where it is missing.

    Args:
        file: The lock file. It says which process holds it.
        taken: Says that another process holds it.
        leave: Whether the file stays behind.

    Raises:
        InputError: `taken`, with the number of that process where it can be told.
        OutputError: The file cannot be written.
    """
    from filelock import FileLock, SoftFileLock, Timeout

    make_folder(file.parent)
    lock = FileLock(file)
    with writing(file):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if not file.exists():  # there are file systems in which nobody can make one
                raise OutputError("no file can be made there", where=str(file), mend="Choose another -o") from None
            raise InputError(f"{taken.what}{_holder(file)}", where=taken.where, mend=taken.mend) from None
    # Where the system locks no files, it has become one that keeps notes of its own there, and takes it away itself.
    soft = issubclass(type(lock), SoftFileLock)
    if not soft:
        with suppress(OSError):  # it only informs: a full disk is for the work itself to meet
            file.write_text(f"{os.getpid()}\n", encoding="ascii")
    try:
        yield
    finally:
        if not (leave or soft):
            with suppress(OSError):  # while it is held: who opens it now sees that it is gone, and makes another
                file.unlink()
        lock.release()


def _holder(file: Path) -> str:
    """Name the process that holds a lock file, as far as the file says."""
    with suppress(OSError, ValueError, IndexError):
        return f" (process {int(file.read_bytes()[:20].split()[0])})"
    return ""
