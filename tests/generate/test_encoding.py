"""Text comes out right whatever encoding it was saved in, and what is no text is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.encoding import UndecodableError, decode, decode_as

RUSSIAN = "Привет, как дела? Это обычный русский текст о погоде и природе. " * 3  # noqa: RUF001 - the letters and signs are meant
JAPANESE = "これは日本語のテキストです。文字コードの検出を試します。" * 3
POLISH = "Zażółć gęślą jaźń. Pchnąć w tę łódź jeża lub ośm skrzyń fig."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zürich – naïve café “costs” €5", "cp1252"),  # noqa: RUF001 - the letters and signs are meant
        ("Die Größe der Tür überrascht. Füße.", "latin-1"),
        ("L’été où j’ai goûté des pâtes à Noël.", "cp1252"),  # noqa: RUF001 - the letters and signs are meant
        ("One € only", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (POLISH, "cp1250"),
        ("Größe", "utf-8"),
        ("Größe", "utf-8-sig"),
        ("Größe", "utf-16"),
        ("Größe", "utf-32"),
        ("plain", "ascii"),
        ("", "utf-8"),
    ],
)
def test_each_encoding_comes_out_right(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd\ufeff")))
def test_utf_8_comes_out_as_it_went_in(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize(
    "raw",
    [
        b"a\x00b",
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n" + b"abc",
        b"PK\x03\x04 text",
        b"\x1f\x8b text",
        b"\x01\x02\x03" * 50,
        b"\xff\xfe\x00",
        b"\xff\xfe\x00\x00\xff\xff\xff\xff",
    ],
    ids=["nul", "all", "png", "zip", "gzip", "control", "half utf-16", "wrong utf-32"],
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(UndecodableError):
        decode(raw)


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    assert decode_as("Ünï €".encode("cp1252"), "iso-8859-1") == "Ünï €"
    assert decode_as(RUSSIAN.encode("koi8-r"), "koi8-r") == RUSSIAN
    assert decode_as("Größe".encode(), "no-such-encoding") == "Größe"
    assert decode_as("Größe".encode(), "ascii") != ""
