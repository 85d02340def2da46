import numpy as np
import pytest

from curate.diversity.vendi import vendi


def test_different_directions_are_counted() -> None:
    # Four directions at right angles amount to four things, however often each comes.
    axes = np.eye(4, 6, dtype=np.float32)
    assert vendi(axes) == pytest.approx(4)
    assert vendi(np.repeat(axes, 3, axis=0)) == pytest.approx(4)


def test_equal_rows_are_one_thing() -> None:
    assert vendi(np.ones((9, 1), dtype=np.float32)) == pytest.approx(1)


def test_it_is_that_of_the_rows_cosines() -> None:
    vectors = np.random.default_rng(0).normal(size=(7, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(vectors @ vectors.T / 7)
    values = values[values > 1e-12]
    assert vendi(vectors.astype(np.float32)) == pytest.approx(np.exp(-(values * np.log(values)).sum()), rel=1e-5)


def test_nothing_amounts_to_nothing() -> None:
    assert vendi(np.zeros((3, 4), dtype=np.float32)) == 0
    assert vendi(np.zeros((0, 4), dtype=np.float32)) == 0
