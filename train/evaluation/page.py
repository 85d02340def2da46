"""The evaluation as one page that needs nothing else: numbers, pictures, errors, slices and answers."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from train.evaluation.measures import MEASURES
from train.evaluation.pictures import errors_picture, loss_picture, scatter_picture
from train.evaluation.shown import visible
from train.evaluation.spans import compare_words
from train.evaluation.table import MODELS
from train.html import environment
from train.mix import Part, label

_SHOWN = 60
_SLICES = 40


def render_page(record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:  # Any: values of JSON
    """Render the page of an evaluation from what evaluation.json and answers.parquet hold."""
    templates = environment("train.evaluation")
    whole: dict[str, Any] = visible(record)  # Any: as above
    templates.filters |= {
        "number": number,
        "signed": signed,
        "trained_row": row_names(whole),
        "asked_row": row_names(whole, asked=True),
    }
    every: list[dict[str, Any]] = visible(list(rows))  # Any: as above
    return templates.get_template("page.html.j2").render(
        record=whole,
        labels={name: measure.label for name, measure in MEASURES.items()},
        percent={name for name, measure in MEASURES.items() if measure.percent},
        rows=_rows(every),
        by_row={row["row"]: row for row in every},
        total=len(every),
        shown=_SHOWN,
        slices=_slices(whole["slices"]),
        histogram=_bars(whole["preflight"]["histogram"]),
        loss=loss_picture(whole["loss"]),
        scatter=scatter_picture(every),
        errors=errors_picture(whole["errors"]),
    )


def row_names(record: Mapping[str, Any], *, asked: bool = False) -> Callable[[int], str]:  # Any: values of JSON
    """Give the function that names a row of the training data as people find it again; in a mix, by its dataset too.

    Rows that were `asked` are those of a file of the user's where there is one, and have its numbers.
    """
    own = asked and record["settings"]["data"] is not None
    told = () if own else record["preflight"].get("parts", ())  # a run of before has none
    parts = [Part(each["name"], each["weight"], each["first"]) for each in told]
    return lambda row: label(row, parts)


def number(value: float | None, *, percent: bool = False) -> str:
    """Write a number, or a share in percent; a dash for what could not be measured."""
    if value is None or math.isnan(value):
        return "–"  # noqa: RUF001 - a dash is meant
    return f"{100 * value:.1f}\u00a0%" if percent else f"{value:.2f}"


def signed(value: float | None, *, percent: bool = False) -> str:
    """Write a difference with its sign; shares in percentage points."""
    if value is None or math.isnan(value):
        return "–"  # noqa: RUF001 - as above
    text = f"{100 * value:+.1f}" if percent else f"{value:+.2f}"
    return text.replace("-", "−")  # noqa: RUF001 - a minus sign lines up with plus


def _rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:  # Any: rows of answers.parquet
    """Give the rows to show, from the largest gain in F1 to the largest loss; of many, the ends."""
    rows = sorted(rows, key=lambda row: (row["base_f1"] - row["tuned_f1"], row["row"]))
    if len(rows) > _SHOWN:
        rows = rows[: _SHOWN // 2] + rows[-_SHOWN // 2 :]
    for row in rows:
        for model in MODELS:
            row[f"{model}_spans"] = compare_words(row[f"{model}_answer"], row["gold"])
    return rows


def _slices(slices: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:  # Any: values of JSON
    """Put the slices of one kind together; of many, those that lose most."""
    found: dict[str, list[dict[str, Any]]] = {}  # Any: as above
    for each in slices:
        found.setdefault(each["by"], []).append(each)
    return [{"by": by, "parts": parts[:_SLICES], "more": max(0, len(parts) - _SLICES)} for by, parts in found.items()]


def _bars(histogram: Sequence[Sequence[int]]) -> list[dict[str, Any]]:  # Any: numbers of two kinds
    most = max((rows for _, _, rows in histogram), default=1)
    return [{"from": low, "to": high - 1, "rows": rows, "share": 100 * rows / most} for low, high, rows in histogram]
