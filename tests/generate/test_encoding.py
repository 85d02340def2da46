"""Text comes out right whatever encoding it was saved in, and what is no text is refused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.encoding import UndecodableError, decode, decode_as
from generate.loaders import load
from generate.sections import split

RUSSIAN = "Привет, как дела? Это обычный русский текст о погоде и природе. " * 3  # noqa: RUF001 - the letters and signs are meant
JAPANESE = "これは日本語のテキストです。文字コードの検出を試します。" * 3
POLISH = "Zażółć gęślą jaźń. Pchnąć w tę łódź jeża lub ośm skrzyń fig."

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Šťastný den v Praze."
CHINESE = "这是一个中文文本，用来测试编码检测。传感器测量水中的氧气含量。请每天检查一次。"  # noqa: RUF001 - the signs are meant
TRADITIONAL = "這是一個中文文本，用來測試編碼檢測。感測器測量水中的氧氣含量。"  # noqa: RUF001 - the signs are meant
KOREAN = "이것은 한국어 텍스트입니다. 센서는 물속의 산소를 측정합니다. 매일 확인하세요."


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
        (POLISH, "iso8859-2"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859-2"),
        (RUSSIAN, "iso8859-5"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (CHINESE, "gb18030"),
        (TRADITIONAL, "big5"),
        (KOREAN, "euc_kr"),
        ("Größe\nund mehr", "utf-16-le"),
        ("Größe und mehr", "utf-16-be"),
        (CHINESE + "\n", "utf-16-le"),
        (CHINESE + "\n", "utf-16-be"),
        (RUSSIAN, "utf-16-le"),
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
        struct.pack("<500I", *range(0, 50_000, 100)),
        struct.pack("<500h", *range(-25_000, 25_000, 100)),
        b"\xff\xfe\x00",
        b"\xff\xfe\x00\x00\xff\xff\xff\xff",
    ],
    ids=["nul", "all", "png", "zip", "gzip", "control", "32 bits", "16 bits", "half utf-16", "wrong utf-32"],
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(UndecodableError):
        decode(raw)


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    assert decode_as("Ünï €".encode("cp1252"), "iso-8859-1") == "Ünï €"
    assert decode_as(RUSSIAN.encode("koi8-r"), "koi8-r") == RUSSIAN
    assert decode_as("Größe".encode(), "no-such-encoding") == "Größe"
    assert decode_as("Größe".encode(), "ascii") != ""


@pytest.mark.parametrize("encoding", ["cp1252", "koi8-r", "shift_jis", "gb18030", "iso8859-2", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("name", ["a.md", "a.mdx", "a.txt", "a.rst", "a.html"])
def test_offsets_hold_in_every_format_and_encoding(name: str, encoding: str) -> None:
    by_encoding = {"koi8-r": RUSSIAN, "shift_jis": JAPANESE, "gb18030": CHINESE, "iso8859-2": POLISH}
    said = by_encoding.get(encoding, "Größe und Füße, 5 €.")
    source = f"<h1>{said[:9]}</h1><p>{said}</p>" if name.endswith("html") else f"{said}\r\n\r\n- {said}\n"
    document = load(source.encode(encoding), name)
    assert said.strip()[-12:] in document.text
    sections = split(document)
    assert "".join(document.text[section.start : section.end] for section in sections) == document.text
