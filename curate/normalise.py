"""Normal forms of whole arrays by compiled kernels: one for ASCII, one for other scripts.

Texts with signs that join with their neighbours, such as letters with separate accents, go through the standard
library. All give what `schemas.normal` gives, sign by sign, in a fraction of its time; tests hold them to it.
"""

import re
import sys
import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, mask, plain, strings
from curate.plain.choice import FEW, LITTLE
from schemas.buffers import buffer, text_buffers
from schemas.text import normal

_APOSTROPHES = re.compile("(?<=\\w)['’ʼ](?=\\w)")  # noqa: RUF001 - the signs are meant
_BEFORE_DIGIT = ".,:-−"  # noqa: RUF001 - the minus sign is meant
# Blocks that hold signs which are digits to Python and not to a regular expression, such as circled ones.
_ODD_DIGITS = ((0xB2, 0xBA), (0x1360, 0x1A00), (0x2070, 0x2B00), (0x10A00, 0x11100), (0x1F100, 0x1F110))


def normal_forms(texts: pa.StringArray) -> pa.StringArray:
    """Give the normal form of each text, equal to `schemas.normal` sign by sign.

    Args:
        texts: Without nulls.
    """
    if len(texts) <= FEW and texts.nbytes <= LITTLE and "curate.kernels.normal" not in sys.modules:
        return strings([normal_form(text) for text in plain(texts)])
    from curate.kernels.normal import BECOME, normal_ascii

    ascii_only = pc.string_is_ascii(texts).to_numpy(zero_copy_only=False)
    ascii_texts = texts if bool(ascii_only.all()) else texts.filter(mask(ascii_only))
    data, starts = text_buffers(ascii_texts)
    out = np.empty(int(starts[-1] - starts[0]) + 1, dtype=np.uint8)
    ends = np.empty(len(ascii_texts), dtype=np.int64)
    size = normal_ascii(data, starts, BECOME, out, ends)
    offsets = np.zeros(len(ascii_texts) + 1, dtype=np.int32)
    offsets[1:] = ends
    forms = pa.StringArray.from_buffers(len(ascii_texts), buffer(offsets), buffer(out[:size].copy()))
    if ascii_texts is texts:
        return forms
    others = texts.filter(mask(~ascii_only))
    forms = pa.concat_arrays([forms, _folded(others)])
    places = np.empty(len(texts), dtype=np.int64)
    places[ascii_only] = np.arange(len(ascii_texts))
    places[~ascii_only] = len(ascii_texts) + np.arange(len(others))
    return forms.take(indices(places))


def _folded(texts: pa.StringArray) -> pa.StringArray:
    """Give the normal forms of texts in any script."""
    from curate.folding import FOLDING
    from curate.kernels.folded import normal_folded

    data, starts = text_buffers(texts)
    part = data[starts[0] : starts[-1]]
    codes = np.frombuffer(part.tobytes().decode().encode("utf-32-le"), dtype=np.uint32)
    before = np.zeros(len(part) + 1, dtype=np.int64)
    np.cumsum((part & 0xC0) != 0x80, out=before[1:])
    folded = FOLDING.learn(codes)
    places = FOLDING.folds[codes]
    out = np.empty(4 * int(folded[np.maximum(places, 0)].sum()) + 1, dtype=np.uint8)
    ends = np.empty(len(texts), dtype=np.int64)
    size = normal_folded(codes, before[starts - starts[0]], FOLDING.folds, folded, FOLDING.flags, out, ends)
    odd = ends < 0
    offsets = np.zeros(len(texts) + 1, dtype=np.int32)
    offsets[1:] = np.maximum.accumulate(np.maximum(ends, 0))
    forms = pa.StringArray.from_buffers(len(texts), buffer(offsets), buffer(out[:size].copy()))
    if not odd.any():
        return forms
    slow = strings([normal_form(text) for text in plain(texts.filter(mask(odd)))])
    return strings(pc.replace_with_mask(forms, mask(odd), slow))


def normal_form(text: str) -> str:
    """Give the normal form of one text in any script."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = _before_no_digit().sub(" ", _APOSTROPHES.sub("", folded)).translate(_MARKS)
    return " ".join(kept.split()) or " ".join(folded.split())


class _Marks(dict[int, int | str]):
    """What becomes of each sign, found out when it is first seen."""

    def __missing__(self, code: int) -> int | str:
        sign = chr(code)
        # Signs that stay in front of a digit were looked at before. Between full stops no sign is an apostrophe in
        # a word, so what `schemas.normal` leaves of it is the sign's own fate.
        kept = sign in _BEFORE_DIGIT or normal(f"x.{sign}.x") != "x x"
        self[code] = code if kept else " "
        return self[code]


_MARKS = _Marks()


@cache
def _before_no_digit() -> re.Pattern[str]:
    """Match the signs that stay in front of a digit where there is none."""
    odd = [chr(code) for low, high in _ODD_DIGITS for code in range(low, high)]
    digits = "".join(sign for sign in odd if sign.isdigit() and not sign.isdecimal())
    return re.compile(f"[{re.escape(_BEFORE_DIGIT)}](?![\\d{digits}])")
