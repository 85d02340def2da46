import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.select.quality_diversity import quality_diversity


def twin(vectors: npt.NDArray[np.float32], quality: list[float], tau: float) -> list[tuple[int, bool]]:
    chosen: list[int] = []
    passed: list[int] = []
    for place in sorted(range(len(quality)), key=lambda each: (-quality[each], each)):
        near = any(float(vectors[place] @ vectors[other]) >= tau for other in chosen)
        (passed if near else chosen).append(place)
    return [(place, True) for place in chosen] + [(place, False) for place in passed]


def test_the_best_comes_first_and_its_copies_last() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)
    quality = np.array([1.0, 3.0, 2.0, np.nan])
    # 1 is the best; 2 is unlike it; 0 is 1's copy; 3 is 0.8 close to 2, and its quality is not known.
    assert list(quality_diversity(vectors, quality, tau=0.9)) == [(1, True), (2, True), (3, True), (0, False)]
    assert list(quality_diversity(vectors, quality, tau=0.7)) == [(1, True), (2, True), (0, False), (3, False)]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1200), st.integers(0, 1000), st.sampled_from([0.5, 0.9]))
def test_it_agrees_with_its_twin(rows: int, seed: int, tau: float) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(rows, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    quality = rng.integers(0, 5, rows).astype(np.float64)
    assert list(quality_diversity(vectors, quality, tau=tau)) == twin(vectors, quality.tolist(), tau)
