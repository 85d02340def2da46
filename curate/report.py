"""The page that shows a stranger what came in, what went, why, and what stayed.

One HTML file that needs no network and runs no script. Everything that comes from the rows is escaped.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from markupsafe import Markup

from curate.arrow import equals
from curate.engine import Outcome
from curate.histogram import histogram, quartiles
from curate.ledger import READ_STAGE
from curate.meanings import meanings
from curate.samples import Pick, Samples, Shown
from curate.shown import evidence_shown, shown
from curate.summary import Report
from curate.word_diff import Piece, marked
from schemas.atomic import write_text

_SIZES = {"instruction": "Words of the instruction", "response": "Words of the response", "turns": "Turns"}
_LONGEST_RAW = 600
_FEW = 8


class Pair(NamedTuple):
    """A dropped row beside the row that it repeats, if any; the three texts of each in pieces."""

    pick: Pick
    row: dict[str, list[Piece]]
    match: dict[str, list[Piece]] | None


def write_report(path: Path, report: Report, outcome: Outcome, samples: Samples, decisions: pa.Table) -> None:
    """Write the page.

    Args:
        path: Where to.
        report: The numbers.
        outcome: What the run found out.
        samples: The rows to show.
        decisions: The decisions table.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("curate", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["share"] = share
    template = environment.get_template("report.html.jinja")
    write_text(path, template.render(**page(report, outcome, samples, decisions)))


def page(
    report: Report, outcome: Outcome, samples: Samples, decisions: pa.Table
) -> dict[str, Any]:  # Any: the template's
    """Gather what the page shows."""
    alive = outcome.ledger.alive
    sizes = {name: outcome.shape[name].to_numpy() if len(alive) else np.zeros(0, np.int32) for name in _SIZES}
    return {
        "report": report,
        "waterfall": _waterfall(report),
        "meanings": meanings(),
        "dataset": report.out is not None,
        "attributed": any(stage.alone is not None for stage in report.stages),
        "diversity": _diversity(report),
        "changes": _changes(decisions),
        "failures": _failures(decisions),
        "sizes": [
            {
                "title": title,
                "svg": histogram(sizes[name], sizes[name][alive], f"{title}, before and after"),
                "before": quartiles(sizes[name]),
                "after": quartiles(sizes[name][alive]),
            }
            for name, title in _SIZES.items()
        ],
        "pairs": _grouped([_pair(pick, samples) for pick in samples.dropped]),
        "kept": [samples.texts[pick.row] for pick in samples.kept],
    }


def share(count: int, total: int) -> str:
    """Give a share in percent with as many digits as it takes to tell it from none and from all."""
    if not count or not total:
        return "0 %"
    part = 100 * count / total
    if part < 0.1:
        return "< 0.1 %"
    return "> 99.9 %" if 99.9 < part < 100 else f"{part:.0f} %" if part in {0, 100} else f"{part:.1f} %"


def _waterfall(report: Report) -> list[dict[str, Any]]:  # Any: the template's
    """Follow the rows through the stages: how many are left after each."""
    left = report.rows - report.unreadable
    steps: list[dict[str, Any]] = [  # Any: as in the result
        {"name": READ_STAGE, "lost": report.unreadable, "left": left, "changed": 0, "alone": None, "only": None}
    ]
    for stage in report.stages:
        left -= stage.dropped + stage.errored
        lost = stage.dropped + stage.errored
        told = {"name": stage.name, "changed": stage.changed, "alone": stage.alone, "only": stage.only}
        steps.append({**told, "lost": lost, "left": left})
    return steps


def _changes(decisions: pa.Table) -> list[dict[str, Any]]:  # Any: the template's
    """Count what the mends took out, most first."""
    some = decisions.filter(equals(decisions["action"], "changed"))
    grouped = some.group_by(["stage", "reason", "evidence"]).aggregate([([], "count_all")]).to_pylist()
    lines = sorted(grouped, key=lambda line: (-line["count_all"], line["stage"], str(line["evidence"])))
    rest = sum(line["count_all"] for line in lines[_FEW:])
    first = [{**line, "evidence": evidence_shown(line["evidence"] or "")} for line in lines[:_FEW]]
    return [*first, {"stage": "", "reason": "", "evidence": None, "count_all": rest}] if rest else first


def _diversity(report: Report) -> Markup | None:
    """Give the piece of the page on diversity."""
    if report.diversity is None:
        return None
    from curate.diversity import fragment

    return Markup(fragment(report.diversity))  # noqa: S704 - everything in it is escaped there


def _failures(decisions: pa.Table) -> list[dict[str, Any]]:  # Any: the template's
    """Give the first rows that were set aside."""
    some = decisions.filter(equals(decisions["action"], "errored")).slice(0, _FEW)
    return [
        {"row": line["row"], "stage": line["stage"], "error": shown(line["evidence"] or "", _LONGEST_RAW)}
        for line in some.to_pylist()
    ]


def _pair(pick: Pick, samples: Samples) -> Pair:
    row = samples.texts[pick.row]._asdict()
    other = None if pick.matched is None else samples.texts[pick.matched]._asdict()
    views = [view for view in Shown._fields if view != "row"]
    if other is None:
        return Pair(pick, {view: marked(row[view], row[view]) for view in views}, None)
    return Pair(
        pick,
        {view: marked(row[view], other[view]) for view in views},
        {view: marked(other[view], row[view]) for view in views},
    )


def _grouped(pairs: list[Pair]) -> list[tuple[str, str, list[Pair]]]:
    """Put the samples of one stage and reason together."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.pick.stage or "", pair.pick.reason or ""), []).append(pair)
    return [(stage, reason, members) for (stage, reason), members in groups.items()]
