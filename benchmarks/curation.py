"""Ours and the peers on the same rows, side by side: speed, what is found, and what is wrongly dropped.

    python benchmarks/curation.py --rows 12015 --envs ~/peers --peers rensa,gaoya [--base alpaca.json]
    python benchmarks/curation.py --scale 1000000,10000000

Each peer runs in a virtual environment of its own, which is made under --envs the first time (wheels only), with the
recipe of its README or its defaults. A copy is found where it or the row that it copies is dropped. A false drop is a
row that nothing copies, or the second row of a pair.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from rows import COPIES, truth_path, write  # noqa: E402 - this folder is no package

FALSE = ("base", "templated", "tiny")
TIMEOUT = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A tool to compare with.

    Attributes:
        packages: What pip installs into its environment, from wheels.
        source: Packages among its dependencies that have no wheel and nothing to compile.
        recipes: What the table calls each of its recipes, and the runner.
        without: Why it does not run, where that is known.
        needs: Environment variable that its runners need.
    """

    packages: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    recipes: dict[str, str] = field(default_factory=dict)
    without: str = ""
    needs: str = ""


PEERS = {
    "rensa": Peer(
        packages=("rensa==0.5.0",),
        recipes={"rensa, README recipe": "rensa_readme.py", "rensa, 3 words, 0.7": "rensa_words.py"},
    ),
    "gaoya": Peer(
        packages=("gaoya==0.2.2",),
        recipes={"gaoya, 3 words, 20 x 5": "gaoya_words.py", "gaoya, 5 characters, 20 x 5": "gaoya_characters.py"},
    ),
    "datasketch": Peer(packages=("datasketch==2.0.0",), recipes={"datasketch, 3 words, 0.7": "datasketch_words.py"}),
    "datatrove": Peer(
        packages=("datatrove[io,processing]==0.10.1", "spacy"),
        recipes={"datatrove, defaults": "datatrove_default.py"},
    ),
    "data-juicer": Peer(
        packages=("py-data-juicer==1.6.1", "aiohttp"),
        source=("emoji",),
        recipes={"Data-Juicer, defaults": "data_juicer_default.py"},
    ),
    "text-dedup": Peer(without="0.4.1 is on GitHub only and wants Python 3.12; there is no wheel"),
    "semhash": Peer(
        packages=("semhash==0.5.0",), recipes={"SemHash, defaults": "semhash_default.py"}, needs="MODEL2VEC"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: what a tool did, or why it did not run."""

    tool: str
    seconds: float = 0.0
    dropped: frozenset[int] = frozenset()
    failure: str = ""


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=12_015)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=Path, help="JSON file of Alpaca's columns to take the base rows from")
    parser.add_argument("--peers", default="", help=f"some of {','.join(PEERS)}, or all")
    parser.add_argument("--envs", type=Path, help="folder for the peers' environments, outside the project")
    parser.add_argument("--repeats", type=int, default=3, help="runs of ours in one process; the best counts")
    parser.add_argument("--scale", default="", help="sizes to run ours at instead, such as 1000000,10000000")
    parser.add_argument("--recipes", default="near,default,written", help="what to run there; default: %(default)s")
    args = parser.parse_args()
    names = list(PEERS) if args.peers == "all" else [name for name in args.peers.split(",") if name]
    if unknown := set(names) - set(PEERS):
        parser.error(f"no peer {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    if names and args.envs is None:
        parser.error("name a folder for the peers' environments with --envs")
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}\n")
    with tempfile.TemporaryDirectory() as folder:
        if args.scale:
            scale([int(size) for size in args.scale.split(",")], args.recipes.split(","), Path(folder), args.seed)
            return
        source = Path(folder) / "rows.parquet"
        write(source, args.rows, args.seed, args.base)
        lines = [*ours(source, args.repeats)]
        for name in names:
            lines += peer(name, source, args.envs)
        print(table(lines, source))
        print(f"\nOurs, from starting the command to its end, near only: {cold(source):.2f} s")


def ours(source: Path, repeats: int) -> Iterator[Line]:
    """Run ours in this environment, with near-duplicates only and with the default recipe."""
    for recipe, label in (
        ("near", "gristmill, near"),
        ("default", "gristmill, default recipe"),
        ("written", "gristmill, default recipe, all files written"),
    ):
        result = _ours(source, recipe, repeats)
        yield Line(tool=label, seconds=result["seconds"], dropped=frozenset(result["dropped"]))


def peer(name: str, source: Path, envs: Path) -> Iterator[Line]:
    """Run the recipes of a peer."""
    about = PEERS[name]
    reason = about.without
    if not reason and about.needs and not os.environ.get(about.needs):
        reason = f"{about.needs} names no folder of a model"
    reason = reason or environment(name, envs)
    if reason:
        yield Line(tool=name, failure=reason)
        return
    python = envs / name / "bin" / "python"
    for label, runner in about.recipes.items():
        out = source.with_name(f"{runner}.json")
        failure = _run([str(python), str(HERE / "peers" / runner), str(source), str(out)], source.parent)
        if failure:
            yield Line(tool=label, failure=failure)
            continue
        found = json.loads(out.read_text(encoding="utf-8"))
        yield Line(tool=label, seconds=found["seconds"], dropped=frozenset(found["dropped"]))


def environment(name: str, envs: Path) -> str:
    """Make a peer's environment where there is none, and say what went wrong."""
    done = envs / name / "installed"
    if done.is_file():
        return ""
    envs.mkdir(parents=True, exist_ok=True)
    failure = _run([sys.executable, "-m", "venv", str(envs / name)], envs)
    pip = [str(envs / name / "bin" / "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:"]
    built = [f"--no-binary={package}" for package in PEERS[name].source]
    failure = failure or _run(["nice", "-n", "15", *pip, *built, "pyarrow", *PEERS[name].packages], envs)
    if failure:
        return f"cannot be installed: {failure}"
    done.touch()
    return ""


def cold(source: Path) -> float:
    """Time the command in a new process."""
    command = [str(Path(sys.executable).parent / "gristmill"), "curate", str(source), "--stages", "near", "-o"]
    start = time.perf_counter()
    failure = _run([*command, str(source.with_name("cold"))], HERE.parent)
    if failure:
        raise RuntimeError(failure)
    return time.perf_counter() - start


def table(lines: list[Line], source: Path) -> str:
    """Write the table as Markdown."""
    truth = pq.read_table(truth_path(source)).to_pylist()
    copies = {row["row"]: (row["kind"], row["of"]) for row in truth if row["of"] is not None}
    paired = {of for _, of in copies.values()}
    put_in = Counter(kind for kind, _ in copies.values())
    alone = Counter(row["kind"] for row in truth if row["kind"] in FALSE)
    heads = ["tool", "seconds", "rows/s", *(f"{kind} of {put_in[kind]}" for kind in COPIES)]
    heads += [f"FALSE {kind} of {alone[kind]}" for kind in FALSE]
    rows = [heads, ["---", *["--:"] * (len(heads) - 1)]]
    for line in lines:
        if line.failure:
            rows.append([line.tool, f"not run: {line.failure}", *[""] * (len(heads) - 2)])
            continue
        found, false = Counter[str](), Counter[str]()
        for row, (kind, of) in copies.items():
            gone = (row in line.dropped) + (of in line.dropped)
            found[kind] += gone > 0
            false["tiny" if kind == "tiny_exact" else "base"] += gone > 1
        for row in truth:
            number = row["row"]
            if row["kind"] in FALSE and number not in paired and number in line.dropped:
                false[row["kind"]] += 1
        cells = [line.tool, f"{line.seconds:.2f}", f"{len(truth) / line.seconds:,.0f}"]
        rows.append([*cells, *(str(found[kind]) for kind in COPIES), *(str(false[kind]) for kind in FALSE)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def scale(sizes: list[int], recipes: list[str], folder: Path, seed: int) -> None:
    """Run ours at growing sizes, and print speed and memory."""
    print("| rows | recipe | seconds | rows/s | peak memory | dropped |\n|--:|---|--:|--:|--:|--:|")
    for size in sizes:
        source = folder / f"{size}.parquet"
        write(source, size, seed)
        for recipe in recipes:
            result = _ours(source, recipe, 1)
            speed, memory = size / result["seconds"], result["peak_kib"] / 2**20
            print(
                f"| {size:,} | {recipe} | {result['seconds']:,.1f} | {speed:,.0f} | {memory:.2f} GiB | "
                f"{result['gone']:,} |",
                flush=True,
            )
        source.unlink()


def _ours(source: Path, recipe: str, repeats: int) -> dict[str, Any]:  # Any: JSON
    out = source.with_name("ours.json")
    runner = HERE / "peers" / "ours.py"
    failure = _run([sys.executable, str(runner), str(source), str(out), recipe, str(repeats)], HERE.parent)
    if failure:
        raise RuntimeError(f"ours failed: {failure}")
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))  # Any: as above
    return found


def _run(command: list[str], folder: Path) -> str:
    """Run a command, and give the last line of its errors where it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return f"it took more than {TIMEOUT} s"
    except OSError as error:
        return str(error)
    lines = (done.stderr or done.stdout).strip().splitlines() or [f"exit code {done.returncode}"]
    return "" if done.returncode == 0 else lines[-1][:200].replace("|", "/")


if __name__ == "__main__":
    main()
