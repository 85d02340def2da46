import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.overlap import overlap
from schemas.buffers import text_buffers

SIGN = "[\u3000-\uffff]"
TEXTS = st.text(st.sampled_from("abcdefg 0123456é漢字😀") | st.characters(codec="utf-8"), max_size=60)


def words(text: str) -> tuple[list[bytes], list[bytes]]:
    """Give what counts as words, cut to six bytes, and as numbers."""
    pieces = [piece.encode() for piece in re.findall(f"{SIGN}|[^ \u3000-\uffff]+", text)]
    numbers = [piece for piece in pieces if re.search(rb"[0-9]", piece) and not re.fullmatch(rb"[0-9]{1,2}", piece)]
    plain = [piece for piece in pieces if not re.search(rb"[0-9]", piece)]
    return [piece[:6] for piece in plain if len(piece) >= 4 or re.fullmatch(SIGN, piece.decode())], numbers


def twin(source: str, answer: str) -> list[int]:
    """Count in plain Python."""
    known = [set(some) for some in words(source)]
    return [
        count
        for some, base in zip(words(answer), known, strict=True)
        for count in (len(some), sum(w in base for w in some))
    ]


def counts(pairs: list[tuple[str, str]]) -> list[list[int]]:
    out = np.full((len(pairs), 4), 9, dtype=np.int32)
    sources, answers = (pa.array([pair[side] for pair in pairs], type=pa.string()) for side in (0, 1))
    overlap(*text_buffers(sources), *text_buffers(answers), out)
    rows: list[list[int]] = out.tolist()
    return rows


@settings(deadline=None)  # the first example loads or compiles
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_the_kernel_agrees_with_plain_python(pairs: list[tuple[str, str]]) -> None:
    assert counts(pairs) == [twin(*pair) for pair in pairs]


def test_endings_do_not_matter_and_numbers_do() -> None:
    assert counts([("the translation of 1936", "translated in 1936 and 1937, twice 12")]) == [[2, 1, 2, 1]]
