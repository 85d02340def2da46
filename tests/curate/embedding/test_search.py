import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.embedding.search import MOST_NEIGHBOURS, alike_pairs


def vectors(rows: int, *, seed: int, spread: float = 0.2) -> npt.NDArray[np.float16]:
    """Make rows around a few directions."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(max(1, rows // 6), 16))
    made = centres[rng.integers(0, len(centres), rows)] + spread * rng.normal(size=(rows, 16))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return np.asarray(made, dtype=np.float16)


def brute(made: npt.NDArray[np.float16], threshold: float) -> set[tuple[int, int]]:
    wide = made.astype(np.float64)
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    cosines = wide @ wide.T
    return {(i, j) for i in range(len(made)) for j in range(i + 1, len(made)) if cosines[i, j] >= threshold}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 10_000), st.sampled_from([0.5, 0.8, 0.95]))
def test_every_pair_is_found(rows: int, seed: int, threshold: float) -> None:
    made = vectors(rows, seed=seed)
    assert set(map(tuple, alike_pairs(made, threshold).pairs.tolist())) == brute(made, threshold)


def test_scores_are_cosines() -> None:
    made = np.array([[3, 0], [3, 4], [0, 0]], dtype=np.float16)  # of any length
    hits = alike_pairs(made, 0.5)
    assert hits.pairs.tolist() == [[0, 1]]
    assert hits.scores == pytest.approx([0.6], abs=1e-6)


def test_only_pairs_within_a_group_are_wanted() -> None:
    made = np.ones((4, 2), dtype=np.float16)
    pairs = alike_pairs(made, 0.9, groups=np.array([5, 7, 5, 7])).pairs
    assert pairs.tolist() == [[0, 2], [1, 3]]


def test_a_dense_crowd_has_a_bounded_number_of_pairs() -> None:
    made = np.ones((300, 2), dtype=np.float16)
    pairs = alike_pairs(made, 0.9).pairs
    assert np.bincount(pairs[:, 1], minlength=300).tolist() == [min(row, MOST_NEIGHBOURS) for row in range(300)]


def test_centres_miss_few_pairs_and_invent_none() -> None:
    made = vectors(4000, seed=1, spread=0.1)
    exact = set(map(tuple, alike_pairs(made, 0.9).pairs.tolist()))
    quick = set(map(tuple, alike_pairs(made, 0.9, exact_rows=0).pairs.tolist()))
    assert quick <= exact
    assert len(quick) > 0.98 * len(exact)


@pytest.mark.parametrize("exact_rows", [0, 100], ids=["by centres", "every pair"])
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_are_no_special_case(rows: int, exact_rows: int) -> None:
    made = np.ones((rows, 3), dtype=np.float16)
    assert len(alike_pairs(made, 0.9, exact_rows=exact_rows).pairs) == rows // 2
