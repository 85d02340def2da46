import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.alike import FREE, SHORT_WORDS, likeness, traits, word_hash, words_of
from schemas.text import normal

MIX, PRIME = 0xBF58476D1CE4E5B9, 0x100000001B3
WORDS = st.sampled_from(
    ["the", "a", "cats", "class", "gas", "3", "b12", "x", "é", "٣", "你", "3個", "ラ", "\n", "très"]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=30).map(" ".join), st.text(max_size=40).map(normal))


def twin(form: str) -> list[int]:
    """Give the traits of a normal form in plain Python."""
    words = words_of(form)
    numbers = [word for word in words if any(sign.isdecimal() for sign in word)]
    total = 0
    for word in numbers:
        mixed = (word_hash(word) ^ word_hash(word) >> 31) * MIX % 2**64
        total = (total + (mixed ^ mixed >> 29)) % 2**64
    gist = 0xCBF29CE484222325
    for word in words:
        if word not in FREE:
            plural = len(word.encode()) > 3 and word.endswith("s") and not word.endswith("ss")
            stem = word_hash(word[:-1] if plural else word)
            gist = (gist ^ (stem ^ stem >> 29)) * PRIME % 2**64
            gist ^= gist >> 32
    return [len(numbers), total >> 1, max(gist >> 1, 1) if len(words) < SHORT_WORDS else 0]


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5))
def test_the_kernel_agrees_with_plain_python(forms: list[str]) -> None:
    assert traits(pa.array(forms, type=pa.string())).tolist() == [twin(form) for form in forms]


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS)
def test_what_the_traits_rule_out_is_no_copy(left: str, right: str) -> None:
    ours, theirs = traits(pa.array([left, right])).tolist()
    numbers = ours[0] == theirs[0] and ours[1] != theirs[1]
    gists = ours[2] != theirs[2] and ours[2] != 0 and theirs[2] != 0
    if numbers or gists:
        assert not likeness(left, right, 0.51).copies


@pytest.mark.parametrize("other", ["capital of spain", "capital of france 2", "2 capitals of france"])
def test_short_texts_with_other_words_differ(other: str) -> None:
    ours, theirs = traits(pa.array(["the capital of france 1", other])).tolist()
    assert ours != theirs


def test_words_without_meaning_do_not_count() -> None:
    one, two = traits(pa.array(["what are the rules", "what is rule"])).tolist()
    assert one == two
