import numpy as np
import pyarrow as pa
import pytest

from curate.stage import between, keep, signals


def test_signals_take_numpy_and_arrow_alike() -> None:
    batch = signals(a=np.array([1, 2]), b=pa.array(["x", None]), c=pa.chunked_array([[1.0], [2.0]]))
    assert batch.to_pydict() == {"a": [1, 2], "b": ["x", None], "c": [1.0, 2.0]}


def test_verdicts_have_every_column_at_full_length() -> None:
    verdicts = keep(where=pa.array([True, False, None]), reason="short", score=np.array([1, 2, 3]), threshold=2)
    assert verdicts.keep.to_pylist() == [True, False, True]
    assert verdicts.reason.to_pylist() == ["short"] * 3
    assert verdicts.score.to_pylist() == [1.0, 2.0, 3.0]
    assert verdicts.threshold.to_pylist() == [2.0] * 3
    assert verdicts.matched.null_count == verdicts.evidence.null_count == 3


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(1, 2, [False, True, True, False]), (None, 1, [True, True, False, False]), (2, None, [False, False, True, True])],
)
def test_between_holds_both_ends(low: int | None, high: int | None, expected: list[bool]) -> None:
    assert between(np.array([0, 1, 2, 3]), low, high).to_pylist() == expected
