import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.unions import unite


def plain(pairs: list[tuple[int, int]], count: int) -> list[int]:
    label = list(range(count))
    changed = True
    while changed:
        changed = False
        for left, right in pairs:
            low = min(label[left], label[right])
            changed |= label[left] != low or label[right] != low
            label[left] = label[right] = low
    return label


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_members_have_the_lowest_member_that_they_hang_together_with(pairs: list[tuple[int, int]]) -> None:
    flat = np.array(pairs, np.int64).reshape(-1, 2)
    roots = np.arange(12)
    unite(flat[:, 0], flat[:, 1], roots)
    assert roots.tolist() == plain(pairs, 12)


def test_pairs_may_come_in_parts() -> None:
    roots = np.arange(4)
    unite(np.array([2]), np.array([3]), roots)
    unite(np.array([0]), np.array([3]), roots)
    assert roots.tolist() == [0, 1, 0, 0]
