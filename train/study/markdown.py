"""A study as a short Markdown text, for a pull request or a mail."""

from train.interval import Interval
from train.study.report import Point, StudyReport


def markdown(report: StudyReport) -> str:
    """Tell a study in Markdown."""
    answers = report.points[0].f1 is not None
    lines = [
        "# Does the data help?",
        "",
        report.headline,
        "",
        (
            f"{report.held_out} held-out rows in {report.groups} groups, {report.gold_tokens:,} tokens of answers; "
            f"seeds {', '.join(map(str, report.seeds))}; equal {report.equal}; model `{report.model}`. "
            f"Loss is -log p per token of the held-out answers; intervals hold 95 %, over {report.drawn}."
        ),
        "",
        "| share | rows | steps | epochs | loss | against base |" + (" token F1 | ROUGE-L |" if answers else ""),
        "|:--|--:|--:|--:|--:|--:|" + ("--:|--:|" if answers else ""),
        *(_line(point, answers=answers) for point in report.points),
    ]
    if report.stages:
        lines += [
            "",
            "| stage left out | rows it drops | rows it changes | rows trained without it | what it is worth | |",
            "|:--|--:|--:|--:|--:|:--|",
            *(
                f"| {_plain(each.stage)} | {each.dropped:,} | {each.changed:,} | {each.rows:,} | {_signed(each.worth)} "
                f"| {each.verdict} |"
                for each in report.stages
            ),
            "",
            "What a stage is worth is the loss without it minus the loss with it: above 0 it helps.",
        ]
    if report.warnings:
        lines += ["", *(f"- {_plain(warning)}" for warning in report.warnings)]
    return "\n".join(lines) + "\n"


def _line(point: Point, *, answers: bool) -> str:
    cells = [
        point.name,
        f"{point.rows:,.0f}",
        f"{point.steps:.0f}",
        f"{point.epochs:.1f}",
        f"{point.loss.mean:.3f} ({point.loss.low:.3f} to {point.loss.high:.3f})",
        _signed(point.against_base) if point.steps else "",
    ]
    if answers:
        cells += [f"{100 * each.mean:.1f} %" if each is not None else "" for each in (point.f1, point.rouge_l)]
    return f"| {' | '.join(cells)} |"


def _signed(interval: Interval) -> str:
    return f"{interval.mean:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"


def _plain(text: str) -> str:
    """Keep a name that a user gave from being read as Markdown."""
    return text.replace("|", "\\|").replace("<", "&lt;")
