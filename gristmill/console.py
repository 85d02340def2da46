"""What a user sees: sentences, progress bars on standard error, and one JSON result on standard output if asked for."""

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from schemas.progress import Bar


def speaks() -> bool:
    """Tell whether this process speaks: of several that train together, the first does."""
    return os.environ.get("RANK", "0") == "0"


class Console:
    """Where a command speaks.

    With `json`, standard output holds nothing but the result: sentences go to standard error, and so does whatever a
    library prints.

    Args:
        json: Print the result as JSON.
    """

    def __init__(self, *, json: bool) -> None:
        self.json = json
        self._output = sys.stdout
        if json:
            with contextlib.suppress(OSError, ValueError):
                self._output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
                os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            sys.stdout = sys.stderr

    def say(self, text: str = "") -> None:
        """Print a line for the user."""
        if speaks():
            print(printable(text), file=sys.stderr if self.json else sys.stdout, flush=True)

    def show(self, text: str) -> None:
        """Print text that is harmless already and may hold colours; a sign that the terminal lacks is escaped."""
        stream = sys.stderr if self.json else sys.stdout
        coding = stream.encoding or "utf-8"
        print(text.encode(coding, "backslashreplace").decode(coding), file=stream, flush=True)

    @property
    def colours(self) -> bool:
        """Whether what is said goes to a terminal that shows colours, and the user wants them (no-color.org)."""
        stream = sys.stderr if self.json else sys.stdout
        return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    @property
    def ascii_only(self) -> bool:
        """Whether what is said goes where block signs cannot be written."""
        stream = sys.stderr if self.json else sys.stdout
        return not (stream.encoding or "").lower().replace("-", "").startswith("utf")

    def result(self, result: Mapping[str, Any]) -> None:  # Any: whatever JSON can hold
        """End with the machine-readable result, where it was asked for."""
        if self.json and speaks():
            from schemas.json_values import plain_json

            whole = json.dumps(plain_json(result), ensure_ascii=False, default=str)
            # Names of files that are no UTF-8 hold lone surrogates, which JSON writes as escapes.
            print(whole.encode("utf-8", "backslashreplace").decode(), file=self._output, flush=True)

    def fail(self, sentence: str) -> None:
        """Print why the command failed."""
        end = "" if sentence.endswith((".", "?", "!")) else "."
        print(f"gristmill: {printable(sentence)}{end}", file=sys.stderr, flush=True)  # noqa: T201 - as above
        self.result({"error": sentence})

    def progress(self, label: str, total: int | None, unit: str) -> "Bar":
        """Open a progress bar with a count, a rate and the time that is left."""
        return TerminalBar(label, total, unit)


class TerminalBar:
    """A bar on standard error; in a log, where nothing moves, a line every ten seconds."""

    def __init__(self, label: str, total: int | None, unit: str) -> None:
        from tqdm import tqdm

        live = sys.stderr.isatty()
        self._bar: tqdm[Any] = tqdm(  # Any: it iterates over nothing
            desc=f"  {label}",
            total=total,
            unit=f" {unit}" if unit != "B" else "B",
            unit_scale=unit == "B",
            file=sys.stderr,
            dynamic_ncols=live,
            ncols=None if live else 100,
            mininterval=0.1 if live else 10.0,
            maxinterval=0.1 if live else 10.0,
            miniters=0,  # the clock alone decides: a note shows though the bar stands still
            leave=True,
            delay=0.0,
            disable=not speaks(),
        )

    def advance(self, count: int = 1, /) -> None:
        """Move on by `count` units."""
        self._bar.update(count)

    def note(self, text: str, /) -> None:
        """Show `text` behind the bar."""
        self._bar.set_postfix_str(printable(text), refresh=False)
        self._bar.update(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()


def printable(text: str) -> str:
    """Show control characters as escapes: what comes from documents and models must not drive the terminal."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else f"\\x{ord(sign):02x}" for sign in text)


def seconds(duration: float) -> str:
    """Write a duration the way people say it: `8.2 s`, `3 min 20 s`, `1 h 05 min`."""
    if duration < 60:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"
