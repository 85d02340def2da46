"""Each kernel and its plain twin give the same numbers, on random Unicode and on what they were made for."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import curate.kernels.candidates
import curate.kernels.literals
import curate.kernels.minhash
import curate.kernels.repeats
import curate.kernels.traits
import curate.kernels.words
import curate.plain.candidates
import curate.plain.literals
import curate.plain.minhash
import curate.plain.repeats
import curate.plain.traits
import curate.plain.words
from curate.alike import LONG_CHARACTERS, SHORT_WORDS, _free_table, decimals
from curate.lint.triggers import automaton
from curate.lsh import BANDS, permutations
from curate.repetition import LIMITS
from schemas.buffers import text_buffers
from schemas.text import normal

WORDS = [
    "the",
    "cats",
    "class",
    "3",
    "b12",
    "1.",
    "\n",
    "\r\n",
    "-",
    "é",
    "٣",
    "你",
    "3個",
    "ラ",
    "한글",
    "\x00",
    "😀",
    "It's",
]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.tuples(st.lists(st.sampled_from(WORDS), max_size=4), st.integers(1, 30)).map(
        lambda drawn: " ".join(drawn[0] * drawn[1])
    ),
)
MANY = st.lists(TEXTS, max_size=5)
Arrays = Sequence[npt.NDArray[Any]]  # Any: numbers of several types
Run = Callable[[Any, npt.NDArray[np.uint8], npt.NDArray[np.int64]], Arrays]  # Any: a module


def words(module: Any, data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Arrays:
    out = np.zeros(len(starts) - 1, dtype=np.int32)
    module.count_words(data, starts, out)
    return [out]


def repeats(module: Any, data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Arrays:
    out = np.zeros((len(starts) - 1, 5), dtype=np.int32)
    module.repeats(data, starts, LIMITS, out)
    return [out]


def minhash(module: Any, data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Arrays:
    bands = np.zeros((len(starts) - 1, BANDS), dtype=np.uint32)
    lengths = np.zeros(len(starts) - 1, dtype=np.int32)
    module.band_hashes(data, starts, *permutations(), bands, lengths)
    return [bands, lengths]


def traits(module: Any, data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Arrays:
    out = np.zeros((len(starts) - 1, 3), dtype=np.int64)
    limits = np.array([SHORT_WORDS, LONG_CHARACTERS], dtype=np.int64)
    module.text_traits(data, starts, decimals(ascii_only=False), _free_table(), limits, out)
    return [out]


def literals(module: Any, data: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Arrays:
    out = np.zeros(len(starts) - 1, dtype=np.uint64)
    tables = automaton({"cat": 1, "at": 2, "é": 4, "s 3": 8})
    module.find_literals(data, starts, tables.steps, tables.found, out)
    return [out]


@pytest.mark.parametrize("run", [words, repeats, minhash, traits, literals])
def test_kernel_and_twin_agree(run: Run) -> None:
    name = run.__name__
    kernel, twin = (getattr(getattr(curate, folder), name) for folder in ("kernels", "plain"))

    @settings(deadline=None, max_examples=120)
    @given(MANY)
    def agree(texts: list[str]) -> None:
        if name in {"traits", "minhash"}:  # these see normal forms, whose only white space is a space or a line end
            texts = ["\n".join(map(normal, text.split("-", 1))) for text in texts]
        data, starts = text_buffers(pa.array(texts, type=pa.string()))
        for one, other in zip(run(kernel, data, starts), run(twin, data, starts), strict=True):
            assert one.tolist() == other.tolist()

    agree()


@pytest.mark.parametrize("size", [8_191, 12_000, 17_000, 34_000])
def test_signatures_of_long_texts_agree(size: int) -> None:
    rng = np.random.default_rng(size)
    data, starts = text_buffers(pa.array(["".join(rng.choice(list("abcdefghij klmnop你é"), size))]))
    for one, other in zip(
        minhash(curate.kernels.minhash, data, starts), minhash(curate.plain.minhash, data, starts), strict=True
    ):
        assert one.tolist() == other.tolist()


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=BANDS, max_size=BANDS), max_size=14),
    st.sets(st.integers(0, 13)),
    st.integers(1, 4),
    st.integers(1, 5),
)
def test_candidates_agree(rows: list[list[int]], left_out: set[int], steps: int, most: int) -> None:
    bands = np.array(rows, dtype=np.uint32).reshape(-1, BANDS)
    found = []
    for module in (curate.kernels.candidates, curate.plain.candidates):
        marks = np.zeros(len(rows), dtype=bool)
        links = np.empty((BANDS, len(rows)), dtype=np.int32)
        for band in range(BANDS):
            module.mark_sharing(bands, band, np.zeros(64, np.uint32), np.empty(64, np.int32), marks)
            column = np.ascontiguousarray(bands[:, band])
            module.chain(column, np.zeros(64, np.uint32), np.empty(64, np.int32), links[band])
        gone = np.zeros(len(rows), dtype=bool)
        gone[[place for place in left_out if place < len(rows)]] = True
        lengths = np.arange(90, 90 + len(rows), dtype=np.int32)
        about = np.array([[row % 2, row % 3, row % 4] for row in range(len(rows))], dtype=np.int64).reshape(-1, 3)
        out = np.empty((len(rows) * most, 2), dtype=np.int32)
        limits, counts = np.array([steps, most, 96, 2], dtype=np.int64), np.zeros(len(rows), dtype=np.int32)
        pairs = module.search(np.arange(len(rows)), links, gone, lengths, about, 0.97, limits, counts, out)
        found.append((marks.tolist(), links.tolist(), out[:pairs].tolist()))
    assert found[0] == found[1]


SCRIPT = """
import hashlib, sys
import numpy as np
import pyarrow as pa
from curate import Pipeline, default_stages
if sys.argv[1] == "kernels":
    names = ("candidates", "differences", "groups", "likeness", "literals", "minhash", "normal", "repeats", "traits")
    for name in (*names, "words"):
        __import__(f"curate.kernels.{name}")
rng = np.random.default_rng(7)
words = "alpha beta gamma delta été 你好 N/A 12 3.5 don't <noinput> again again again the of a".split()
rows = [" ".join(rng.choice(words, rng.integers(0, 60))) for _ in range(400)]
table = pa.table({"instruction": rows[:200] + rows[:9], "output": rows[200:] + rows[200:209]})
decisions = Pipeline(default_stages()).decide(table).decisions
print(hashlib.sha256(repr(decisions.to_pylist()).encode()).hexdigest(), "numba" in sys.modules)
"""


def test_a_run_without_kernels_decides_the_same_and_loads_no_compiler() -> None:
    results = [
        subprocess.run([sys.executable, "-c", SCRIPT, kind], capture_output=True, text=True, check=True).stdout.split()
        for kind in ("kernels", "plain")
    ]
    assert results[0][0] == results[1][0]
    assert [loaded for _, loaded in results] == ["True", "False"]
