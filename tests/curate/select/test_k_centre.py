import importlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.select.k_centre import k_centre


def twin(vectors: npt.NDArray[np.float64]) -> list[int]:
    """Pick one after the other, with every distance up to date."""
    picked = [0]
    while len(picked) < len(vectors):
        near = (vectors @ vectors[picked].T).max(axis=1)
        near[picked] = np.inf
        picked.append(int(near.argmin()))
    return picked


def points(*degrees: float) -> npt.NDArray[np.float32]:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_the_farthest_comes_next() -> None:
    # From 0: 180 is farthest; then 90, with 90 to both; then 30, 30 from 0; then 5.
    assert list(k_centre(points(0, 5, 30, 90, 180))) == [0, 4, 3, 2, 1]


@pytest.fixture(scope="module")
def few_candidates() -> Iterator[None]:
    """Look at eight vectors together, so that few rows show what many would."""
    with pytest.MonkeyPatch.context() as patch:
        # The package's face gives the function that name, so the module is asked for by its own.
        patch.setattr(importlib.import_module("curate.select.k_centre"), "_CANDIDATES", 8)
        yield


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(1, 120), dim=st.integers(2, 12), seed=st.integers(0, 10_000))
def test_late_updates_change_no_pick(few_candidates: None, rows: int, dim: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert list(k_centre(vectors)) == twin(vectors)  # type: ignore[arg-type]  # float64, so that no two are equal


@settings(max_examples=30, deadline=None)
@given(places=st.lists(st.integers(0, 5), min_size=1, max_size=60))
def test_the_lower_position_goes_first_among_equals(few_candidates: None, places: list[int]) -> None:
    vectors = np.eye(6)[places]  # cosines are 0 or 1, and many are equal
    assert list(k_centre(vectors)) == twin(vectors)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("vectors", [points(), points(3), points(*[7] * 900), np.zeros((600, 2), dtype=np.float32)])
def test_every_row_is_picked_once(vectors: npt.NDArray[np.float32]) -> None:
    assert sorted(k_centre(vectors)) == list(range(len(vectors)))
