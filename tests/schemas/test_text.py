import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.text import normal


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("What is X?", "what is x"),
        ("  What\n\tis   x ", "what is x"),
        ("Don't stop, it’s on!", "dont stop its on"),  # noqa: RUF001 - the sign is meant
        ("It costs 3.5 or 35.", "it costs 3.5 or 35"),
        ("below -5 degrees", "below -5 degrees"),
        ("well-known", "well known"),
        ("at 12:30: go", "at 12:30 go"),
        ("1,000 rows, more", "1,000 rows more"),
        ("a*b/c\\d%e&f@g#h_i", "a*b/c\\d%e&f@g#h_i"),
        ("x + y = z < 3 > $2 ^ | q", "x + y = z < 3 > $2 ^ | q"),
        ("STRASSE and Straße", "strasse and strasse"),
        ("ﬁne ①②", "fine 12"),
        ("«quoted» (in brackets)", "quoted in brackets"),
        ("?!", "?!"),
        ("  ?  !  ", "? !"),
        ("", ""),
        (" \n ", ""),
        ("zero\u200bwidth", "zero width"),
        ("日本語。テキスト", "日本語 テキスト"),
    ],
)
def test_the_normal_form(text: str, form: str) -> None:
    assert normal(text) == form


@given(st.text())
def test_the_normal_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(st.text())
def test_a_text_that_is_not_blank_never_becomes_empty(text: str) -> None:
    assert bool(normal(text)) == bool(normal(text).strip())
