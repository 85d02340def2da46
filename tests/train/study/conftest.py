"""What tests of studies share: a report made by hand."""

from pathlib import Path

import pytest

from train.interval import Interval
from train.study import Forecast, Law, Point, StageWorth, StudyReport


def point(name: str, rows: float, loss: float) -> Point:
    """Make a size with a loss, against a base model with a loss of 3."""
    return Point(
        name=name,
        rows=rows,
        steps=30 if rows else 0,
        epochs=2.0,
        tokens=rows * 100,
        loss=Interval(loss, loss - 0.1, loss + 0.1),
        by_seed=[loss - 0.05, loss + 0.05],
        against_base=Interval(loss - 3, loss - 3.1, loss - 2.9),
        against_largest=Interval(loss - 2.2, loss - 2.3, loss - 2.1),
    )


@pytest.fixture
def report() -> StudyReport:
    """Give the report of a study of three sizes and a stage with a name that is not to be trusted."""
    return StudyReport(
        out=Path("study"),
        page=Path("study/page.html"),
        model="tiny@0",
        held_out=40,
        groups=30,
        gold_tokens=900,
        seeds=(0, 1),
        equal="steps",
        points=[point("base", 0, 3.0), point("25 %", 50, 2.6), point("50 %", 100, 2.4), point("100 %", 200, 2.2)],
        stages=[
            StageWorth(
                stage="<b>|$x$",
                dropped=12,
                changed=3,
                rows=212,
                without=point("without <b>|$x$", 212, 2.5),
                worth=Interval(0.3, 0.2, 0.4),
                verdict="helps",
            )
        ],
        forecast=Forecast(Law(3.7, 0.2, 0.0), 200, Interval(0.2, 0.15, 0.25), ""),
        warnings=["mind the <gap>"],
        trained=8,
        reused=0,
        settings={"max_steps": 30, "sft": {}, "max_length": 128},
    )
