"""The journal's proof: `kill -9` at twenty random moments of a run of 600 requests."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.generate.chat_server import ChatServer, Reaction

SECTIONS, KILLS, PLACES = 600, 20, 8
PARTS = ("pump", "valve", "filter", "sensor", "hinge", "cable", "lamp", "fan", "gauge", "seal")


def word(number: int) -> str:
    """Spell a number in letters, so that no two sections are near-duplicates of each other."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:9])


def passage(number: int) -> str:
    part, name = PARTS[number % len(PARTS)], word(number)
    return f"The {part} called {name} is cleaned with {word(number + 1000)} every {word(number + 2000)} by the crew."


def corpus(folder: Path) -> Path:
    """Write 600 sections, each of them one request."""
    folder.mkdir()
    for first in range(0, SECTIONS, 50):
        sections = [f"## Care of {word(number)}\n\n{passage(number)}\n" for number in range(first, first + 50)]
        (folder / f"part{first:03}.md").write_text("# Care\n\n" + "\n".join(sections), encoding="utf-8")
    return folder


def react(body: dict[str, Any], number: int) -> Reaction:
    """Ask how the named part is cleaned, or judge; it depends on the request alone, and takes a little while."""
    asked = body["messages"][-1]["content"]
    if body["model"] == "wise":
        return Reaction(text='{"reason": "It says so.", "supported": true, "answers_question": true}', delay=0.02)
    name = asked.partition(" called ")[2].partition(" ")[0]
    return Reaction(text=f"How often is the part called {name} cleaned?", delay=0.01 + len(asked) % 7 / 200)


def command(docs: Path, out: Path, server: ChatServer, *, judged: bool = False) -> list[str]:
    asked = ["--client", "openai", "--model", "small", "--base-url", server.url, "--concurrency", str(PLACES)]
    asked += ["--judge", "wise"] * judged
    return [sys.executable, "-m", "gristmill", "generate", str(docs), "-o", str(out / "pairs.parquet"), *asked]


def finish(docs: Path, out: Path, server: ChatServer, *, judged: bool = False) -> None:
    done = subprocess.run(
        command(docs, out, server, judged=judged), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def run_until(distinct: int, docs: Path, out: Path, server: ChatServer, *, judged: bool = False) -> None:
    """Start a run, and kill it once the server has been asked so many different things in all."""
    with subprocess.Popen(
        command(docs, out, server, judged=judged), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        while len(counted(server)) < distinct:
            assert run.poll() is None, "it ended before it was killed"
            time.sleep(0.005)
        os.kill(run.pid, signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL


def settled(server: ChatServer) -> None:
    """Wait until the server has nothing in hand any more."""
    while server.open:
        time.sleep(0.01)


def made(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in ("pairs.parquet", "rejected.parquet")]


def counted(server: ChatServer, first: int = 0) -> Counter[str]:
    return Counter(body["messages"][-1]["content"] for body in server.asked[first:])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system cannot kill like that")
def test_a_run_killed_twenty_times_asks_again_only_for_what_was_in_flight(tmp_path: Path, server: ChatServer) -> None:
    docs = corpus(tmp_path / "docs")
    server.react = react
    finish(docs, tmp_path / "undisturbed", server)
    assert len(server.asked) == len(counted(server)) == SECTIONS
    rows = pq.read_table(tmp_path / "undisturbed" / "pairs.parquet")
    assert rows.num_rows == len(set(rows["id"].to_pylist())) == SECTIONS

    server.asked.clear()
    out = tmp_path / "killed"
    for moment in sorted(random.Random(20).sample(range(1, SECTIONS), KILLS)):
        before, first = counted(server), len(server.asked)
        run_until(moment, docs, out, server)
        settled(server)
        asked = counted(server, first)
        assert max(asked.values(), default=0) <= 1
        assert len(asked.keys() & before.keys()) <= PLACES
    finish(docs, out, server)
    asked = counted(server)
    assert len(asked) == SECTIONS
    assert asked.total() <= SECTIONS + KILLS * PLACES
    assert made(out) == made(tmp_path / "undisturbed")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system cannot kill like that")
def test_nor_does_one_with_a_judge_beside(tmp_path: Path, server: ChatServer) -> None:
    docs = corpus(tmp_path / "docs")
    server.react = react
    finish(docs, tmp_path / "undisturbed", server, judged=True)
    assert len(server.asked) == len(counted(server)) == 2 * SECTIONS
    server.asked.clear()
    out = tmp_path / "killed"
    for moment in sorted(random.Random(8).sample(range(1, 2 * SECTIONS), KILLS // 2)):
        before, first = counted(server), len(server.asked)
        run_until(moment, docs, out, server, judged=True)
        settled(server)
        asked = counted(server, first)
        assert max(asked.values(), default=0) <= 1
        assert len(asked.keys() & before.keys()) <= 2 * PLACES
    finish(docs, out, server, judged=True)
    assert len(counted(server)) == 2 * SECTIONS
    assert made(out) == made(tmp_path / "undisturbed")


@pytest.mark.slow
def test_a_server_that_dies_ends_the_run_with_all_that_was_paid_for_on_disk(tmp_path: Path, server: ChatServer) -> None:
    docs, out = corpus(tmp_path / "docs"), tmp_path / "out"
    server.react = react
    with subprocess.Popen(command(docs, out, server), stderr=subprocess.PIPE, text=True) as run:
        while server.answered < 50:
            assert run.poll() is None
            time.sleep(0.005)
        server.react = lambda body, number: Reaction(cut=True)  # connections kept alive outlive the listener
        server.stop()
        _, said = run.communicate(timeout=200)
    assert run.returncode == 1
    assert "gave up after" in said
    assert "Traceback" not in said
    assert not (out / "pairs.parquet").exists()
    with closing(sqlite3.connect(out / "journal.sqlite")) as journal:
        (stored,) = journal.execute("SELECT count(*) FROM answers").fetchone()
    assert server.answered - PLACES <= stored <= server.answered
