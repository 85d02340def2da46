import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.buffers import text_buffers
from schemas.example import example_id
from schemas.kernels.blake2b import SIZE, row_digests

TEXTS = st.one_of(st.text(max_size=40), st.sampled_from([60, 63, 64, 127, 128, 129, 255, 256, 300]).map("x".__mul__))
ROWS = st.lists(st.tuples(st.lists(st.tuples(st.text(max_size=9), TEXTS), max_size=4), st.none() | TEXTS), max_size=5)


@settings(deadline=None, max_examples=150)
@given(ROWS)
def test_ids_are_those_of_the_schema(rows: list[tuple[list[tuple[str, str]], str | None]]) -> None:
    turns = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(messages) for messages, _ in rows], out=turns[1:])
    flat = [turn for messages, _ in rows for turn in messages]
    contexts: list[str | None] = [context for _, context in rows]
    arrays = [
        pa.array([role for role, _ in flat], type=pa.string()),
        pa.array([content for _, content in flat], type=pa.string()),
        pa.array(contexts, type=pa.string()),
    ]
    known = np.array([context is not None for _, context in rows], dtype=bool)
    out = np.empty(len(rows) * 2 * SIZE, dtype=np.uint8)
    row_digests(turns, *(text_buffers(array) for array in arrays), known, out)
    found = [out[row * 2 * SIZE : (row + 1) * 2 * SIZE].tobytes().decode() for row in range(len(rows))]
    assert found == [example_id(messages, context) for messages, context in rows]
