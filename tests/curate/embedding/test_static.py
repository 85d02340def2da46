from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.embedding import load_embedder
from curate.embedding.protocol import LONGEST
from curate.embedding.static import StaticEmbedder
from schemas.errors import InputError

HOSTILE = ["", " ", "\x00", "a\x00b", "مرحبا بالعالم", "北京是中国的首都", "👩‍👩‍👧", "a" * 50]


def test_texts_of_like_meaning_point_the_same_way() -> None:
    refund, money, weather = load_embedder().embed(
        ["how do i get a refund", "how can i get my money back", "the weather in the mountains"]
    )
    assert refund @ money > 0.5 > refund @ weather


def test_rows_are_unit_rows_or_zeros() -> None:
    vectors = load_embedder().embed(HOSTILE)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(HOSTILE), load_embedder().dim)
    assert not vectors[0].any()
    np.testing.assert_allclose(np.linalg.norm(vectors[1:], axis=1), 1, rtol=1e-6)


def test_no_texts_give_no_rows() -> None:
    assert load_embedder().embed([]).shape == (0, 256)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=6), st.randoms())
def test_a_vector_does_not_depend_on_its_batch(texts: list[str], random: object) -> None:
    embedder = load_embedder()
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert np.array_equal(embedder.embed(texts), alone)
    assert np.array_equal(embedder.embed(texts[::-1]), alone[::-1])


def test_only_the_beginning_of_a_long_text_counts() -> None:
    text = "word " * (LONGEST // 5 + 10)
    vectors = load_embedder().embed([text[:LONGEST], text + "and something else" * 1000])
    assert np.array_equal(vectors[0], vectors[1])


def test_broken_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"no")
    with pytest.raises(InputError, match="cannot be read"):
        StaticEmbedder(tmp_path / "w.safetensors", tmp_path / "t.json")
