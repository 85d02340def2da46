"""What the judge found as a section of an evaluation's page."""

from schemas.counted import counted
from train.evaluation.record import Section
from train.judge.controls import Control
from train.judge.report import JudgeReport


def judge_section(report: JudgeReport) -> Section:
    """Put wins, ties and losses into a table, and below it how far the judge can be relied on."""
    flipped, told = report.flips
    notes = [f"Warning: {warning}." for warning in report.warnings]
    if report.ratings:
        rated = ", ".join(f"{model} {elo.mean:.0f} [{elo.low:.0f}, {elo.high:.0f}]" for model, elo in report.ratings)
        notes.append(f"Elo (Bradley-Terry, 1000 on average): {rated}.")
    notes.append(
        f"Controls: an answer beside itself is a tie in {_told(report.same)}; gold wins against the gold of another "
        f"row in {_told(report.stranger)}. The order of the answers changes {flipped} of {told} verdicts; the first "
        f"place wins {_percent(report.first_place.share)} of {report.first_place.of} decided verdicts (50 % is fair), "
        f"the longer answer {_percent(report.longer.share)} of {report.longer.of} decided rows."
    )
    notes.append(
        f"{report.requests:,} requests; {report.unreadable:,} replies are no verdict and {report.failed:,} requests "
        f"failed, and none of them counts; {report.spent.prompt_tokens:,} tokens read, "
        f"{report.spent.completion_tokens:,} written{report.cost}."
    )
    return Section(
        key="judge",
        title="The judge",
        lead=f"{report.judge} compared the answers to {counted(report.rows, 'question')}, "
        "each pair in both orders. A model wins a row only where it wins in both; a tie counts half in the score, and "
        "0.5 means that neither is better.",
        head=("", "wins", "ties", "losses", "score", "95 % interval", "it is"),
        rows=tuple(
            (
                f"{each.model} against {each.opponent}",
                str(each.wins),
                str(each.ties),
                str(each.losses),
                *(
                    (f"{each.score.mean:.3f}", f"{each.score.low:.3f} to {each.score.high:.3f}")
                    if each.rows
                    else ("—", "—")
                ),
                each.standing,
            )
            for each in report.pairings
        ),
        notes=tuple(notes),
        data=report.summary(),
        of_answers=True,
    )


def _told(control: Control) -> str:
    return f"{control.right} of {counted(control.rows, 'row')}"


def _percent(value: float) -> str:
    return "—" if value != value else f"{value:.0%}"  # noqa: PLR0124 - NaN alone differs from itself
