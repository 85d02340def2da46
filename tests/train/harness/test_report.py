import json
import math
from pathlib import Path
from typing import Any

import pytest

from train.harness.report import BenchReport, LeftOut, lines
from train.interval import Interval


def got(value: float, rows: dict[str, float], **more: Any) -> dict[str, Any]:  # Any: JSON
    return {
        "scores": {"task": {"acc": [value, 0.1]}},
        "members": {},
        "rows": {"task": len(rows)},
        "higher_is_better": {"task": {"acc": True}},
        "samples": {"task": {"acc": rows}},
        **more,
    }


BASE = got(0.25, {"0": 1.0, "1": 0.0, "2": 0.0, "3": 0.0})
TUNED = got(1.0, {"0": 1.0, "1": 1.0, "2": 1.0, "3": 1.0})


def test_the_difference_is_paired_over_rows() -> None:
    [line] = lines([BASE, TUNED], seed=0)
    assert line.rows == 4
    assert line.differences[0] is None
    assert line.differences[1] is not None
    assert line.differences[1].mean == pytest.approx(0.75)
    assert line.standing(1) == "better"
    assert lines([TUNED, BASE], seed=0)[0].standing(1) == "worse"
    assert lines([BASE, BASE], seed=0)[0].standing(1) == "no clear difference"


def test_lower_may_be_better() -> None:
    lower = {"higher_is_better": {"task": {"acc": False}}}
    assert lines([{**BASE, **lower}, {**TUNED, **lower}], seed=0)[0].standing(1) == "worse"


@pytest.mark.parametrize(
    "other",
    [
        got(0.9, {"0": 1.0, "1": 1.0, "2": 1.0, "3": 1.0}),
        got(1.0, {"0": 1.0, "1": 1.0, "2": 1.0}),
        got(1.0, {}),
    ],
    ids=["not their mean", "other rows", "no rows"],
)
def test_samples_that_do_not_make_up_the_measure_give_no_interval(other: dict[str, Any]) -> None:  # Any: JSON
    [line] = lines([BASE, other], seed=0)
    assert all(each is None for each in line.differences)
    assert line.standing(1) == ""


def test_the_rows_of_a_group_are_those_of_its_tasks() -> None:
    group = {
        "scores": {"group": {"acc": [0.5, None]}},
        "members": {"group": ["a", "b"]},
        "rows": {"group": 2},
        "higher_is_better": {"group": {"acc": True}},
        "samples": {"a": {"acc": {"0": 1.0}}, "b": {"acc": {"0": 0.0}}},
    }
    [line] = lines([group, group], seed=0)
    assert line.differences[1] == Interval(0, 0, 0)
    assert math.isnan(line.scores[0].stderr)


def test_it_is_told_as_table_json_and_section(tmp_path: Path) -> None:
    report = BenchReport(
        out=tmp_path,
        models=("base", "tuned"),
        lines=tuple(lines([BASE, TUNED], seed=0)),
        notes=("a note",),
        reused=(1, 2),
    )
    text = report.text()
    assert "task acc  base     0.250 ± 0.100" in text
    assert "tuned    1.000 ± 0.100   +0.750 [" in text
    assert "1 of 2 results lay there already" in text
    assert json.loads(json.dumps(report.summary(), allow_nan=False))["tasks"][0]["models"][1]["standing"] == "better"
    section = report.section()
    assert section.key == "bench"
    assert section.rows[0][:3] == ("task", "acc", "4")
    assert section.notes == ("a note",)


def test_rows_that_were_not_asked_are_told_with_their_number_and_why() -> None:
    found = tuple(lines([BASE, TUNED], seed=0))
    out = (LeftOut("facts", "no_answer", 7, (2, 4, 6, 8, 9)), LeftOut("facts", "unreadable", 1, (3,)))
    report = BenchReport(out=Path("out"), models=("base", "tuned"), lines=found, notes=(), left_out=out, reused=(0, 2))
    assert "Note: facts: left out, no answer: 7 rows (rows 2, 4, 6, 8, 9 ...)" in report.text()
    assert "Note: facts: left out, unreadable: 1 row (row 3)" in report.text()
    assert report.section().notes == tuple(each.text() for each in out)
    assert json.loads(json.dumps(report.summary()))["left_out"] == [
        {"task": "facts", "reason": "no_answer", "rows": 7, "first": [2, 4, 6, 8, 9]},
        {"task": "facts", "reason": "unreadable", "rows": 1, "first": [3]},
    ]
