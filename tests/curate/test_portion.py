from collections.abc import Callable

import pyarrow as pa
import pytest

from curate import Exact, Pipeline, Placeholder


def test_diversity_is_told_before_and_after(table_of: Callable[..., pa.Table]) -> None:
    rows = [(f"Write a poem about number {n % 30}.", f"Line {n % 30} of it.") for n in range(60)]
    report = Pipeline([Exact()], diversity=True).table(table_of(rows)).report
    assert report.diversity is not None
    assert report.diversity.rows == (60, 30)
    assert "write poem" in report.text()
    assert report.summary()["diversity"]["rows"] == (60, 30)


def test_a_portion_is_the_same_whatever_the_batches(
    table_of: Callable[..., pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curate.portion.ROWS", 20)
    table = table_of([(f"Name {n} fruits.", f"Fruit number {n}.", "N/A") for n in range(50)])
    found = [
        Pipeline([Placeholder()], seed=1, diversity=True).table(table, batch_rows=size).report.diversity
        for size in (3, 8192)
    ]
    assert found[0] == found[1]
    assert found[0] is not None
    assert found[0].rows == (20, 20)


def test_giant_rows_are_passed_over(table_of: Callable[..., pa.Table]) -> None:
    report = Pipeline([], diversity=True).table(table_of([("q", "a " * 100_000), ("q", "b")])).report
    assert report.diversity is not None
    assert report.diversity.rows == (1, 1)


@pytest.mark.parametrize("rows", [[], [("q", "a")]], ids=["none", "one"])
def test_few_rows_do(rows: list[tuple[str, str]], table_of: Callable[..., pa.Table]) -> None:
    report = Pipeline([], diversity=True).table(table_of(rows)).report
    assert report.diversity is not None
    assert report.diversity.rows == (len(rows), len(rows))


def test_it_is_left_out_unless_asked_for(table_of: Callable[..., pa.Table]) -> None:
    assert Pipeline([]).table(table_of([("q", "a")])).report.diversity is None
