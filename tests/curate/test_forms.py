"""Pairs compared by the kernels and by their plain twins: both must say the same."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import curate.forms
import curate.kernels.differences
import curate.kernels.likeness
import curate.plain.differences
import curate.plain.likeness
from curate.alike import GUARDS, LONG_CHARACTERS, SIDES, differing, likeness, similarity
from curate.forms import COPY, MOST_EDITS, Forms
from schemas.text import normal

MODULES = {"kernel": curate.kernels, "plain": curate.plain}
WORDS = [
    "the", "a", "of", "cat", "cats", "class", "not", "never", "without", "3", "12", "b7", "٣", "3.5", "été", "你", "好",
    "ラ", "한글", "peru", "chile", "answer", "question", "house", "s", "is", "-5", "𠀀", "😀", "it", SIDES, SIDES,
]  # fmt: skip


def pair_of(words: list[str], changes: list[tuple[int, int, str]]) -> tuple[str, str]:
    """Give a normal form, and the same with some words left out, added or replaced."""
    other = list(words)
    for place, kind, word in changes:
        at = place % (len(other) + 1)
        other[at : at + (kind != 1)] = [] if kind == 0 else [word]
    return form_of(words), form_of(other)


def form_of(words: list[str]) -> str:
    """Write words as a normal form of one side or two."""
    sides = " ".join(words).split(SIDES, 1)
    return SIDES.join(normal(side) for side in sides)


PAIRS = st.builds(
    pair_of,
    st.lists(st.sampled_from(WORDS), max_size=45),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2), st.sampled_from(WORDS)), max_size=6),
) | st.tuples(st.text(max_size=30).map(normal), st.text(max_size=30).map(normal))


def forms(*texts: str | None) -> Forms:
    return Forms(pa.chunked_array([pa.array(texts, pa.large_string())]))


@pytest.fixture(params=["kernel", "plain"])
def side(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have pairs compared by the kernels, or by their twins."""
    folder = MODULES[request.param]

    def chosen(module: str, name: str, *, rows: int, dear: bool) -> Any:  # Any: kernels differ
        assert dear
        assert rows >= 0
        return getattr(getattr(folder, module), name)

    monkeypatch.setattr(curate.forms, "kernel_for", chosen)
    return str(request.param)


def pairs(*places: tuple[int, int]) -> npt.NDArray[np.int64]:
    return np.array(places, dtype=np.int64).reshape(-1, 2)


@pytest.mark.usefixtures("side")
def test_pairs_are_compared_as_two_texts_are() -> None:
    @settings(deadline=None, max_examples=300)
    @given(PAIRS, st.sampled_from([0.5, 0.6, 0.88, 1.0]))
    def same(texts: tuple[str, str], threshold: float) -> None:
        compared = forms(*texts)
        assert compared.similarities(pairs((0, 1)), threshold).tolist() == [similarity(*texts, threshold)]
        guards, looked = compared.guards(pairs((0, 1)), 0)
        told = likeness(*texts, 0.0) if similarity(*texts, 0.0) else None
        assert looked.all()
        assert told is None or GUARDS[guards[0]] == told.guard
        assert compared.differences(pairs((0, 1)), most=3, signs=40).to_pylist() == [differing(*texts, 3)[:40]]

    same()


@pytest.mark.usefixtures("side")
def test_of_a_text_the_most_similar_are_looked_at_until_one_is_a_copy() -> None:
    texts = forms("add 3 to it", "add 4 to it", "add 3 to the", "add 3 to", "add 5 to it")
    asked = pairs((1, 0), (2, 0), (3, 0), (1, 4), (2, 4), (3, 4))
    guards, looked = texts.guards(asked, 2)
    assert looked.tolist() == [True, True, False, True, True, False]
    assert (guards == COPY).tolist() == [False, True, False, False, False, False]
    guards, looked = texts.guards(asked, 0)
    assert looked.all()
    assert (guards == COPY).tolist() == [False, True, True, False, False, False]


@pytest.mark.usefixtures("side")
def test_a_null_is_like_no_other() -> None:
    texts = forms("one text", None, "one text")
    assert texts.similarities(pairs((0, 2), (0, 1), (1, 1)), 0.5).tolist() == [1, 0, 0]


@pytest.mark.usefixtures("side")
def test_no_pairs_give_nothing() -> None:
    texts = forms()
    assert texts.similarities(pairs(), 0.5).tolist() == []
    assert [part.tolist() for part in texts.guards(pairs(), 4)] == [[], []]
    assert texts.differences(pairs(), most=5, signs=300).to_pylist() == []


@pytest.mark.usefixtures("side")
def test_many_pairs_are_worked_on_in_parts_and_come_out_in_order() -> None:
    texts = forms(*(f"what is the number {place % 7} in this text" for place in range(1500)))
    asked = pairs(*((place - 1, place) for place in range(1, 1500)))
    guards, _ = texts.guards(asked, 4)
    assert {GUARDS[guard] for guard in guards} == {"numbers"}
    lines = texts.differences(asked, most=5, signs=300).to_pylist()
    assert lines == [f"{(place - 1) % 7} → {place % 7}" for place in range(1, 1500)]


@pytest.mark.usefixtures("side")
def test_very_long_texts_are_compared_by_the_words_that_they_hold() -> None:
    text = "many words of no interest " * (LONG_CHARACTERS // 20)
    texts = forms(text, text + "and more")
    assert texts.similarities(pairs((0, 1)), 0.9)[0] == similarity(text, text + "and more", 0.9)
    assert texts.guards(pairs((0, 1)), 4)[0].tolist() == [COPY]
    assert texts.differences(pairs((0, 1)), most=5, signs=20).to_pylist() == ["long texts, compared"]


@pytest.mark.usefixtures("side")
def test_texts_with_too_many_edits_for_the_kernel_are_told_like_all_others() -> None:
    words = [f"w{chr(97 + place % 26)}{chr(97 + place // 26 % 26)}{place // 676 * 'x'}" for place in range(2100)]
    other = [word for place, word in enumerate(words) if place % 40]
    assert len(words) * len(other) >= MOST_EDITS
    texts = forms(" ".join(words), " ".join(other), " ".join(other[:-1]))
    guards, looked = texts.guards(pairs((1, 0), (2, 0)), 4)
    assert (guards == COPY).tolist() == [True, False]
    assert looked.tolist() == [True, False]
    assert texts.differences(pairs((0, 1)), most=2, signs=300).to_pylist() == [
        differing(" ".join(words), " ".join(other), 2)
    ]


@pytest.mark.usefixtures("side")
def test_a_threshold_that_is_just_met_is_met() -> None:
    assert similarity("a a", "the a a", 0.6) == 0.6
    assert forms("a a", "the a a").similarities(pairs((0, 1)), 0.6).tolist() == [0.6]


@pytest.mark.usefixtures("side")
def test_texts_in_another_order_compare_as_if_they_stood_in_it() -> None:
    words = [
        "the cat sat on the mat",
        "a dog ran over the hill",
        "the cat sat on a mat",
        "rain fell all day long",
        None,
    ]
    order = np.array([3, 0, 2, 1])
    column = pa.chunked_array([pa.array(words, pa.large_string())])
    ordered, moved = Forms(column, order), forms(*(words[place] for place in order))
    every = pairs(*((first, second) for second in range(4) for first in range(second)))
    assert len(ordered) == len(moved) == 4
    assert ordered.similarities(every, 0.5).tolist() == moved.similarities(every, 0.5).tolist()
    assert ordered.similarities(every, 0.5).any()
    assert ordered.guards(every, 0)[0].tolist() == moved.guards(every, 0)[0].tolist()
    told = [each.differences(every, most=5, signs=300).to_pylist() for each in (ordered, moved)]
    assert told[0] == told[1]
