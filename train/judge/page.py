"""What the judge said as one page that needs nothing else."""

from typing import Any

import pyarrow as pa

from train.html import environment
from train.judge.report import JudgeReport

_SHOWN = 40
_ORDER = {"loss": 0, "win": 1, "tie": 2, None: 3}


def render_page(report: JudgeReport, table: pa.Table) -> str:
    """Render the page of a judge.

    Args:
        report: What it found.
        table: The answers that it judged.
    """
    templates = environment("train.judge")
    templates.filters |= {"percent": _percent, "score": _score}
    shown = _shown(report, table)
    flipped, told = report.flips
    return templates.get_template("judge.html.j2").render(
        report=report, shown=shown, total=report.verdicts.num_rows, flipped=flipped, told=told
    )


def _shown(report: JudgeReport, table: pa.Table) -> list[dict[str, Any]]:  # Any: the columns have different types
    """Give the comparisons to show: of losses, wins and ties in turn, in the order of the rows."""
    by_result: dict[str | None, list[dict[str, Any]]] = {result: [] for result in _ORDER}  # Any: as above
    for verdict in report.verdicts.to_pylist():
        by_result[verdict["result"]].append(verdict)
    turns = sorted(
        ((turn, _ORDER[result], verdict) for result, some in by_result.items() for turn, verdict in enumerate(some)),
        key=lambda each: each[:2],
    )
    chosen = sorted(turns[:_SHOWN], key=lambda each: (each[1], each[0]))
    rows = {(row["row"], row["id"]): row for row in table.to_pylist()}
    named = [(verdict, rows[verdict["row"], verdict["id"]]) for _, _, verdict in chosen]
    return [
        {
            **verdict,
            "question": row["question"],
            "gold": row["gold"] or "",
            "answers": [row[f"{verdict[side]}_answer"] or "" for side in ("model", "opponent")],
        }
        for verdict, row in named
    ]


def _percent(value: float) -> str:
    return "—" if value != value else f"{100 * value:.0f}\u00a0%"  # noqa: PLR0124 - NaN alone differs from itself


def _score(value: float) -> str:
    return "—" if value != value else f"{value:.3f}"  # noqa: PLR0124 - as above
