"""The reports of the steps, as a person reads them on the command line."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curate import Report
    from generate import GenerationReport

_MOST = 5


def generation(report: "GenerationReport") -> str:
    """Tell what was read, asked, accepted and left out."""
    lines = [f"  {report.documents} of {report.files} files read, {report.sections} sections"]
    lines += _listed(f"skipped {skip.path}: {skip.detail or skip.reason}" for skip in report.skipped)
    if report.unfit:
        lines.append(f"  {sum(report.unfit.values())} sections cannot be answers: {_counted(report.unfit)}")
    if report.sent or report.replayed:
        tokens = report.prompt_tokens + report.completion_tokens
        lines.append(
            f"  {report.sent} requests sent to {report.model} ({tokens:,} tokens), "
            f"{report.replayed} answered from the journal"
        )
    if report.rejected:
        lines.append(f"  {sum(report.rejected.values())} questions rejected: {_counted(report.rejected)}")
    lines += _listed(f"failed {failure.document}, {failure.section}: {failure.error}" for failure in report.failed)
    if report.damaged:
        lines.append(f"  {report.damaged} damaged rows of the journal were asked again")
    wanted = f" of {report.wanted} wanted" if report.wanted is not None else ""
    lines.append(f"  {report.accepted} examples{wanted}: {report.examples_file}")
    if report.shortfall:
        lines.append(f"  {report.shortfall}")
    return "\n".join(lines)


def curation(report: "Report") -> str:
    """Tell what came in, what each stage dropped and why, and what is left."""
    lines = [f"  {report.rows:,} rows in"]
    if report.unreadable:
        lines.append(f"  {report.unreadable:,} could not be read")
    for stage in report.stages:
        did = [f"dropped {stage.dropped:,}"] if stage.dropped else []
        did += [f"changed {stage.changed:,}"] if stage.changed else []
        did += [f"{stage.errored:,} in error"] if stage.errored else []
        why = f" ({_counted(stage.reasons)})" if stage.reasons else ""
        lines.append(f"  {stage.name:<14}{', '.join(did) or '-'}{why}")
    lines += [f"  look at this: {alarm}" for alarm in report.alarms]
    lines.append(
        f"  {report.kept:,} kept + {report.dropped:,} dropped + {report.errored:,} errored = {report.rows:,} rows"
    )
    if report.out is not None:
        lines.append(f"  {report.out / 'curated.parquet'}  (why: {report.out / 'report.html'})")
    return "\n".join(lines)


def _counted(reasons: Mapping[str, int]) -> str:
    """Write counts by reason on one line."""
    return ", ".join(f"{count:,} {reason}" for reason, count in reasons.items())


def _listed(lines: Iterable[str]) -> list[str]:
    """Indent lines; of many, the first few and how many more there are."""
    every = [f"    {line}" for line in lines]
    more = len(every) - _MOST
    return every if more <= 1 else [*every[:_MOST], f"    and {more} more"]
