"""The journal's file: one SQLite database, one row per answered request, each with its checksum.

A row is written whole or not at all, and is on the disk when `store` returns: the write-ahead log and a full sync see
to that, whether the process is killed or the power fails. Nothing that another program or an older Gristmill put there
is ever deleted. Keys and other credentials never come near it.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas import ChatRequest, ChatResponse, InputError, OutputError
from schemas.atomic import make_folder
from schemas.chat import by_name

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
        self._lock = threading.Lock()
        make_folder(path.parent)
        with self._speaking():
            # The thread that reads requests looks up, and the one that takes answers stores: one at a time, by `_lock`.
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

    def store(self, answers: Sequence[tuple[str, ChatRequest, ChatResponse]]) -> None:
        """Write answers, each under its key; they are on the disk when this returns, all of them or none.

        Raises:
            OutputError: They cannot be written.
        """
        rows = []
        for key, request, response in answers:
            asked, answered = (
                json.dumps(by_name(side), ensure_ascii=True, sort_keys=True) for side in (request, response)
            )
            rows.append((key, asked, answered, _checksum(key, asked, answered)))
        with self._speaking():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", rows)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # after some errors SQLite has rolled back by itself
                    self._db.execute("ROLLBACK")
                raise

    def __len__(self) -> int:
        with self._speaking():
            count: int = self._db.execute("SELECT count(*) FROM answers").fetchone()[0]
        return count

    def close(self) -> None:
        """Close the file and fold its write-ahead log into it."""
        with self._lock:
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
            with self._lock:
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


def _text(raw: bytes) -> str:
    """Read a column; one that is no UTF-8 any more must fail its checksum, not the query."""
    return raw.decode("utf-8", "replace")


def _checksum(key: str, request: str, response: str) -> str:
    """Hash a row: a bit that flips on the disk must not become training data."""
    return hashlib.blake2b(f"{key}\0{request}\0{response}".encode(), digest_size=16).hexdigest()
