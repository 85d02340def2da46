"""How long work reports that it moves: a bar is opened with a label and a total, and advanced."""

from types import TracebackType
from typing import Protocol, Self


class Bar(Protocol):
    """One piece of work under way."""

    def advance(self, count: int = 1, /) -> None:
        """Count `count` more units as done."""
        ...

    def note(self, text: str, /) -> None:
        """Show `text` beside the bar until the next note."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


class Progress(Protocol):
    """Opens bars."""

    def __call__(self, label: str, total: int | None, unit: str) -> Bar:
        """Open a bar for `total` units of work, None where the total is not known."""
        ...


class SilentBar:
    """A bar that shows nothing."""

    def advance(self, count: int = 1, /) -> None:
        """Show nothing."""

    def note(self, text: str, /) -> None:
        """Show nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


def silent(label: str, total: int | None, unit: str) -> Bar:  # noqa: ARG001 - `Progress` has them
    """Open a bar that shows nothing: the default wherever `Progress` is an argument."""
    return SilentBar()
