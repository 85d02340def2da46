"""The journal: every answer that was paid for, on disk before anybody uses it.

One SQLite file holds one row per answered request, under the hash of the whole request, the route and the model. A run
that was killed asks again only for what was in flight; an edited document asks only for its own changed sections.
Errors are not stored, and keys and other credentials never come near it.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, OutputError
from schemas.atomic import make_folder

APPLICATION_ID = 0x47524A4C  # "GRJL" in the file's header: tells a journal from any other SQLite file
VERSION = 1
_KEYS_PER_QUERY = 500  # SQLite takes at most 999 parameters in its oldest builds
_FULL = {sqlite3.SQLITE_FULL}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_UNWRITABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}


class Journal:
    """Open a journal, and create it where it is missing.

    Attributes:
        path: The file.
        damaged: Rows met so far whose checksum did not match; their requests are asked again.

    Args:
        path: The file.
        patience: Seconds to wait while another process writes to it.

    Raises:
        InputError: The file is no journal, or damaged.
        OutputError: It cannot be written.
    """

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        self.path = path
        self.damaged = 0
        self._patience = patience
        make_folder(path.parent)
        with self._speaking():
            # One generator may be read from several threads in turn; SQLite itself is built to allow that.
            self._db = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
            self._db.text_factory = _text
        try:
            with self._speaking():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        """Look what is there and create what is missing, in one transaction: others may be doing the same."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            stamp, version, tables = (
                self._db.execute(question).fetchone()[0]
                for question in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
            )
            if tables and stamp != APPLICATION_ID:
                raise InputError(
                    "a database of another program, not a journal",
                    where=str(self.path),
                    mend="Name another file with --journal",
                )
            if version > VERSION:
                raise InputError(
                    f"a journal of format {version}, and this Gristmill reads up to {VERSION}",
                    where=str(self.path),
                    mend="Update Gristmill, or name another file with --journal",
                )
            if not tables:
                self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version = {VERSION}")
                self._db.execute(
                    "CREATE TABLE answers (key TEXT PRIMARY KEY, request TEXT NOT NULL,"
                    " response TEXT NOT NULL, checksum TEXT NOT NULL)"
                )
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self._log_ahead()
        self._db.execute("PRAGMA synchronous = FULL")  # an answer survives a power cut too: 0.1 ms more for each

    def _log_ahead(self) -> None:
        """Switch to the write-ahead log. SQLite does not wait for others here by itself, so we do."""
        until = time.monotonic() + self._patience
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                return

    def find(self, keys: Sequence[str]) -> dict[str, ChatResponse]:
        """Give the stored answers to those of `keys` that have one; rows that are damaged count as missing."""
        found = {}
        for first in range(0, len(keys), _KEYS_PER_QUERY):
            some = keys[first : first + _KEYS_PER_QUERY]
            marks = ",".join("?" * len(some))
            with self._speaking():
                rows = self._db.execute(
                    f"SELECT key, request, response, checksum FROM answers WHERE key IN ({marks})",  # noqa: S608 - marks only
                    some,
                ).fetchall()
            for key, request, response, checksum in rows:
                if checksum != _checksum(key, request, response):
                    self.damaged += 1
                else:
                    found[key] = ChatResponse(**json.loads(response))
        return found

    def store(self, key: str, request: ChatRequest, response: ChatResponse) -> None:
        """Write one answer; it is on the disk when this returns.

        Raises:
            OutputError: It cannot be written.
        """
        asked, answered = (json.dumps(asdict(side), ensure_ascii=True, sort_keys=True) for side in (request, response))
        with self._speaking():
            self._db.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)",
                (key, asked, answered, _checksum(key, asked, answered)),
            )

    def __len__(self) -> int:
        with self._speaking():
            count: int = self._db.execute("SELECT count(*) FROM answers").fetchone()[0]
        return count

    def close(self) -> None:
        """Close the file and fold its write-ahead log into it."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn what SQLite raises inside into an error that says what to do; nothing is ever deleted."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            where, code = str(self.path), getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the class
            if code in _FULL:
                raise OutputError(
                    "no space is left on the disk", where=where, mend="Free some and run it again"
                ) from error
            if code in _BUSY:
                raise OutputError(
                    "another process is writing to this journal",
                    where=where,
                    mend="Wait until it is done, or name another file with --journal",
                ) from error
            if code in _UNWRITABLE:
                raise OutputError(
                    f"the journal cannot be opened or written ({error})",
                    where=where,
                    mend="Check the path, its permissions and the space left, or name another file with --journal",
                ) from error
            raise InputError(
                f"not a readable journal ({error})",
                where=where,
                mend=f"Rescue its answers with: sqlite3 '{where}' .recover | sqlite3 rescued.sqlite, and name it "
                "with --journal; or move the file away to begin a new one",
            ) from error


class Journalled:
    """A client that answers from the journal first and stores what it has to ask for as it arrives.

    Attributes:
        route: That of the client.
        model: That of the client.
        replayed: Requests answered from the journal so far.
        sent: Requests handed to the client so far; equal requests within one call are handed over once.
        failed: Requests that the client gave up on so far.
        journal: The journal.
        prompt_tokens: Tokens read for the requests sent.
        completion_tokens: Tokens written for them.
        cached_tokens: Tokens read for them out of a prefix cache.
    """

    def __init__(self, client: Client, journal: Journal) -> None:
        self.route = client.route
        self.model = client.model
        self.replayed = self.sent = self.failed = 0
        self.prompt_tokens = self.completion_tokens = self.cached_tokens = 0
        self.journal = journal
        self._client = client

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once: those in the journal at once, the others in the order in which they arrive.

        A response is on disk before it is yielded.
        """
        requests = list(requests)
        positions: dict[str, list[int]] = {}
        for position, request in enumerate(requests):
            positions.setdefault(request.key(route=self.route, model=self.model), []).append(position)
        found = self.journal.find(list(positions))
        for key, response in found.items():
            self.replayed += len(positions[key])
            for position in positions[key]:
                yield Answer(position, response)
        missing = [key for key in positions if key not in found]
        if not missing:
            return
        self.sent += len(missing)
        answers = self._client.complete([requests[positions[key][0]] for key in missing])
        try:
            for number, outcome in answers:
                key = missing[number]
                if isinstance(outcome, ChatResponse):
                    self.journal.store(key, requests[positions[key][0]], outcome)
                    self.prompt_tokens += outcome.prompt_tokens
                    self.completion_tokens += outcome.completion_tokens
                    self.cached_tokens += outcome.cached_tokens
                else:
                    self.failed += 1
                for position in positions[key]:
                    yield Answer(position, outcome)
        finally:
            close = getattr(answers, "close", None)  # an iterator that is no generator has none
            if close is not None:
                close()


def journalled(client: Client, journal: Journal) -> Journalled:
    """Put a journal in front of a client."""
    return Journalled(client, journal)


def _text(raw: bytes) -> str:
    """Read a column; one that is no UTF-8 any more must fail its checksum, not the query."""
    return raw.decode("utf-8", "replace")


def _checksum(key: str, request: str, response: str) -> str:
    """Hash a row: a bit that flips on the disk must not become training data."""
    return hashlib.blake2b(f"{key}\0{request}\0{response}".encode(), digest_size=16).hexdigest()
