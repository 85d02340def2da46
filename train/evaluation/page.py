"""The evaluation as one page that needs nothing else: numbers with intervals, pictures, and the answers themselves."""

import io
import json
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from train.evaluation.metrics import squad_words
from train.metrics_log import read_metrics, smooth

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from train.evaluation.evaluate import EvaluateConfig, EvaluationReport

_SHOWN = 60
_RUN = 2  # a single word in common says little: "the", "is"
_BASE, _TUNED = "#5b7c99", "#b3541e"
_PERCENT = {"f1", "rouge_l", "exact_match", "did_not_stop"}


class Span(NamedTuple):
    """A stretch of an answer, and whether the gold answer has the same words there."""

    text: str
    same: bool


def render_page(
    report: "EvaluationReport", table: pa.Table, record: dict[str, Any], run: Path, *, config: "EvaluateConfig"
) -> str:  # Any: what training.json holds
    """Render the page of an evaluation."""
    from train.evaluation.evaluate import LABELS

    environment = Environment(
        loader=PackageLoader("train.evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "signed": _signed}
    preflight = json.loads((run / "preflight.json").read_text(encoding="utf-8"))
    return environment.get_template("page.html.j2").render(
        report=report,
        labels=LABELS,
        headline=headline(report),
        percent=_PERCENT,
        rows=_rows(table),
        total=table.num_rows,
        shown=_SHOWN,
        record=record,
        preflight=preflight,
        config=config,
        histogram=_bars(preflight["histogram"]),
        loss=_loss_picture(read_metrics(run / "metrics.jsonl")),
        scatter=_scatter_picture(table),
    )


def headline(report: "EvaluationReport") -> str:
    """Say in one sentence what the numbers show, and no more than that."""
    by_verdict: dict[str, list[str]] = {}
    names = {
        "nll": "the likelihood of the gold answers",
        "f1": "token F1",
        "rouge_l": "ROUGE-L",
        "did_not_stop": "stopping",
    }
    for name, label in names.items():
        by_verdict.setdefault(report.measures[name].verdict, []).append(label)
    parts = [f"{verdict} in {_listed(by_verdict[verdict])}" for verdict in ("better", "worse") if verdict in by_verdict]
    if not parts:
        return f"No clear difference between base and tuned on {report.rows} held-out rows."
    rest = by_verdict.get("no clear difference", [])
    tail = f"; no clear difference in {_listed(rest)}" if rest else ""
    return f"On {report.rows} held-out rows the tuned model is {' and '.join(parts)}{tail}."


def compare_words(answer: str, gold: str) -> list[Span]:
    """Cut an answer into stretches whose words stand in the gold answer in the same order, and others."""
    pieces = re.findall(r"\S+\s*|^\s+", answer)
    ours = [" ".join(squad_words(piece)) or piece.strip() for piece in pieces]
    theirs = [" ".join(squad_words(word)) or word for word in gold.split()]
    same = [False] * len(pieces)
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        if block.size >= min(_RUN, len(theirs)):
            same[block.a : block.a + block.size] = [True] * block.size
    spans: list[Span] = []
    for piece, known in zip(pieces, same, strict=True):
        if spans and spans[-1].same == known:
            spans[-1] = Span(spans[-1].text + piece, known)
        else:
            spans.append(Span(piece, known))
    return spans


def _rows(table: pa.Table) -> list[dict[str, Any]]:  # Any: the columns have different types
    """Give the rows to show, from the largest gain in F1 to the largest loss; of many, the ends."""
    rows = sorted(table.to_pylist(), key=lambda row: (row["base_f1"] - row["tuned_f1"], row["row"]))
    if len(rows) > _SHOWN:
        rows = rows[: _SHOWN // 2] + rows[-_SHOWN // 2 :]
    for row in rows:
        row["base_spans"] = compare_words(row["base_answer"], row["gold"])
        row["tuned_spans"] = compare_words(row["tuned_answer"], row["gold"])
    return rows


def _bars(histogram: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
    most = max((rows for _, _, rows in histogram), default=1)
    return [{"from": low, "to": high - 1, "rows": rows, "share": 100 * rows / most} for low, high, rows in histogram]


def _loss_picture(steps: Sequence[dict[str, Any]]) -> Markup:
    at, losses = [step["step"] for step in steps], [step["loss"] for step in steps]

    def draw(axes: "Axes") -> None:
        axes.plot(at, losses, color="#b9a48c", linewidth=1, marker="." if len(at) < 60 else "", label="each step")
        if len(losses) >= 10:
            axes.plot(at, smooth(losses), color=_TUNED, linewidth=2, label="running mean")
            axes.legend(frameon=False)
        axes.set_xlabel("step")
        axes.set_ylabel("training loss per token")

    return _picture(draw, "The loss of each training step")


def _scatter_picture(table: pa.Table) -> Markup:
    tokens = np.maximum(table["gold_tokens"].to_numpy(), 1)
    base, tuned = (table[f"{model}_nll"].to_numpy() / tokens for model in ("base", "tuned"))

    def draw(axes: "Axes") -> None:
        top = float(max(base.max(), tuned.max())) * 1.05
        axes.plot([0, top], [0, top], color="#999999", linewidth=1, linestyle="--")
        axes.scatter(base, tuned, s=18, color=_BASE, alpha=0.7, linewidths=0)
        axes.text(top * 0.97, top * 0.05, "tuned finds gold likelier", ha="right", color=_TUNED)
        axes.text(top * 0.03, top * 0.93, "base finds gold likelier", color=_BASE)
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        axes.set_xlabel("base: loss per token of the gold answer")
        axes.set_ylabel("tuned")

    return _picture(draw, "The loss of each gold answer under base and tuned")


def _picture(draw: Any, title: str) -> Markup:  # Any: a function of matplotlib's axes
    """Draw an SVG that scales with the page: small in points, so that its letters stay readable on a phone."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "gristmill", "font.size": 9, "font.family": "sans-serif"}
    ):
        figure = Figure(figsize=(4.4, 3.1), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        draw(axes)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, alpha=0.25)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = text.getvalue()
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing[drawing.index("<svg") :], flags=re.DOTALL)
    drawing = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", drawing, count=1)
    drawing = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", drawing, count=1)
    label = f'<svg role="img" aria-label="{title}"'
    return Markup(drawing.replace("<svg", label, 1))  # noqa: S704 - drawn here, from numbers and fixed labels only


def _listed(names: Sequence[str]) -> str:
    *others, last = islice(names, None)
    return f"{', '.join(others)} and {last}" if others else last


def _number(value: float, *, percent: bool = False) -> str:
    return f"{100 * value:.1f}\u00a0%" if percent else f"{value:.2f}"


def _signed(value: float, *, percent: bool = False) -> str:
    text = f"{100 * value:+.1f}" if percent else f"{value:+.2f}"
    return text.replace("-", "−")  # noqa: RUF001 - a minus sign lines up with plus
