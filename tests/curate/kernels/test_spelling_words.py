import re

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.kernels.spelling import BESIDE, beside, filled, unknown
from schemas.buffers import text_buffers

KNOWN = ["ferry", "harbour", "early"]
TEXTS = st.lists(
    st.sampled_from(["ferry", "pierr", "abc", " ", ".", "(", "'", '"', ":", "-", "A", "é", "x9", "early", "\n"])
)


def twin(text: str) -> tuple[int, list[str]]:
    """Find the plain words of a text in plain Python: how many, and those that are not known."""
    raw, marks = text.encode(), set(BESIDE)
    count, strange = 0, []
    for match in re.finditer(rb"[a-z]+", raw):
        before = raw[match.start() - 1] if match.start() else 32
        after, then = (raw[at] if at < len(raw) else 32 for at in (match.end(), match.end() + 1))
        two_before = raw[match.start() - 2] if match.start() > 1 else 32
        fits = 4 <= len(match[0]) <= 20 and before in marks and after in marks
        fits = fits and before not in b".:" and after != 40 and not before == after == 34
        fits = fits and (after not in b"'.:" or then <= 32 or then in b"\"')")
        fits = fits and (before != 39 or two_before <= 32 or two_before == 40)
        count += fits
        if fits and match[0].decode() not in KNOWN:
            strange.append(match[0].decode())
    return count, strange


@settings(deadline=None)  # the first example compiles
@given(st.lists(TEXTS.map("".join), min_size=1, max_size=3))
def test_the_kernel_agrees_with_plain_python(texts: list[str]) -> None:
    table = filled(*text_buffers(pa.array(KNOWN)), 64)
    data, starts = text_buffers(pa.array(texts))
    words, ends = np.zeros(len(texts), dtype=np.int32), np.zeros(len(texts), dtype=np.int64)
    out = np.zeros((len(data) // 5 + len(texts) + 1, 2), dtype=np.int64)
    size = unknown(data, starts, table, beside(), words, ends, out)
    assert size == ends[-1]
    found = [bytes(data[start:end]).decode() for start, end in out[:size].tolist()]
    split = [found[start:end] for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]
    assert list(zip(words.tolist(), split, strict=True)) == [twin(text) for text in texts]
