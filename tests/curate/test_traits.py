import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.alike import likeness, traits
from schemas.text import normal

WORDS = st.sampled_from(
    ["the", "a", "cats", "class", "gas", "3", "b12", "x", "é", "٣", "你", "3個", "ラ", "\n", "très"]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=30).map(" ".join), st.text(max_size=40).map(normal))


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
