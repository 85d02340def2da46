from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.column import Column
from curate.pipeline import Pipeline
from schemas.errors import InputError


@pytest.fixture
def scored(table_of: Callable[..., pa.Table]) -> Callable[..., pa.Table]:
    """Give the function that makes rows with columns of numbers."""

    def make(**columns: Any) -> pa.Table:  # Any: lists or arrays
        rows = len(next(iter(columns.values())))
        table = table_of([(f"question {number}", f"answer {number}") for number in range(rows)])
        for name, values in columns.items():
            table = table.append_column(name, values if isinstance(values, pa.Array) else pa.array(values))
        return table

    return make


def kept(table: pa.Table, **settings: Any) -> list[int]:
    """Give the numbers of the rows that stay, counted from 0."""
    decisions = Pipeline([Column(**settings)]).table(table).decisions.to_pylist()
    return [line["row"] - 1 for line in decisions if line["action"] == "kept"]


def test_both_ends_are_kept(scored: Callable[..., pa.Table]) -> None:
    assert kept(scored(loss=[0.5, 1.0, 1.5, 2.0, 2.5]), column="loss", low=1, high=2) == [1, 2, 3]


def test_an_open_end_keeps_everything_on_its_side(scored: Callable[..., pa.Table]) -> None:
    table = scored(loss=[-1.0, 0.0, 1.0])
    assert kept(table, column="loss", low=0) == [1, 2]
    assert kept(table, column="loss", high=0) == [0, 1]


@pytest.mark.parametrize(
    "numbers",
    [pa.array([1, 2, 3], pa.int8()), pa.array([1, 2, 3], pa.uint64()), pa.array([1, 2, 3], pa.float32())],
    ids=["int8", "uint64", "float32"],
)
def test_numbers_of_any_kind_are_compared(numbers: "pa.Array[Any]", scored: Callable[..., pa.Table]) -> None:
    assert kept(scored(n=numbers), column="n", low=2) == [1, 2]


def test_a_boolean_counts_as_0_or_1(scored: Callable[..., pa.Table]) -> None:
    assert kept(scored(good=[True, False, None]), column="good", low=1) == [0, 2]


@pytest.mark.parametrize(("nulls", "rows"), [("keep", [0, 1, 3]), ("drop", [3])], ids=["keep", "drop"])
def test_rows_without_a_number_stay_or_go_as_is_said(
    nulls: str, rows: list[int], scored: Callable[..., pa.Table]
) -> None:
    table = scored(loss=pa.array([None, float("nan"), 0.1, 2.0], pa.float64()))
    assert kept(table, column="loss", low=1, nulls=nulls) == rows


def test_the_decision_names_the_number_the_limit_and_the_column(scored: Callable[..., pa.Table]) -> None:
    table = scored(loss=pa.array([0.5, 3.0, None]))
    lines = Pipeline([Column(column="loss", low=1, high=2, nulls="drop")]).table(table).decisions.to_pylist()
    assert [(line["reason"], line["score"], line["threshold"], line["evidence"]) for line in lines] == [
        ("value_too_low", 0.5, 1.0, "loss"),
        ("value_too_high", 3.0, 2.0, "loss"),
        ("value_missing", None, None, "loss"),
    ]


def test_quantiles_are_of_the_numbers_that_are_there(scored: Callable[..., pa.Table]) -> None:
    table = scored(loss=pa.array([*map(float, range(1, 11)), None]))
    assert kept(table, column="loss", low_quantile=0.2, high_quantile=0.9) == [2, 3, 4, 5, 6, 7, 8, 10]
    assert kept(table, column="loss", low=5, low_quantile=0.2) == [4, 5, 6, 7, 8, 9, 10]


def test_only_rows_that_meet_the_condition_are_judged(scored: Callable[..., pa.Table]) -> None:
    table = scored(loss_tuned=pa.array([0.1, 3.0, 3.0, None]), loss_change=pa.array([0.0, 0.0, -1.0, 0.0]))
    settings = {"column": "loss_change", "high": -0.05, "when": "loss_tuned", "when_low": 2}
    assert kept(table, **settings) == [0, 2, 3]


def test_rows_without_any_number_are_told_in_the_report(scored: Callable[..., pa.Table]) -> None:
    table = scored(loss=pa.array([None, None, 1.0]))
    report = Pipeline([Column(column="loss", low=0)]).table(table).report
    assert any("2 rows have no number in the column loss" in alarm for alarm in report.alarms)


def test_a_column_of_nulls_is_no_error(scored: Callable[..., pa.Table]) -> None:
    assert kept(scored(loss=pa.nulls(3)), column="loss", low_quantile=0.5) == [0, 1, 2]


def test_other_thresholds_are_tried_on_what_was_measured(scored: Callable[..., pa.Table]) -> None:
    trials = Pipeline([Column(column="loss", low=2.0)]).what_if(scored(loss=[1.0, 2.0, 3.0, 4.0]))
    assert {(trial.value, trial.kept) for trial in trials} >= {(1.0, 4), (2.0, 3), (3.0, 2), (4.0, 1)}


@given(st.lists(st.one_of(st.none(), st.floats(allow_infinity=False)), min_size=1, max_size=30), st.floats(0, 1))
def test_a_quantile_drops_no_more_than_its_share(numbers: list[float | None], share: float) -> None:
    signals = pa.table({"value": pa.array(numbers, pa.float64(), from_pandas=True)})
    verdicts = Column(column="n", low_quantile=share).decide(signals)
    known = len(numbers) - signals["value"].null_count
    assert verdicts.keep.false_count <= share * known + 1e-6


def test_a_column_that_is_not_there_stops_the_run_and_the_right_one_is_named(scored: Callable[..., pa.Table]) -> None:
    with pytest.raises(InputError, match=r"no column 'los_base'. Did you mean loss_base\?"):
        Pipeline([Column(column="los_base", low=1)]).table(scored(loss_base=[1.0]))


def test_a_column_of_texts_stops_the_run(scored: Callable[..., pa.Table]) -> None:
    with pytest.raises(InputError, match="the column name holds string, no numbers"):
        Pipeline([Column(column="name", low=1)]).table(scored(name=["a"]))


@pytest.mark.parametrize(
    "settings",
    [
        {"column": "", "low": 1},
        {},
        {"low": 3, "high": 2},
        {"low_quantile": 1.5},
        {"low_quantile": 0.6, "high_quantile": 0.5},
        {"low": 1, "nulls": "lose"},
        {"low": 1, "when": "n"},
        {"low": 1, "when_low": 1},
        {"low": 1, "when": "n", "when_low": 2, "when_high": 1},
    ],
    ids=[
        "no column", "no limit", "order", "above 1", "quantiles", "nulls", "no condition", "condition on nothing",
        "order of the condition",
    ],
)  # fmt: skip
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Column(**{"column": "n", **settings})
