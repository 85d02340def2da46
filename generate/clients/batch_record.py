"""The record of batches: which requests lie in which batch at the server, on disk before and after each is asked for.

It holds hashes and the server's own names, no text and no key.
"""

import json
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from schemas import InputError
from schemas.atomic import write_json
from schemas.locking import held

VERSION = 1
KEPT = 30 * 86_400.0  # seconds: how long OpenAI keeps a batch's files


@dataclass(slots=True, kw_only=True)
class Submission:
    """One uploaded file of requests and the batch that was made of it.

    Attributes:
        file: The server's name for the file.
        keys: The requests in it that may still be collected.
        asked: Unix time at which the batch was about to be asked for.
        batch: The server's name for the batch; empty as long as it is not known whether there is one.
        route: The server's address without credentials.
        model: The model.
    """

    file: str
    keys: list[str]
    asked: float
    batch: str = ""
    route: str
    model: str


class Record:
    """The submissions of one file, which one run holds at a time.

    Attributes:
        path: The file.
        submissions: What it holds.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.submissions = [entry for entry in _read(path) if time.time() - entry.asked < KEPT]

    @classmethod
    @contextmanager
    def held(cls, path: Path) -> Iterator[Self]:
        """Hold the record for this run.

        Raises:
            InputError: Another run holds it, or it does not read as a record.
            OutputError: It cannot be written.
        """
        taken = InputError("another run waits for these batches", where=str(path), mend="Wait for it")
        with held(path.parent / f".{path.name}.lock", taken=taken):
            yield cls(path)

    def add(self, submission: Submission) -> None:
        """Remember a submission."""
        self.submissions.append(submission)
        self.save()

    def forget(self, submission: Submission, keys: Collection[str]) -> None:
        """Let requests of a submission be submitted anew; one that holds no others is dropped."""
        gone = set(keys)
        submission.keys = [key for key in submission.keys if key not in gone]
        self.submissions = [entry for entry in self.submissions if entry.keys]
        self.save()

    def save(self) -> None:
        """Write it; it is on the disk when this returns.

        Raises:
            OutputError: It cannot be written.
        """
        write_json(self.path, {"version": VERSION, "batches": [asdict(entry) for entry in self.submissions]})


def _read(path: Path) -> list[Submission]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] != VERSION:
            raise ValueError(f"its format is {raw['version']}, and this Gristmill reads {VERSION}")
        found = [Submission(**entry) for entry in raw["batches"]]
        if not all(isinstance(key, str) for entry in found for key in entry.keys):
            raise TypeError("its keys are no texts")
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"it does not read as the record of batches ({error})",
            where=str(path),
            mend="Move it away to begin anew: batches that were submitted are then paid for and not found again",
        ) from error
    return found
