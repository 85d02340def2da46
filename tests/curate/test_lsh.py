import numpy as np
import pyarrow as pa
import pytest

from curate.lsh import BANDS, SHORTEST, signatures


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
