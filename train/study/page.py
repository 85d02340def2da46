"""A study as one page that needs nothing else: the curve, what each stage is worth, and the tables."""

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from train.html import environment
from train.interval import Interval
from train.picture import picture
from train.study.report import StudyReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BASE, _TUNED, _LAW = "#5b7c99", "#b3541e", "#888888"
_HELPS, _HURTS, _NEITHER = "#2f6b2f", "#a3231f", "#888888"
_COLOURS = {"helps": _HELPS, "hurts": _HURTS}


def render_page(report: StudyReport) -> str:
    """Render the page of a study."""
    templates = environment("train.study")
    templates.filters |= {"number": _number, "signed": _signed, "percent": _percent}
    return templates.get_template("page.html.j2").render(
        report=report,
        curve=_curve(report),
        worth=_worth(report) if report.stages else None,
        answers=report.points[0].f1 is not None,
    )


def _curve(report: StudyReport) -> Markup:
    """Draw the loss by rows, from none to as many rows again as there are.

    The bars are of the difference from the base model: how much the held-out rows differ from one another would hide
    what training did to all of them.
    """
    rows, losses = [point.rows for point in report.points], [point.loss.mean for point in report.points]
    apart = [point.against_base for point in report.points[1:]]
    ends = [[max(each.mean - each.low, 0) for each in apart], [max(each.high - each.mean, 0) for each in apart]]

    def draw(axes: "Axes") -> None:
        for point in report.points[1:]:
            axes.scatter([point.rows] * len(point.by_seed), point.by_seed, s=14, color=_TUNED, alpha=0.45, linewidths=0)
        law = report.forecast.law
        if law is not None and report.forecast.gain is not None:
            at = np.geomspace(rows[1], rows[-1] + report.forecast.more, 60)
            axes.plot(at, [law.at(each) for each in at], color=_LAW, linestyle="--", linewidth=1, label="the law")
        axes.axhline(losses[0], color=_BASE, linewidth=1, linestyle=":")
        axes.plot(rows, losses, color=_TUNED, linewidth=1.5)
        axes.errorbar(
            rows[1:], losses[1:], yerr=ends, fmt="o", color=_TUNED, markersize=5, capsize=3, linewidth=1, label="tuned"
        )
        axes.plot(rows[:1], losses[:1], "o", color=_BASE, markersize=6, label="base")
        axes.set_xlabel("rows trained on")
        axes.set_ylabel("loss per token of held-out answers")
        axes.legend(frameon=False, loc="upper right")

    return picture(draw, "The loss of held-out answers by rows trained on", height=3.1)


def _worth(report: StudyReport) -> Markup:
    """Draw what each stage is worth, as a bar with its interval."""
    stages = report.stages[::-1]

    def draw(axes: "Axes") -> None:
        axes.axvline(0, color="#999999", linewidth=1)
        for place, stage in enumerate(stages):
            colour = _COLOURS.get(stage.verdict, _NEITHER)
            axes.barh(place, stage.worth.mean, color=colour, alpha=0.35, height=0.6)
            axes.plot([stage.worth.low, stage.worth.high], [place, place], color=colour, linewidth=2)
        axes.set_ylim(-0.7, len(stages) - 0.3)
        axes.set_yticks(range(len(stages)), [_name(stage.stage) for stage in stages])
        axes.set_xlabel("loss without it minus loss with it")

    return picture(draw, "What each stage of curation is worth", height=1.0 + 0.3 * len(stages))


def _name(stage: str) -> str:
    """Keep matplotlib from reading a dollar sign in a user's name as mathematics."""
    return stage.replace("$", r"\$")


def _number(interval: Interval) -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")  # noqa: RUF001 - a minus sign lines up with plus


def _percent(value: float) -> str:
    return f"{100 * value:.1f}\u00a0%"
