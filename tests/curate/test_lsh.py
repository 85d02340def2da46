import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lsh import BANDS, PERMUTATIONS, SHORTEST, permutations, signatures

A, B, C = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35


def hashed(codes: list[int]) -> int:
    """Hash a shingle of three or five characters to 16 bits."""
    value = codes[0] * A % 2**32
    value = (value ^ codes[1]) * B % 2**32
    value = (value ^ value >> 15 ^ codes[2]) * A % 2**32
    if len(codes) == 5:
        value = (value ^ codes[3]) * C % 2**32
        value = (value ^ value >> 13 ^ codes[4]) * A % 2**32
    return (value ^ value >> 16) * B % 2**32 >> 16


def chosen(codes: list[int], level: int) -> bool:
    """Tell whether a shingle of a long text counts at a level."""
    value = (codes[0] ^ codes[2] << 8 ^ codes[4] << 16) % 2**32 * C % 2**32
    return bool((value >> 16) % 2 ** (level - 1) == 0)


def twin(text: str) -> list[int]:
    """Sign one text in plain Python."""
    factors, offsets, changes = (each.tolist() for each in permutations())
    codes = [fold(sign) for sign in text]
    bands = []
    for band in range(BANDS):
        level = sum(len(codes) >= least for least in changes[band]) - 1
        if level < 0:
            bands.append(0)
            continue
        size = 3 if level == 0 else 5
        shingles = [codes[start : start + size] for start in range(len(codes) - size + 1)]
        values = [hashed(shingle) for shingle in shingles if level < 2 or chosen(shingle, level)]
        mixed = level
        for slot in range(band * PERMUTATIONS, (band + 1) * PERMUTATIONS):
            least = min([(value * factors[slot] + offsets[slot]) % 2**16 for value in values], default=0xFFFF)
            mixed = (mixed ^ least) * A % 2**32
            mixed ^= mixed >> 15
        mixed = mixed * B % 2**32
        bands.append((mixed ^ mixed >> 13) or 1)
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


@pytest.mark.parametrize("size", [8_191, 12_000, 17_000, 34_000])
def test_the_kernel_agrees_with_plain_python_on_long_texts(size: int) -> None:
    rng = np.random.default_rng(size)
    text = "".join(rng.choice(list("abcdefghij klmnop你é"), size))
    bands, _ = signatures(pa.array([text]))
    assert bands[0].tolist() == twin(text)


def test_texts_too_short_to_shingle_have_no_signature() -> None:
    bands, _ = signatures(pa.array(["", "x" * (SHORTEST - 1), "x" * SHORTEST]))
    assert not bands[:2].any()
    assert bands[2].all()


@pytest.mark.parametrize("length", [20, 40, 60, 200, 8_500, 16_300, 33_000])
def test_texts_that_differ_by_little_meet_at_any_length(length: int) -> None:
    rng = np.random.default_rng(0)
    text = "".join(rng.choice(list("abcdefghij klmnop"), length))
    other = "".join(rng.choice(list("qrstuvwxyz 012345"), length))
    bands, _ = signatures(pa.array([text, text + "xyz" * (1 + length // 60), other]))
    assert (bands[0] == bands[1]).sum() >= BANDS // 4
    assert not (bands[0] == bands[2]).any()
