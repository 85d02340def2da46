"""Columns that are put together of what is known and of nothing."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.arrow import spread

VALUES: dict[str, tuple[Any, list[Any]]] = {
    "large strings": (pa.large_string(), ["a", "", None, "é好", "long " * 40]),
    "strings": (pa.string(), ["a", "", None, "é好", "b"]),
    "numbers": (pa.int32(), [1, None, 3, 4, 5]),
    "lists": (pa.list_(pa.float32(), 2), [[1, 2], None, [3, 4], [5, 6], [7, 8]]),
}


@pytest.mark.parametrize("kind", VALUES)
@settings(deadline=None)
@given(st.data())
def test_values_stand_at_their_places_and_nothing_elsewhere(kind: str, data: st.DataObject) -> None:
    of, values = VALUES[kind]
    rows = data.draw(st.integers(0, 12))
    places = sorted(data.draw(st.sets(st.integers(0, rows - 1), max_size=5))) if rows else []
    cut, skipped = data.draw(st.integers(0, len(places))), data.draw(st.integers(0, 3))
    some = values[: len(places)]
    chunks = [
        pa.array(["x"] * skipped + some[:cut], of)[skipped:] if of == pa.large_string() else pa.array(some[:cut], of)
    ]
    column = pa.chunked_array([*chunks, pa.array(some[cut:], of)])
    expected: list[Any] = [None] * rows
    for place, value in zip(places, some, strict=True):
        expected[place] = value
    found = spread(column, np.array(places, dtype=np.int64), rows)
    found.validate(full=True)
    assert found.to_pylist() == expected


def test_texts_are_not_copied() -> None:
    column = pa.chunked_array([pa.array(["one", "two"], pa.large_string())])
    found: Any = spread(column, np.array([1, 3]), 5)  # Any: the stubs know no large strings
    given: Any = column.chunk(0)  # Any: as above
    assert found.buffers()[2].address == given.buffers()[2].address
