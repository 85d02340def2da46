"""What every runner shares: the texts of the rows, and the result as JSON. It runs in each peer's own environment."""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow.parquet as pq

_WORD = re.compile(r"\w+")


def texts(path: str) -> list[str]:
    """Give each row as one text: instruction, input and output, as the peers' own recipes for Alpaca join them."""
    table = pq.read_table(path, columns=["instruction", "input", "output"])
    return ["\n".join(filter(None, row.values())) for row in table.to_pylist()]


def shingles(text: str, size: int = 3) -> set[str]:
    """Give the runs of words of a text in lower case without punctuation."""
    words = _WORD.findall(text.lower())
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)}


def run(drop: Callable[[str], Iterable[int]], repeats: int = 1) -> None:
    """Time a tool on the file that the command line names, and write which rows it drops.

    The best of the repeats counts, from the Parquet file to the decisions, without the imports.
    """
    source, out = sys.argv[1], Path(sys.argv[2])
    seconds, dropped = [], list[int]()
    for _ in range(repeats):
        start = time.perf_counter()
        dropped = sorted(drop(source))
        seconds.append(time.perf_counter() - start)
    out.write_text(json.dumps({"seconds": min(seconds), "dropped": dropped}), encoding="utf-8")
