"""Steps that are done once: each is skipped while what it was made from has not changed.

What a step was made from is hashed into its fingerprint; that and the hashes of what it wrote stand in `run.json`. A
step that was cut short, or left something undone, is taken up again; the steps themselves go on from what they had
written.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from schemas.atomic import write_json
from schemas.errors import InputError
from schemas.locking import held


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a run.

    Attributes:
        name: Its name.
        made_from: Everything that decides its result, as JSON can hold it.
        outputs: Files that it writes.
        scratch: Folders that hold its unfinished work, which is of no use once `made_from` changes.
        work: Does it and gives its summary.
        is_left: Tells by the summary whether something is left that the next run is to try again.
    """

    name: str
    made_from: Mapping[str, Any]  # Any: whatever JSON can hold
    outputs: Sequence[Path]
    scratch: Sequence[Path] = ()
    work: Callable[[], dict[str, Any]]  # Any: as above
    is_left: Callable[[Mapping[str, Any]], bool] = lambda _: False  # Any: as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a step: its summary, and whether it was reused."""

    summary: dict[str, Any]  # Any: whatever JSON can hold
    reused: bool


class Ledger:
    """Remembers which steps of a run folder were begun and which are done, in its `run.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "run.json"
        try:
            record = json.loads(self._file.read_text(encoding="utf-8"))
            self._begun, self._done = dict(record["begun"]), dict(record["done"])
        except FileNotFoundError:
            self._begun, self._done = {}, {}
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                "it does not read as the record of a run", where=str(self._file), mend="Remove it to begin anew"
            ) from error

    def do(self, step: Step, *, before: Callable[[], object] = lambda: None) -> Done:
        """Do a step, go on with it where it was cut short, or reuse what it left when nothing has changed since.

        `before` is called only where there is work to do.
        """
        fingerprint = digest(step.made_from)
        entry = self._done.get(step.name)
        if entry is not None and entry["fingerprint"] == fingerprint and entry["outputs"] == self._hashes(step):
            return Done(summary=entry["summary"], reused=True)
        before()
        self._done.pop(step.name, None)
        if self._begun.get(step.name, fingerprint) != fingerprint:
            self._begun[step.name] = ""  # a removal that is cut short leaves no step's work
            self._save()
            for folder in step.scratch:
                shutil.rmtree(folder, ignore_errors=True)
        self._begun[step.name] = fingerprint
        self._save()
        summary = step.work()
        if not step.is_left(summary):
            self._done[step.name] = {"fingerprint": fingerprint, "outputs": self._hashes(step), "summary": summary}
            self._save()
        return Done(summary=summary, reused=False)

    def _save(self) -> None:
        write_json(self._file, {"begun": self._begun, "done": self._done})

    def _hashes(self, step: Step) -> dict[str, str | None]:
        return {
            path.relative_to(self._folder).as_posix(): file_digest(path) if path.is_file() else None
            for path in step.outputs
        }


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder for this run, so that two runs never write into one.

    It is made where it is missing, and goes again with a run that is refused before it has written anything.

    Raises:
        InputError: Another run holds it.
        OutputError: The folder cannot be written.
    """
    missing = list(takewhile(lambda place: not place.exists(), (folder, *folder.parents)))
    lock = folder / ".lock"
    taken = InputError(
        "another gristmill is at work in this folder", where=str(folder), mend="Wait for it, or choose another -o"
    )
    with held(lock, taken=taken):
        try:
            yield
        except BaseException:
            if missing and list(folder.iterdir()) == [lock]:
                with suppress(OSError):
                    lock.unlink()
                    for place in missing:
                        place.rmdir()
            raise


def digest(value: object) -> str:
    """Hash whatever JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
