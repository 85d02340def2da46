import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gristmill.cli import main
from gristmill.steps import alone_in
from tests.generate.chat_server import ChatServer

HOLD = """
import sys, time
from pathlib import Path
from gristmill.steps import alone_in
with alone_in(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("lamp", "radio"):
        text = f"The battery of the {name} lasts ten hours, and it is charged from the socket at the back of it.\n"
        (folder / f"{name}.md").write_text(f"# The {name}\n\n{text}")
    return folder


def generate(docs: Path, out: Path, server: ChatServer, *more: str) -> int:
    asked = ("--client", "openai", "--model", "small", "--base-url", server.url)
    return main(["generate", str(docs), "-o", str(out), *asked, *more])


def test_two_runs_into_one_folder_do_not_pay_twice(
    docs: Path, tmp_path: Path, server: ChatServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with alone_in(tmp_path / "out"):
        assert generate(docs, tmp_path / "out" / "pairs.parquet", server) == 2
    said = capsys.readouterr().err
    assert f"another gristmill is at work in this folder (process {os.getpid()})" in said
    assert not server.asked
    assert generate(docs, tmp_path / "out" / "pairs.parquet", server) == 0
    assert len(server.asked) == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system cannot kill like that")
def test_a_run_that_was_killed_holds_nothing(docs: Path, tmp_path: Path, server: ChatServer) -> None:
    out = tmp_path / "out"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(out)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"held\n"
        assert generate(docs, out / "pairs.parquet", server) == 2
        run.kill()
    assert (out / ".lock").exists()
    assert generate(docs, out / "pairs.parquet", server) == 0


def test_two_outputs_may_share_a_journal_at_the_same_time(docs: Path, tmp_path: Path, server: ChatServer) -> None:
    journal = tmp_path / "shared" / "journal.sqlite"
    assert generate(docs, tmp_path / "one" / "pairs.parquet", server, "--journal", str(journal)) == 0
    with alone_in(tmp_path / "one"), alone_in(tmp_path / "shared"):
        assert generate(docs, tmp_path / "two" / "pairs.parquet", server, "--journal", str(journal)) == 0
    assert len(server.asked) == 2  # the second run finds what the first paid for
