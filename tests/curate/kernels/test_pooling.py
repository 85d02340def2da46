import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.pooling import unit_means

TABLE = np.array([[1, 0, 0], [0, 2, 0], [0, 0, 0.5], [-1, 0, 0]], dtype=np.float32)


def pooled(texts: list[list[int]]) -> np.ndarray:
    starts = np.cumsum([0, *map(len, texts)]).astype(np.int64)
    tokens = np.array([token for text in texts for token in text], dtype=np.uint32)
    out = np.full((len(texts), 3), 9, dtype=np.float32)
    unit_means(tokens, starts, TABLE, out)
    return out


def twin(text: list[int]) -> np.ndarray:
    total = sum((TABLE[token].astype(np.float64) for token in text if token < len(TABLE)), np.zeros(3))
    length = np.sqrt(sum(value * value for value in total))
    return (total / length if length else total).astype(np.float32)


def test_a_mean_is_brought_to_length_one() -> None:
    # (1, 0, 0) + (0, 2, 0) = (1, 2, 0), of length the root of 5.
    np.testing.assert_allclose(pooled([[0, 1]]), [[1 / 5**0.5, 2 / 5**0.5, 0]], rtol=1e-6)


def test_no_tokens_unknown_tokens_and_opposites_are_zeros() -> None:
    assert not pooled([[], [77], [0, 3]]).any()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=8))
def test_it_agrees_with_its_twin(texts: list[list[int]]) -> None:
    np.testing.assert_allclose(
        pooled(texts), np.array([twin(text) for text in texts]).reshape(-1, 3), rtol=1e-6, atol=1e-7
    )
