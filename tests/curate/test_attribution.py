from collections.abc import Callable

import pyarrow as pa
import pytest

from curate import Exact, Length, Near, Pipeline, Step
from curate.summary import Report

LONG = "The form is paid back within two weeks once it is complete and signed by the lead of the team in the office"


@pytest.fixture
def table(table_of: Callable[..., pa.Table]) -> pa.Table:
    near = LONG.replace("complete", "ready") + " of yours"
    return table_of([("q", LONG), ("q", LONG + "!"), ("q", near), ("r", "short"), ("r", "short"), ("s", "other")])


def shares(report: Report) -> dict[str, tuple[int | None, int | None, int]]:
    return {stage.name: (stage.alone, stage.only, stage.dropped) for stage in report.stages}


def test_what_a_stage_does_alone_does_not_depend_on_the_order(table: pa.Table, tmp_path: object) -> None:
    stages: list[Step] = [Exact(), Near(), Length(low=2)]
    reports = [
        shares(Pipeline(order).run(table, out=f"{tmp_path}/{place}"))
        for place, order in enumerate([stages, stages[::-1]])
    ]
    assert {name: found[:2] for name, found in reports[0].items()} == {
        name: found[:2] for name, found in reports[1].items()
    }
    # Two exact copies; near drops these and one more; three rows are of one word, one of them a copy.
    assert reports[0]["exact"] == (2, 0, 2)
    assert reports[0]["near"] == (3, 1, 1)
    assert reports[0]["length"][:2] == (3, 2)


def test_judging_in_memory_does_not_ask(table: pa.Table) -> None:
    assert all(stage.alone is None for stage in Pipeline([Exact()]).table(table).report.stages)
