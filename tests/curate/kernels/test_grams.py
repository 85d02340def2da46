from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.alike import words_of
from curate.kernels.grams import split_words, text_grams
from curate.ngrams import long_runs
from curate.normalise import normal_form
from schemas.buffers import text_buffers

TEXTS = st.text(st.sampled_from("ab é中カ𠀀\u0301٣ \U0001f600"), max_size=30) | st.text(max_size=30)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_words_are_those_of_the_plain_twin(texts: list[str]) -> None:
    forms = [normal_form(text) for text in texts]
    data, starts = text_buffers(pa.array(forms, pa.string()))
    known: dict[str, int] = {}
    for row, form in enumerate(forms):
        hashes, begins = np.empty(len(data) + 1, np.uint64), np.empty(len(data) + 1, np.int64)
        count = split_words(data, int(starts[row]), int(starts[row + 1]), hashes, begins)
        words = words_of(form)
        assert count == len(words)
        for place, word in enumerate(words):
            assert known.setdefault(word, int(hashes[place])) == int(hashes[place])
            begin = int(begins[place])
            assert bytes(data[begin : begin + len(word.encode())]).decode() == word
    assert len(set(known.values())) == len(known)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abc"), max_size=8), max_size=4), st.integers(1, 4))
def test_runs_are_those_of_the_plain_twin(rows: list[list[str]], size: int) -> None:
    forms = [" ".join(words) for words in rows]
    data, starts = text_buffers(pa.array(forms, pa.string()))
    keys, texts = np.empty(len(data) + 1, np.uint64), np.empty(len(data) + 1, np.int32)
    words = np.zeros(len(forms), np.int32)
    count = text_grams(data, starts, size, keys, texts, words)
    expected = []
    for row, each in enumerate(rows):
        own = min(size, len(each))
        expected += [(row, tuple(each[first : first + own])) for first in range(len(each) - own + 1) if own]
    assert texts[:count].tolist() == [row for row, _ in expected]
    assert words.tolist() == [len(each) for each in rows]
    known: dict[tuple[str, ...], int] = {}
    for (_, run), key in zip(expected, keys[:count].tolist(), strict=True):
        assert known.setdefault(run, key) == key
    assert len(set(known.values())) == len(known)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("ab ", min_size=1, max_size=12).map(normal_form).filter(bool), unique=True, max_size=4),
    st.lists(st.text("ab ", max_size=20).map(normal_form), max_size=4),
    st.integers(1, 3),
)
def test_what_is_found_is_what_the_plain_twin_finds(prompts: list[str], rows: list[str], size: int) -> None:
    index, _ = long_runs(prompts, size, 1)
    found = index.find(pa.array(rows, pa.string()))
    for place, row in enumerate(rows):
        words = row.split()
        shared = Counter[int]()
        for number, prompt in enumerate(prompts):
            theirs = prompt.split()
            own = min(size, len(theirs))
            runs = {tuple(theirs[first : first + own]) for first in range(len(theirs) - own + 1)}
            shared[number] = sum(tuple(words[first : first + own]) in runs for first in range(len(words) - own + 1))
        assert (found.text[place] >= 0) == any(shared.values())
        assert found.text[place] < 0 or shared[int(found.text[place])] >= found.runs[place] > 0
