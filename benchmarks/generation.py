"""Ours and the peers asking the same server, side by side: speed, window, and what refusals and faults cost.

    python benchmarks/generation.py
    python benchmarks/generation.py --envs ~/peers --peers sdg_hub,curator --cases speed,refusals

The server is our own, on this machine, in a process of its own (serving/server.py). Each peer runs in a virtual
environment of its own, which is made under --envs the first time (wheels only), as its README has it, with its limits
and batches set so that they are not in the way. CPU is that of the client's processes, from when all is imported to
when all is answered; ours is with the journal, synced to the disk.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent / "serving"
sys.path.insert(0, str(HERE))

from server import Manners  # noqa: E402 - this folder is no package
from task import prompt  # noqa: E402

TIMEOUT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A tool to compare with.

    Attributes:
        packages: What pip installs into its environment, from wheels.
        runner: The script that asks.
    """

    packages: tuple[str, ...]
    runner: str


PEERS = {
    "sdg_hub": Peer(packages=("sdg-hub==0.9.4",), runner="sdg_hub_chat.py"),
    "curator": Peer(packages=("bespokelabs-curator==0.1.31",), runner="curator_litellm.py"),
    "data-designer": Peer(packages=("data-designer==0.9.7",), runner="data_designer_create.py"),
    "distilabel": Peer(packages=("distilabel[openai]==1.5.3", "requests"), runner="distilabel_generate.py"),
    "synthetic-data-kit": Peer(packages=("synthetic-data-kit==0.0.5",), runner="synthetic_data_kit_batch.py"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is asked of whom.

    Attributes:
        about: What it shows.
        manners: How the server behaves.
        requests: How many are asked.
        places: How many in flight are asked for.
        ideal: Seconds that it takes at best.
        peers: Whether the peers run it too.
        timeout: Seconds that ours gives one attempt.
    """

    about: str
    manners: Manners
    requests: int
    places: int
    ideal: float
    peers: bool = True
    timeout: float = 120.0


_TOKENS = 2000.0  # a second
_PROMPT = (len(prompt(100)) + 120) // 4  # tokens, as the server counts them

CASES = {
    "speed": Case(
        about="50 ms an answer",
        manners=Manners(latency=0.05),
        requests=1000,
        places=64,
        ideal=1000 / 64 * 0.05,
    ),
    **{
        f"speed, {places}": Case(
            about="50 ms an answer",
            manners=Manners(latency=0.05),
            requests=60 * places,  # three seconds of work: a tenth of a second goes by before the first answer
            places=places,
            ideal=60 * 0.05,
            peers=False,
        )
        for places in (8, 16, 32, 64)
    },
    "patient": Case(
        about="half a second an answer",
        manners=Manners(latency=0.5),
        requests=640,
        places=64,
        ideal=640 / 64 * 0.5,
        peers=False,
    ),
    "refusals": Case(
        about="every seventh request 429 with Retry-After: 1",
        manners=Manners(latency=0.05, refuse_every=7),
        requests=200,
        places=32,
        ideal=200 / 32 * 0.05 + 3 * 1.05,  # of 200, 28 are refused, of these 4, of these 1
    ),
    "bucket": Case(
        about="a bucket of 40 requests a second",
        manners=Manners(latency=0.2, requests_per_second=40),
        requests=400,
        places=64,
        ideal=(400 - 40) / 40 + 0.2,
    ),
    "tokens": Case(
        about=f"a bucket of {_TOKENS * 10:,.0f} tokens a second",
        manners=Manners(latency=0.2, tokens_per_second=_TOKENS * 10),
        requests=400,
        places=64,
        ideal=(400 * _PROMPT - _TOKENS * 10) / (_TOKENS * 10) + 0.2,
        peers=False,
    ),
    "faults": Case(
        about="every 10th answer a 500, every 13th a cut connection",
        manners=Manners(latency=0.05, fail_every=10, cut_every=13),
        requests=200,
        places=32,
        ideal=200 / 32 * 0.05 + 0.5,
    ),
    "hangs": Case(
        about="every 40th request never answered, 2 s allowed",
        manners=Manners(latency=0.05, hang_every=40),
        requests=200,
        places=32,
        ideal=200 / 32 * 0.05 + 2.5,
        peers=False,
        timeout=2.0,
    ),
    "queue": Case(
        about="16 worked on at once, the others queue, as in vLLM",
        manners=Manners(latency=0.25, slots=16),
        requests=2400,
        places=128,
        ideal=2400 / 16 * 0.25,
        peers=False,
    ),
    "memory, 1,000": Case(
        about="peak memory", manners=Manners(latency=0.01), requests=1000, places=64, ideal=0.2, peers=False
    ),
    "memory, 10,000": Case(
        about="peak memory", manners=Manners(latency=0.01), requests=10_000, places=64, ideal=2.0, peers=False
    ),
}


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default="", help=f"some of {','.join(PEERS)}, or all")
    parser.add_argument("--envs", type=Path, help="folder for the peers' environments, outside the project")
    parser.add_argument(
        "--cases", default="", help=f"some of {','.join(CASES)} (their beginnings will do); default: all"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of ours where the peers run too; the one with the least CPU counts"
    )
    args = parser.parse_args()
    names = list(PEERS) if args.peers == "all" else [name for name in args.peers.split(",") if name]
    if unknown := set(names) - set(PEERS):
        parser.error(f"no peer {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    if names and args.envs is None:
        parser.error("name a folder for the peers' environments with --envs")
    wanted = tuple(name for name in args.cases.split(",") if name) or ("",)
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}\n")
    print("| case | tool | wall s | times the ideal | CPU ms/request | most in flight | average | sent | MiB |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, case in CASES.items():
        if not name.startswith(wanted):
            continue
        runs = [run(Path(sys.executable), "ours.py", case) for _ in range(args.repeats if case.peers else 1)]
        print(line(name, "gristmill", min(runs, key=lambda found: found.get("cpu", 1e9)), case), flush=True)
        for peer in names if case.peers else ():
            print(line(name, peer, run_peer(peer, args.envs, case), case), flush=True)
    print(
        "\n"
        + "\n".join(
            f"{name}: {case.about}; {case.requests:,} requests, {case.places} in flight asked for"
            for name, case in CASES.items()
            if name.startswith(wanted)
        )
    )


def run_peer(name: str, envs: Path, case: Case) -> dict[str, Any]:  # Any: JSON
    """Run a peer's script in its environment."""
    failure = environment(name, envs)
    return {"failure": failure} if failure else run(envs / name / "bin" / "python", PEERS[name].runner, case)


def run(python: Path, runner: str, case: Case) -> dict[str, Any]:  # Any: JSON
    """Start a server, run a script against it, and give what both have measured."""
    with tempfile.TemporaryDirectory() as folder, served(case.manners) as address:
        out = Path(folder) / "out.json"
        command = [str(python), str(HERE / runner), f"{address}/v1", str(case.requests), str(case.places), str(out)]
        failure = _run([*command, str(case.timeout)], Path(folder))
        if failure:
            return {"failure": failure}
        with urllib.request.urlopen(f"{address}/seen") as told:
            seen = json.load(told)
        return {**json.loads(out.read_text(encoding="utf-8")), "seen": seen}


@contextmanager
def served(manners: Manners) -> Iterator[str]:
    """Run a server in a process of its own, and give its address."""
    command = [sys.executable, str(HERE / "server.py"), json.dumps(asdict(manners))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def line(case: str, tool: str, found: dict[str, Any], about: Case) -> str:  # Any: JSON
    """Write a line of the table."""
    if "seen" not in found:
        return f"| {case} | {tool} | not run: {found['failure']} |||||||"
    seen = found["seen"]
    cells = [
        f"{found['seconds']:.2f}",
        f"{found['seconds'] / about.ideal:.2f}",
        f"{found['cpu'] / about.requests * 1000:.2f}",
        str(seen["most"]),
        f"{seen['average']:.1f}",
        str(seen["requests"]),
        f"{found['peak_kib'] / 1024:.0f}",
    ]
    name = f"{tool}: {found['failure'][:80]}".replace("|", "/").replace("\n", " ") if found["failure"] else tool
    return f"| {case} | {name} | {' | '.join(cells)} |"


def environment(name: str, envs: Path) -> str:
    """Make a peer's environment where there is none, and say what went wrong."""
    done = envs / name / "installed"
    if done.is_file():
        return ""
    envs.mkdir(parents=True, exist_ok=True)
    failure = _run([sys.executable, "-m", "venv", str(envs / name)], envs)
    pip = [str(envs / name / "bin" / "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    failure = failure or _run(["nice", "-n", "15", *pip, *PEERS[name].packages], envs)
    if failure:
        return f"cannot be installed: {failure}"
    done.touch()
    return ""


def _run(command: list[str], folder: Path) -> str:
    """Run a command, and give the last line of its errors where it fails."""
    path = os.pathsep.join(filter(None, (str(HERE.parent.parent), os.environ.get("PYTHONPATH"))))
    around = {**os.environ, "PYTHONPATH": path} if command[0] == sys.executable else None
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False, env=around
        )
    except subprocess.TimeoutExpired:
        return f"not done after {TIMEOUT} s"
    except OSError as error:
        return str(error)
    lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
    return "" if done.returncode == 0 else lines[-1][:200].replace("|", "/")


if __name__ == "__main__":
    main()
