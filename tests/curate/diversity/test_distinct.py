import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.diversity.distinct import Distinct, distinct


def of(texts: list[str]) -> Distinct:
    return distinct(pa.array(texts, pa.string()))


def test_the_shares_are_counted_within_texts() -> None:
    # Words a b a, a b: 2 of 5 words differ; pairs ab ba, ab: 2 of 3; one run of three, aba: 1 of 1.
    assert of(["A b, a!", "a b"]) == Distinct(2 / 5, 2 / 3, 1.0)


@pytest.mark.parametrize("texts", [[], [""], ["", ""]], ids=["none", "empty", "two empty"])
def test_nothing_has_no_share(texts: list[str]) -> None:
    assert of(texts) == Distinct(0, 0, 0)


def test_chinese_signs_are_words() -> None:
    assert of(["北京北京"]) == Distinct(2 / 4, 2 / 3, 2 / 2)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abc"), max_size=8), max_size=5))
def test_it_agrees_with_its_twin(texts: list[list[str]]) -> None:
    expected = []
    for size in (1, 2, 3):
        grams = [tuple(text[at : at + size]) for text in texts for at in range(len(text) - size + 1)]
        expected.append(len(set(grams)) / len(grams) if grams else 0.0)
    assert of([" ".join(text) for text in texts]) == pytest.approx(Distinct(*expected))
