from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from curate import Length, Near, Pipeline
from curate.trials import variants


def test_a_table_of_thresholds_tells_the_rows_kept(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("q", "word " * size) for size in (1, 2, 4, 8, 16)])
    trials = Pipeline([Length(high=4)]).what_if(table)
    assert [(trial.value, trial.kept, trial.current) for trial in trials if trial.setting == "high"] == [
        (1, 1, False),
        (2, 2, False),
        (3, 2, False),
        (4, 3, True),
        (6, 3, False),
        (8, 4, False),
        (16, 5, False),
    ]


def test_each_trial_is_what_a_run_with_that_value_does(table_of: Callable[..., pa.Table]) -> None:
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyzabcdefghij"]
    rows = [("Tell me of it", " ".join(["other" + str(step) * 0] * step + words[step:])) for step in range(8)]
    table = table_of(rows)
    for trial in Pipeline([Near()]).what_if(table):
        alone = Pipeline([Near(threshold=trial.value)]).table(table).report.kept
        assert trial.kept == alone, trial


def test_values_that_the_stage_refuses_are_left_out() -> None:
    assert [variant.value for variant in variants(Near(threshold=0.98))] == [0.9, 0.92, 0.94, 0.96, 1.0]


def test_an_earlier_run_spares_the_measuring(table_of: Callable[..., pa.Table], tmp_path: Path) -> None:
    table = table_of([("q", "one two"), ("q", "one")])
    pipeline = Pipeline([Length(high=1)])
    pipeline.run(table, out=tmp_path / "out")
    assert pipeline.what_if(table, signals=tmp_path / "out") == pipeline.what_if(table)
