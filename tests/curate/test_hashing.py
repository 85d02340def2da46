import numpy as np
import pyarrow as pa
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

import curate.kernels.groups
import curate.plain.groups
from curate.hashing import hash_groups, hashes


def test_a_hash_is_that_of_xxhash() -> None:
    assert hashes([pa.array(["a", ""])]).to_pylist() == [xxhash.xxh3_128_digest(text) for text in (b"a", b"")]


def test_texts_do_not_flow_from_one_column_into_the_next() -> None:
    one, two = hashes([pa.array(["ab", "a"]), pa.array(["c", "bc"])]).to_pylist()
    assert one != two


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.sampled_from(["a", "b", "c", "é"]), max_size=20), st.integers(1, 5))
def test_equal_hashes_are_one_group_whatever_the_chunks(texts: list[str], size: int) -> None:
    parts = [hashes([pa.array(texts[start : start + size])]) for start in range(0, len(texts), size)]
    groups = hash_groups(pa.chunked_array(parts or [hashes([pa.array([], type=pa.string())])])).tolist()
    assert len(set(groups)) == len(set(texts))
    assert all((groups[i] == groups[j]) == (texts[i] == texts[j]) for i in range(len(texts)) for j in range(i))


def test_groups_are_numbered_by_their_first_members_and_nulls_are_one() -> None:
    digests = hashes([pa.array(["b", "a", "b", "c"])]).to_pylist()
    column = pa.chunked_array([pa.array([*digests, None, digests[1], None], type=pa.binary(16))])
    assert hash_groups(column).tolist() == [0, 1, 0, 2, 3, 1, 3]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=40))
def test_kernel_and_twin_number_groups_alike(halves: list[tuple[int, int]]) -> None:
    values = np.array(halves, dtype=np.uint64).reshape(-1, 2)
    found = []
    for module in (curate.kernels.groups, curate.plain.groups):
        out = np.empty(len(values), dtype=np.int64)
        module.number_groups(values, np.full(64, -1, dtype=np.int64), out)
        found.append(out.tolist())
    assert found[0] == found[1]
