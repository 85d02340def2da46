import dataclasses
import json

import pytest

from train.interval import Interval
from train.study import StudyReport


def test_the_headline_says_what_training_did_and_what_more_rows_would_buy(report: StudyReport) -> None:
    assert report.headline == (
        "Trained on 200 rows, the loss per token of held-out answers falls by 0.800 (0.700 to 0.900). "
        "200 more rows of this kind would lower it by about 0.200 (0.150 to 0.250)."
    )


@pytest.mark.parametrize(
    ("against", "says"),
    [
        (Interval(0.2, 0.1, 0.4), "rises by 0.200 (0.100 to 0.400)"),
        (Interval(-0.1, -0.3, 0.1), "shows no clear change (-0.100 [-0.300, +0.100])"),
    ],
    ids=["worse", "unclear"],
)
def test_the_headline_says_no_more_than_the_interval_does(against: Interval, says: str, report: StudyReport) -> None:
    last = dataclasses.replace(report.points[-1], against_base=against)
    assert says in dataclasses.replace(report, points=[*report.points[:-1], last]).headline


def test_a_forecast_without_ground_says_why(report: StudyReport) -> None:
    forecast = report.forecast._replace(gain=None, reason="one seed does not show how much of it is chance")
    said = dataclasses.replace(report, forecast=forecast).more_rows
    assert said == "What more rows would buy cannot be said: one seed does not show how much of it is chance."


def test_a_long_name_of_a_size_moves_the_other_columns(report: StudyReport) -> None:
    last = dataclasses.replace(report.points[-1], name="33.33333333333333 %")
    lines = dataclasses.replace(report, points=[*report.points[:-1], last]).text().splitlines()
    assert lines[1].index("rows") == lines[5].index("200") - 1


def test_the_text_has_a_line_for_each_size_and_stage(report: StudyReport) -> None:
    lines = report.text().splitlines()
    assert lines[2] == "  base             0      0    2.0   3.000 [2.900, 3.100]"
    assert "100 %          200     30    2.0   2.200 [2.100, 2.300]     -0.800 [-0.900, -0.700]" in lines[5]
    assert "<b>|$x$      12       3   +0.300 [+0.200, +0.400]    helps" in lines[7]
    assert "  note: mind the <gap>" in lines


def test_the_summary_is_json_with_named_ends_of_intervals(report: StudyReport) -> None:
    values = json.loads(json.dumps(report.summary()))
    assert values["points"][1]["loss"] == {"mean": 2.6, "low": 2.5, "high": 2.7}
    assert values["forecast"]["law"] == {"floor": 3.7, "scale": 0.2, "exponent": 0.0}
    assert values["stages"][0]["worth"]["low"] == 0.2
