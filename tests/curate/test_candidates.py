import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.candidates import NEAREST, WALK, Index, Texts, sharing
from curate.lsh import BANDS

FEW = st.lists(st.lists(st.integers(0, 3), min_size=BANDS, max_size=BANDS), max_size=12)


def texts_of(bands: npt.NDArray[np.uint32], lengths: int = 100) -> Texts:
    rows = len(bands)
    return Texts(bands, np.full(rows, lengths, dtype=np.int32), np.zeros((rows, 3), dtype=np.int64))


@settings(deadline=None)
@given(FEW)
def test_who_shares_a_band_is_found(rows: list[list[int]]) -> None:
    bands = np.array(rows, dtype=np.uint32).reshape(-1, BANDS)
    expected = [
        any(value and value == other[band] for place, other in enumerate(rows) if place != row for band, value in cells)
        for row, cells in enumerate([list(enumerate(line)) for line in rows])
    ]
    assert sharing(bands).tolist() == expected


@settings(deadline=None)
@given(FEW, st.sets(st.integers(0, 11)))
def test_every_better_text_that_shares_a_band_is_a_pair(rows: list[list[int]], left_out: set[int]) -> None:
    bands = np.array(rows, dtype=np.uint32).reshape(-1, BANDS)
    index = Index(texts_of(bands), 0.9)
    gone = [place for place in left_out if place < len(rows)]
    index.gone[gone] = True
    found = [tuple(pair) for pair in index.pairs(np.arange(len(rows))).tolist()]
    expected = {
        (better, worse)
        for worse in range(len(rows))
        for better in range(worse)
        if better not in gone and any(x and x == y for x, y in zip(rows[better], rows[worse], strict=True))
    }
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_those_that_share_most_bands_come_first() -> None:
    bands = np.zeros((4, BANDS), dtype=np.uint32)
    bands[:, 0] = 5
    bands[[0, 3], 1] = 6
    found = Index(texts_of(bands), 0.9).pairs(np.array([3]))
    assert found.tolist() == [[0, 3], [2, 3], [1, 3]]


def test_pairs_before_a_block_leave_its_own_links_alone() -> None:
    bands = np.ones((6, BANDS), dtype=np.uint32)
    index = Index(texts_of(bands), 0.9)
    assert {tuple(pair) for pair in index.pairs_before(2, 6).tolist()} == {(a, b) for a in (0, 1) for b in (2, 3, 4, 5)}
    assert {tuple(pair) for pair in index.pairs(np.array([5])).tolist()} == {(a, 5) for a in range(5)}


@pytest.mark.parametrize(
    ("lengths", "traits"),
    [((100, 70), ((0, 0, 0), (0, 0, 0))), ((9, 9), ((1, 5, 0), (1, 6, 0))), ((9, 9), ((0, 0, 3), (0, 0, 4)))],
    ids=["length", "numbers", "gist"],
)
def test_what_cannot_be_a_copy_is_no_pair(lengths: tuple[int, ...], traits: tuple[tuple[int, ...], ...]) -> None:
    bands = np.ones((2, BANDS), dtype=np.uint32)
    texts = Texts(bands, np.array(lengths, dtype=np.int32), np.array(traits, dtype=np.int64))
    assert Index(texts, 0.88).pairs(np.arange(2)).tolist() == []


def test_pairs_stay_linear_where_everything_is_alike() -> None:
    index = Index(texts_of(np.ones((5000, BANDS), dtype=np.uint32)), 0.9)
    found = index.pairs(np.arange(5000))
    assert len(found) <= 5000 * NEAREST
    assert (found[:, 1] - found[:, 0]).max() <= WALK
