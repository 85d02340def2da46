import numpy as np

from curate.embedding.centres import find_centres, nearest

AXES = np.eye(4, dtype=np.float32)


def test_centres_are_where_the_vectors_are() -> None:
    rng = np.random.default_rng(0)
    made = AXES[rng.integers(0, 4, 400)] + 0.01 * rng.normal(size=(400, 4)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    # Eight centres for four crowds: every crowd has one.
    centres = find_centres(made, 8, seed=3)
    assert set((centres @ AXES).argmax(axis=1).tolist()) == {0, 1, 2, 3}
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, rtol=1e-5)


def test_the_seed_settles_the_centres() -> None:
    made = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    assert np.array_equal(find_centres(made, 9, seed=1), find_centres(made, 9, seed=1))
    assert not np.array_equal(find_centres(made, 9, seed=1), find_centres(made, 9, seed=2))


def test_there_are_no_more_centres_than_different_vectors() -> None:
    assert len(find_centres(np.repeat(AXES[:2], 5, axis=0), 4, seed=0)) == 2
    assert find_centres(np.zeros((3, 4), dtype=np.float32), 4, seed=0).shape == (0, 4)


def test_the_nearest_comes_first() -> None:
    point = np.array([[0.1, 0.9, 0.3, 0.0]], dtype=np.float32)
    assert nearest(point, AXES, 3).tolist() == [[1, 2, 0]]
    assert nearest(point, AXES, 9).shape == (1, 4)
