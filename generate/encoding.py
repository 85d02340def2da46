"""Bytes of a text file to its text, whatever encoding it was saved in."""

import codecs
import re
import unicodedata
from itertools import pairwise

_BOMS = (  # UTF-32 first: its little-endian mark starts with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_ESCAPE_TO_KANJI = b"\x1b$"  # of ISO-2022-JP, which is all ASCII bytes
_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"BZh",
    b"7z\xbc\xaf",
    b"\x7fELF",
    b"SQLite format",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_MOST_CONTROL = 0.01  # of the characters; text has none, save a stray form feed or escape
_SAMPLE = 65_536  # bytes that the detection looks at
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽž"
    "€£¥§©®™°±²³µ¶·¹º¼½¾«»‘’‚“”„†‡•…‰‹›–—¡¿\u00a0\u00ad×÷¢ªÐðÞþÝý¨´¬¦¯¸¤ˆ˜ƒŸ"  # noqa: RUF001 - the signs are meant
)
_COMMON = frozenset("äöüÄÖÜßéèêëàâçîïôùûñóáíúãõåæøÅÆØÉÀ€£§©®°·«»‘’“”„…–—\u00a0")  # noqa: RUF001 - the signs are meant
_ALPHABETS = tuple(
    frozenset(letters + letters.upper())
    for letters in (
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýžäľĺŕô",  # Czech and Slovak
        "áéíóöőúüű",  # Hungarian
        "čćđšž",  # Croatian and Slovene
        "ăâîşţ",  # Romanian
    )
)
_SIGNS = frozenset("‚„…†‡‰‹›‘’“”•–—§©«»®°±·×÷´¨€\u00a0\u00ad")  # noqa: RUF001 - the signs are meant
_BLANK = re.compile(r"[ \n<>,.\u3001\u3002\uff0c]")


class UndecodableError(ValueError):
    """The bytes are no text."""


def decode(raw: bytes) -> str:
    """Decode a text file: by its byte order mark, else as UTF-8, else by detection; UTF-16 needs no mark.

    Raises:
        UndecodableError: NUL bytes, a binary file's signature, no encoding fits, or mostly control characters.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _sane(_strict(raw, encoding))
    if raw.startswith(_MAGIC):
        raise UndecodableError("it has the signature of a binary file")
    if b"\x00" in raw:
        return _sane(_unmarked_utf_16(raw))
    if _ESCAPE_TO_KANJI in raw and (japanese := _as(raw, "iso2022_jp_2")) is not None:
        return _sane(japanese)
    try:
        return _sane(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _sane(_detected(raw))


def decode_as(raw: bytes, encoding: str) -> str:
    """Decode a file in the encoding that it declares for itself, else as `decode` does.

    Browsers read ISO-8859-1 and ASCII as Windows-1252, and so does this.

    Raises:
        UndecodableError: As in `decode`.
    """
    try:
        name = codecs.lookup(encoding).name
        if not raw.startswith(tuple(mark for mark, _ in _BOMS)) and name not in {"utf-8", "utf-16", "utf-32"}:
            return _sane(raw.decode("cp1252" if name in {"iso8859-1", "ascii"} else name))
    except (LookupError, UnicodeDecodeError, UndecodableError):
        return decode(raw)
    return decode(raw)


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableError(f"its byte order mark says {encoding}, and it is not") from error


def _unmarked_utf_16(raw: bytes) -> str:
    """Decode UTF-16 that lacks its byte order mark: in the right order it has blanks and stops, and no strange signs.

    Raises:
        UndecodableError: It is none.
    """
    best, most = None, 0
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _as(raw, encoding) or ""
        sample = text[:_SAMPLE]
        strange = sum(1 for sign in sample if unicodedata.category(sign) in {"Cn", "Co"})
        spaces = len(_BLANK.findall(sample))
        if strange <= _MOST_CONTROL * len(sample) and spaces > most:
            best, most = text, spaces
    if best is None:
        raise UndecodableError("it holds NUL bytes")
    return best


def _central_european(raw: bytes) -> str | None:
    """Decode a text whose letters beyond ASCII are all in the alphabet of one language of central Europe.

    Windows-1250 and ISO 8859-2 differ in a few letters, and the wrong one of them mixes alphabets.
    """
    for encoding in ("cp1250", "iso8859_2"):
        text = _as(raw, encoding)
        high = {sign for sign in text or "" if sign > "\x7f"} - _SIGNS
        if high and any(high <= alphabet for alphabet in _ALPHABETS):
            return text
    return None


def _detected(raw: bytes) -> str:
    """Decode what is no UTF-8: by its letters where these are European, else as charset-normalizer finds."""
    western = _as(raw, "cp1252")
    if western is not None and _is_western(western):
        return western
    central = _central_european(raw)
    if central is not None:
        return central
    from charset_normalizer import from_bytes

    best = from_bytes(_around_high_bytes(raw)).best()
    text = _as(raw, best.encoding) if best else None
    if text is None:
        text = western
    if text is None:
        raise UndecodableError("no encoding fits its bytes")
    return text


def _as(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_western(text: str) -> bool:
    """Tell whether what lies beyond ASCII are the letters and signs that Western texts use, and few of them.

    Text in another script, read as Windows-1252, is a row of accented letters that stand side by side.
    """
    high = [sign for sign in text if sign > "\x7f"]
    if not all(sign in _WESTERN for sign in high):
        return False
    pairs = sum(1 for left, right in pairwise(text) if left > "\x7f" and right > "\x7f")
    common = sum(1 for sign in high if sign in _COMMON)
    return common >= 0.8 * len(high) and pairs <= 0.2 * len(high) + 1


def _around_high_bytes(raw: bytes) -> bytes:
    """Take a sample from where the bytes beyond ASCII stand; the ASCII part tells nothing."""
    first = re.search(rb"[\x80-\xff]", raw)
    start = max(0, first.start() - 1024) if first else 0
    return raw[start : start + _SAMPLE]


def _sane(text: str) -> str:
    controls = len(_CONTROL.findall(text[: 4 * _SAMPLE]))
    if "\x00" in text:
        raise UndecodableError("it holds NUL characters")
    if controls > _MOST_CONTROL * min(len(text), 4 * _SAMPLE):
        raise UndecodableError("it is mostly control characters")
    return text
