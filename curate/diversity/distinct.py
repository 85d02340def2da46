"""Distinct-n: how many of the n-grams of some texts are different ones (arXiv:1510.03055)."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.normalise import normal_forms

_LONGEST = 4_096  # characters of a text that are looked at
_SIGN = "([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])"  # Han and Kana signs are words of their own


class Distinct(NamedTuple):
    """Share of different n-grams among all n-grams, 0 to 1; 0 where there are none."""

    one: float
    two: float
    three: float


def distinct(texts: pa.StringArray) -> Distinct:
    """Give the shares for runs of one, two and three words; a run never reaches from one text into the next.

    The share falls as texts are added, whatever they say: compare sets of one size.
    """
    words, ends = _words(texts)
    shares = []
    for size in (1, 2, 3):
        starts = np.flatnonzero(np.arange(len(words)) + size <= ends)
        grams = words[starts]
        for more in range(1, size):
            # Numbering anew after each word keeps the codes below the square of the number of words.
            grams = np.unique(grams, return_inverse=True)[1] * (int(words.max(initial=0)) + 1) + words[starts + more]
        shares.append(len(np.unique(grams)) / len(grams) if len(grams) else 0.0)
    return Distinct(*shares)


def _words(texts: pa.StringArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number the words of all texts, and give for each the place where its text ends."""
    shown: Any = pc.utf8_slice_codeunits(texts, 0, _LONGEST)  # Any: the stubs lose the types of these
    forms: Any = normal_forms(shown)
    forms = pc.utf8_trim_whitespace(pc.replace_substring_regex(forms, _SIGN, r" \1 "))
    lists: Any = pc.utf8_split_whitespace(pc.filter(forms, pc.not_equal(forms, pa.scalar(""))))
    codes: Any = lists.flatten().dictionary_encode().indices
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes.to_numpy(zero_copy_only=False).astype(np.int64), np.repeat(np.cumsum(lengths), lengths)
