"""What one process at a time may do: it holds a lock file, which the system lets go of when the process ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.atomic import make_folder, writing
from schemas.errors import InputError


@contextmanager
def held(file: Path, *, taken: InputError) -> Iterator[None]:
    """Hold a lock file, in a folder that is made where it is missing.

    Args:
        file: The lock file.
        taken: Says that another process holds it.

    Raises:
        InputError: `taken`.
        OutputError: The file cannot be written.
    """
    from filelock import FileLock, Timeout

    make_folder(file.parent)
    lock = FileLock(file)
    with writing(file):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise taken from None
    try:
        yield
    finally:
        lock.release()
