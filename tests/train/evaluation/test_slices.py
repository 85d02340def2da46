"""Parts of the rows."""

from collections.abc import Callable
from typing import Any

import pytest

from train.evaluation.slices import slices

RowWith = Callable[..., dict[str, Any]]  # Any: a row of answers.parquet


def test_what_loses_most_comes_first_and_few_rows_are_put_together(row_with: RowWith) -> None:
    rows = [row_with(document="a.md", tuned_f1=1.0) for _ in range(6)]
    rows += [row_with(document="b.md", tuned_f1=0.5) for _ in range(5)]
    rows += [row_with(document=name, tuned_f1=0.25) for name in ("c.md", "d.md")]
    found = slices(rows, seed=0)
    assert [(each.by, each.name, each.rows) for each in found] == [
        ("document", "other", 2), ("document", "b.md", 5), ("document", "a.md", 6),
    ]  # fmt: skip
    assert [each.measures["f1"].difference.mean for each in found] == pytest.approx([-0.75, -0.5, 0.0])
    assert set(found[0].plain()["measures"]) == {"f1", "nll", "rouge_l", "exact_match"}


def test_rows_are_parted_in_every_way_that_parts_them(row_with: RowWith) -> None:
    rows = [row_with(strategy="pairs", last_question="How?", turns=1, gold_tokens=8) for _ in range(5)]
    rows += [row_with(strategy="converse", last_question="Why?", turns=2, gold_tokens=9) for _ in range(5)]
    found = [(each.by, each.name) for each in slices(rows, seed=0)]
    assert set(found) == {
        ("strategy", "pairs"), ("strategy", "converse"), ("question type", "how"), ("question type", "why"),
        ("turns", "1 question"), ("turns", "2 questions"), ("length of gold", "up to 8 tokens"),
        ("length of gold", "9 to 32 tokens"),
    }  # fmt: skip


def test_rows_that_do_not_say_where_they_belong_are_in_no_slice(row_with: RowWith) -> None:
    rows = [row_with(document="a.md") for _ in range(5)] + [row_with(document="") for _ in range(5)]
    assert slices(rows, seed=0) == []


def test_one_row_has_no_slices(row_with: RowWith) -> None:
    assert slices([row_with()], seed=0) == []
