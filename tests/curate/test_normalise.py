import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.normalise import normal_form, normal_forms
from schemas.text import normal

MARKS = st.text(alphabet="aZ09 '\u2019\u02bc.,:-\u2212_*/\\%&@#\x00\t\n\x1c?!()$+<=>^|~é①²½ßİςﬁ你の", max_size=30)


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.one_of(MARKS, st.text()), max_size=8))
def test_every_text_has_the_normal_form_of_the_schema(texts: list[str]) -> None:
    assert normal_forms(pa.array(texts, type=pa.string())).to_pylist() == [normal(text) for text in texts]


@pytest.mark.parametrize("around", ["a{}b", "1.{}", "{}", "x {}5", "'{}'", ".{}1"])
def test_every_ascii_sign_has_the_normal_form_of_the_schema(around: str) -> None:
    texts = [around.format(chr(code)) for code in range(128)]
    assert normal_forms(pa.array(texts)).to_pylist() == [normal(text) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("around", ["a{}b", "1.{}", "{}", "x {}5"])
def test_every_sign_there_is_has_the_normal_form_of_the_schema(around: str) -> None:
    texts = [around.format(chr(code)) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert [text for text in texts if normal_form(text) != normal(text)] == []
    found = normal_forms(pa.array(texts)).to_pylist()
    assert [text for text, form in zip(texts, found, strict=True) if form != normal(text)] == []


def test_a_slice_of_an_array_has_its_own_texts() -> None:
    texts = pa.array(["One.", "Two!", "Été?", "Four"]).slice(1)
    assert normal_forms(texts).to_pylist() == ["two", "été", "four"]
