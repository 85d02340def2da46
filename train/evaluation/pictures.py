"""The pictures of the page, as SVG that scales with it."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from schemas.counted import counted
from train.evaluation.measures import MEASURES
from train.metrics_log import smooth
from train.picture import picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BASE, TUNED = "#5b7c99", "#b3541e"


def loss_picture(steps: Sequence[Sequence[float]]) -> Markup:
    """Draw the loss of each training step, given as step and loss."""
    at, losses = [step for step, _ in steps], [loss for _, loss in steps]

    def draw(axes: "Axes") -> None:
        axes.plot(at, losses, color="#b9a48c", linewidth=1, marker="." if len(at) < 60 else "", label="each step")
        if len(losses) >= 10:
            axes.plot(at, smooth(losses), color=TUNED, linewidth=2, label="running mean")
            axes.legend(frameon=False)
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel("step")
        axes.set_ylabel("training loss per token")

    return picture(draw, "The loss of each training step")


def scatter_picture(rows: Sequence[Mapping[str, Any]]) -> Markup:  # Any: rows of answers.parquet
    """Draw each row's loss of the gold answer under base and tuned; how many have none that is finite is told."""
    value = MEASURES["nll"].value
    pairs = [(float(value(row, "base") or 0), float(value(row, "tuned") or 0)) for row in rows]
    whole = [pair for pair in pairs if all(map(math.isfinite, pair))]
    base, tuned = ([pair[side] for pair in whole] for side in (0, 1))
    aside = len(pairs) - len(whole)

    def draw(axes: "Axes") -> None:
        top = max([*base, *tuned, 1e-6]) * 1.05
        if aside:
            axes.set_title(f"{counted(aside, 'row')} without a finite loss not drawn", fontsize=9)
        axes.plot([0, top], [0, top], color="#999999", linewidth=1, linestyle="--")
        axes.scatter(base, tuned, s=18, color=BASE, alpha=0.7, linewidths=0)
        axes.text(top * 0.97, top * 0.05, "tuned finds gold likelier", ha="right", color=TUNED)
        axes.text(top * 0.03, top * 0.93, "base finds gold likelier", color=BASE)
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        axes.set_xlabel("base: loss per token of the gold answer")
        axes.set_ylabel("tuned")

    return picture(draw, "The loss of each gold answer under base and tuned")


def errors_picture(errors: Sequence[Mapping[str, Any]]) -> Markup:  # Any: values of JSON
    """Draw the share of answers with each class of errors under base and tuned, the commonest on top."""
    seen = [each for each in errors if each["share"] is not None]
    seen.sort(key=lambda each: (max(each["share"]["base"][0], each["share"]["tuned"][0]), each["name"]))
    base, tuned = ([100 * each["share"][model][0] for each in seen] for model in ("base", "tuned"))

    def draw(axes: "Axes") -> None:
        places = list(range(len(seen)))
        axes.hlines(places, base, tuned, color="#c9c5bb", linewidth=2)
        axes.scatter(base, places, s=30, color=BASE, label="base", zorder=3)
        axes.scatter(tuned, places, s=30, color=TUNED, label="tuned", zorder=3)
        axes.set_yticks(places, [each["name"] for each in seen])
        axes.set_xlim(-3, 103)
        axes.set_ylim(-0.6, len(seen) - 0.4)
        axes.set_xlabel("answers with this error, %")
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)

    return picture(draw, "The share of answers with each class of errors under base and tuned")
