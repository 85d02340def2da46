"""Counting errors of both models."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from train.evaluation.errors import Answered, ErrorCount, find_errors, mcnemar

RowWith = Callable[..., dict[str, Any]]  # Any: a row of answers.parquet


class Shouting:
    """Finds answers in capitals; cannot judge empty ones."""

    name = "shouting"
    meaning = "is in capitals"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        return [None if not each.answer else each.answer if each.answer.isupper() else "" for each in answers]


def test_errors_are_counted_in_pairs_and_noted_in_the_rows(row_with: RowWith) -> None:
    rows = [
        row_with(1, base_answer="A", tuned_answer="a"),
        row_with(2, base_answer="A", tuned_answer="a"),
        row_with(3, base_answer="a", tuned_answer="B"),
        row_with(4, base_answer="A", tuned_answer=""),
        row_with(5, base_answer="A", tuned_answer="A"),
    ]
    [found] = find_errors(rows, [Shouting()], seed=0)
    assert (found.judged, found.base, found.tuned, found.fixed, found.broken) == (4, 3, 2, 2, 1)
    assert found.share is not None
    assert found.share.difference.mean == pytest.approx(-0.25)
    assert [row["base_errors"] for row in rows] == [["shouting"], ["shouting"], [], ["shouting"], ["shouting"]]
    assert [row["tuned_errors"] for row in rows] == [[], [], ["shouting"], [], ["shouting"]]
    assert [(each.row, each.model) for each in found.examples] == [
        (3, "tuned"), (5, "tuned"), (1, "base"), (2, "base"), (4, "base"),
    ]  # fmt: skip
    assert ErrorCount.read(json.loads(json.dumps(found.plain()))) == found


def test_what_nobody_can_judge_has_no_share(row_with: RowWith) -> None:
    [found] = find_errors([row_with(base_answer="", tuned_answer="")], [Shouting()], seed=0)
    assert (found.judged, found.share, found.examples) == (0, None, [])
    assert ErrorCount.read(json.loads(json.dumps(found.plain()))) == found


@pytest.mark.parametrize(
    ("fixed", "broken", "p"),
    [
        pytest.param(0, 0, 1.0, id="no change"),
        pytest.param(1, 0, 1.0, id="one row shows nothing"),
        pytest.param(5, 0, 2 / 32, id="five heads"),
        pytest.param(1, 5, 2 * (1 + 6) / 64, id="one of six"),
        pytest.param(3, 3, 1.0, id="even"),
    ],
)
def test_mcnemar_is_the_sign_test_on_changed_rows(fixed: int, broken: int, p: float) -> None:
    assert mcnemar(fixed, broken) == pytest.approx(p)
    assert mcnemar(broken, fixed) == pytest.approx(p)


def test_mcnemar_of_many_rows_is_a_number() -> None:
    assert mcnemar(3_000, 3_000) == pytest.approx(1.0)
    assert 0 <= mcnemar(2_000, 4_000) < 1e-6
    assert mcnemar(999, 1_001) == pytest.approx(0.98, abs=0.03)
