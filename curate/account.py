"""What happened, counted: the report of a run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from curate.checks import check_conservation
from curate.judged import Judged
from curate.ledger import READ_STAGE
from curate.recipe import file_sha256, recipe_hash, versions
from curate.samples import Samples
from curate.summary import InputSummary, Report, StageSummary, count_rows, counts, first_rows


def account(
    judged: Judged,
    settings: Sequence[Mapping[str, Any]],  # Any: settings are of any type
    *,
    seed: int,
    samples: Samples | None,
    out: Path | None,
) -> Report:
    """Count what happened, and check that no row is missing.

    Args:
        judged: What came of judging.
        settings: Name, kind and settings of every mend and stage.
        seed: Seed of the run.
        samples: Has seen the rows; None where nothing has.
        out: Folder that the results lie in; None where they were not written.

    Raises:
        GristmillError: A row has no fate, or two.
    """
    outcome, decisions, ledger = judged.outcome, judged.decisions, judged.outcome.ledger
    dropped, changed, errored = (counts(decisions, action) for action in ("dropped", "changed", "errored"))
    first = first_rows(decisions, "dropped")
    check_conservation(decisions, ledger.total)
    stages = tuple(
        StageSummary(
            **about,
            judged=outcome.judged.get(about["name"], ledger.total - _sum(errored.get(READ_STAGE))),
            changed=_sum(changed.get(about["name"])),
            dropped=_sum(dropped.get(about["name"])),
            errored=_sum(errored.get(about["name"])),
            reasons=dropped.get(about["name"], {}),
            rows=first.get(about["name"], {}),
            **(outcome.alone[about["name"]]._asdict() if about["name"] in outcome.alone else {}),
        )
        for about in settings
    )
    diversity = None
    if samples is not None and samples.portion is not None:
        diversity = samples.portion.diversity()
        judged.clock.lap("diversity")
    return Report(
        inputs=judged.files.result(),
        rows=ledger.total,
        kept=int(ledger.alive.sum()),
        dropped=sum(map(_sum, dropped.values())),
        errored=sum(map(_sum, errored.values())),
        unreadable=_sum(errored.get(READ_STAGE)),
        changed=count_rows(decisions, "changed"),
        stages=stages,
        alarms=tuple(outcome.alarms),
        recipe=recipe_hash(settings, seed),
        seed=seed,
        versions=versions(),
        read_as={"columns": dict(judged.read_as.columns or {}), "format": judged.read_as.format},
        diversity=diversity,
        out=out,
        seconds=judged.clock.laps,
    )


def _sum(reasons: Mapping[str, int] | None) -> int:
    return sum((reasons or {}).values())


def input_summaries(names: Sequence[str]) -> tuple[InputSummary, ...]:
    """Hash the files of a run."""
    return tuple(_input(name) for name in names)


def _input(name: str) -> InputSummary:
    path = Path(name)
    if not path.is_file():
        return InputSummary(name=name, sha256=None, bytes=None)
    return InputSummary(name=name, sha256=file_sha256(path), bytes=path.stat().st_size)
