"""The training rows nearest to a question."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from train.evaluation.nearest import nearest


class Vowels:
    """Embeds a text by its share of vowels."""

    fingerprint = "vowels"
    normal = True

    def embed(self, texts: Sequence[str], /) -> npt.NDArray[np.float32]:
        counts = np.array([[text.count(vowel) for vowel in "aeiou"] for text in texts], np.float32).reshape(-1, 5)
        return np.asarray(counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1), np.float32)


@pytest.fixture(scope="module")
def trained(table_of: Any) -> pa.Table:  # Any: a fixture
    pairs = [("How is the weather today?", "Wet."), ("Where is the key?", "Here."), ("Who holds the cup?", "We.")]
    table: pa.Table = table_of(pairs)
    return table.add_column(0, "row", pa.array([4, 7, 9]))


def test_rare_words_count_for_more(trained: pa.Table) -> None:
    [found] = nearest(["Is the key wet?"], trained, embedder=None)
    assert (found[0].row, found[0].question, found[0].answer) == (7, "Where is the key?", "Here.")
    assert found[0].similarity > found[1].similarity > 0


def test_the_same_question_is_as_near_as_can_be(trained: pa.Table) -> None:
    [words] = nearest(["where is the KEY"], trained, embedder=None, count=1)
    [vectors] = nearest(["where is the KEY"], trained, embedder=Vowels(), count=1)
    assert words[0].similarity == vectors[0].similarity == pytest.approx(1.0)
    assert words[0].row == vectors[0].row == 7


def test_what_has_nothing_in_common_is_not_near(trained: pa.Table) -> None:
    assert nearest(["zzz", ""], trained, embedder=None) == [[], []]
    assert nearest(["zzz", ""], trained, embedder=Vowels()) == [[], []]


def test_without_rows_or_questions_nothing_is_near(trained: pa.Table) -> None:
    assert nearest(["a"], trained.slice(0, 0), embedder=None) == [[]]
    assert nearest([], trained, embedder=Vowels()) == []


def test_long_rows_are_cut(table_of: Any) -> None:  # Any: a fixture
    rows = table_of([("key " * 1_000, "b" * 10_000)]).add_column(0, "row", pa.array([1]))
    [[found]] = nearest(["key"], rows, embedder=None)
    assert (len(found.question), len(found.answer)) == (600, 600)
