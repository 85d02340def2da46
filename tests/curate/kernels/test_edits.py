import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq, Levenshtein

from curate.kernels.edits import DELETE, INSERT, REPLACE, common, edits

KINDS = {"replace": REPLACE, "delete": DELETE, "insert": INSERT}
FEW_CODES = st.lists(st.integers(1, 4), max_size=90)
MANY_CODES = st.lists(st.integers(1, 2**60), max_size=20)


def codes(values: list[int]) -> npt.NDArray[np.uint64]:
    return np.array(values, dtype=np.uint64)


def steps_of(ours: list[int], theirs: list[int]) -> list[tuple[int, ...]]:
    steps = np.zeros((len(ours) + len(theirs), 3), dtype=np.int64)
    return [tuple(step) for step in steps[: edits(codes(ours), codes(theirs), steps)].tolist()]


@settings(deadline=None)
@given(FEW_CODES | MANY_CODES, FEW_CODES | MANY_CODES, st.integers(0, 90))
def test_what_is_common_is_right_down_to_the_least_length_of_interest(
    ours: list[int], theirs: list[int], least: int
) -> None:
    true = LCSseq.similarity(ours, theirs)
    found = common(codes(ours), codes(theirs), least)
    assert found == true if true >= least else found <= true


@settings(deadline=None)
@given(FEW_CODES | MANY_CODES, FEW_CODES | MANY_CODES)
def test_edits_are_those_that_rapidfuzz_chooses(ours: list[int], theirs: list[int]) -> None:
    assert steps_of(ours, theirs) == [
        (KINDS[step.tag], step.src_pos, step.dest_pos) for step in Levenshtein.editops(ours, theirs)
    ]


@pytest.mark.parametrize("size", [63, 64, 65, 128, 300])
def test_blocks_of_64_fit_together(size: int) -> None:
    rng = np.random.default_rng(size)
    ours = rng.integers(1, 30, size).tolist()
    theirs = [code for code in ours if rng.random() > 0.1] + [31]
    assert common(codes(ours), codes(theirs), len(theirs) - 1) == len(theirs) - 1
    assert steps_of(ours, theirs) == [
        (KINDS[step.tag], step.src_pos, step.dest_pos) for step in Levenshtein.editops(ours, theirs)
    ]


def test_nothing_has_nothing_in_common() -> None:
    assert common(codes([]), codes([]), 0) == 0
    assert steps_of([], []) == []
    assert steps_of([1, 2], []) == [(DELETE, 0, 0), (DELETE, 1, 0)]
    assert steps_of([], [1, 2]) == [(INSERT, 0, 0), (INSERT, 0, 1)]
