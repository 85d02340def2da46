"""One file of a corpus, wherever it lies, and what is said of one that is not read."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from generate.loaders import Reason, media_type, unsupported

_NO_DOCUMENTS = frozenset({"node_modules", "__pycache__", "__MACOSX"})


class Member(Protocol):
    """A file that has no path of its own: it lies in an archive or in a commit."""

    @property
    def size(self) -> int:
        """Its size in bytes, unpacked."""
        ...

    def read(self, most: int, /) -> bytes:
        """Read at most so many bytes of it."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A file to read.

    Attributes:
        path: Where it lies; for the member of a zip or a commit, the path of that with the member's name behind it.
        id: Id of its document.
        member: How it is read where it has no path of its own.
    """

    path: Path
    id: str
    member: Member | None = field(default=None, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Its size in bytes.

        Raises:
            OSError: It is gone.
        """
        return self.path.stat().st_size if self.member is None else self.member.size

    def read(self, most: int, /) -> bytes:
        """Read at most `most` bytes of it.

        Raises:
            OSError: It cannot be read.
            UnreadableError: The archive or repository that it lies in does not give it.
        """
        if self.member is not None:
            return self.member.read(most)
        with self.path.open("rb") as opened:
            return opened.read(most)


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


class Where(NamedTuple):
    """A file before it has an id: where it lies, its name inside what was named, and how it is read."""

    path: Path
    name: str
    member: Member | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What one path that the user named holds.

    Attributes:
        label: Name that tells its files from those of another path, where two have the same name.
        files: Its files and skips, in order.
    """

    label: str
    files: list[Where | Skip]


def is_passed_over(name: str) -> bool:
    """Tell whether a file or folder of this name is never a document: hidden, other people's or made by a machine."""
    return name.startswith(".") or name in _NO_DOCUMENTS


def listed(path: Path, name: str, member: Member | None = None) -> Where | Skip:
    """Put a file on the list if a loader reads files of its name."""
    if media_type(name):
        return Where(path, name, member)
    return Skip(path=path, reason="unsupported", detail=unsupported(name))
