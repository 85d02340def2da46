import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lsh import BANDS, SHORTEST, _permutations, candidate_pairs, leader_pairs, sharing, signatures


def mix(value: int, factor: int, shift: int) -> int:
    value = value * factor % 2**32
    return value ^ (value >> shift)


def twin(text: str) -> list[int]:
    """Sign one text in plain Python."""
    factors, offsets, sizes = _permutations()
    codes = [fold(sign) for sign in text]
    bands = []
    for band in range(BANDS):
        size = int(sizes[band, min(len(codes), sizes.shape[1] - 1)])
        if not 0 < size <= len(codes):
            bands.append(0)
            continue
        shingles = []
        for start in range(len(codes) - size + 1):
            value = size
            for code in codes[start : start + size]:
                value = mix(value ^ code, 0x9E3779B1, 15)
            shingles.append(mix(value, 0x85EBCA6B, 13))
        mixed = size
        for factor, offset in zip(factors[band].tolist(), offsets[band].tolist(), strict=True):
            mixed = mix(mixed ^ min((value * factor + offset) % 2**32 for value in shingles), 0x9E3779B1, 16)
        bands.append(mixed or 1)
    return bands


def fold(sign: str) -> int:
    """Fold the UTF-8 bytes of a sign into a number, lead byte first."""
    value = 0
    for byte in sign.encode():
        value = byte if not value and byte & 0xC0 != 0x80 else (value * 64 + (byte & 0x3F)) % 2**32
    return value


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(min_size=0, max_size=90), min_size=1, max_size=3))
def test_the_kernel_agrees_with_plain_python(texts: list[str]) -> None:
    bands, lengths = signatures(pa.array(texts, type=pa.string()))
    assert bands.tolist() == [twin(text) for text in texts]
    assert lengths.tolist() == [len(text) for text in texts]


def test_texts_too_short_to_shingle_have_no_signature() -> None:
    bands, _ = signatures(pa.array(["", "x" * (SHORTEST - 1), "x" * SHORTEST]))
    assert not bands[:2].any()
    assert bands[2].all()
    assert candidate_pairs(bands, np.arange(3)).tolist() == []


@pytest.mark.parametrize("length", [20, 40, 60, 200])
def test_texts_that_differ_by_little_meet_at_any_length(length: int) -> None:
    rng = np.random.default_rng(0)
    text = "".join(rng.choice(list("abcdefghij klmnop"), length))
    bands, _ = signatures(pa.array([text, text + "xyz"[: max(1, length // 20)], "zq" * length]))
    assert [0, 1] in candidate_pairs(bands, np.arange(3)).tolist()
    assert sharing(bands).tolist() == [True, True, False]


def test_pairs_stay_linear_where_everything_is_alike() -> None:
    bands = np.ones((5000, BANDS), dtype=np.uint32)
    assert len(candidate_pairs(bands, np.arange(5000))) < 5000 * 17


def test_pairs_do_not_depend_on_the_order_of_the_texts() -> None:
    bands = np.ones((60, BANDS), dtype=np.uint32)
    bands[:, 1] = np.arange(60) % 7
    tie, order = np.arange(60), np.random.default_rng(1).permutation(60)
    straight = {frozenset(pair) for pair in candidate_pairs(bands, tie).tolist()}
    mixed = {frozenset(order[pair].tolist()) for pair in candidate_pairs(bands[order], tie[order])}
    assert straight == mixed


def test_each_row_is_paired_with_the_best_that_shares_a_band() -> None:
    bands = np.zeros((4, BANDS), dtype=np.uint32)
    bands[[0, 1, 3], 5] = 9
    assert leader_pairs(bands, np.array([2, 0, 1, 3])).tolist() == [[0, 1], [1, 3]]
