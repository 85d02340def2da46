"""What a run did, in numbers: what the command prints, the manifest holds and the page shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import equals

if TYPE_CHECKING:
    from curate.diversity import Diversity

_FIRST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSummary:
    """What one stage or mend did.

    Attributes:
        name: Its name in the decisions.
        kind: Its class.
        settings: Its settings.
        judged: Rows that it looked at.
        changed: Rows that it changed.
        dropped: Rows that it dropped.
        errored: Rows that made it raise.
        reasons: Rows dropped for each reason, most first.
        rows: Numbers of the first rows dropped for each reason.
        alone: Rows that it would drop if it were the only stage; None where that was not found out.
        only: Those of them that no other stage would drop.
    """

    name: str
    kind: str
    settings: Mapping[str, Any]  # Any: settings are of any type
    judged: int
    changed: int = 0
    dropped: int = 0
    errored: int = 0
    reasons: Mapping[str, int]
    rows: Mapping[str, list[int]]
    alone: int | None = None
    only: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSummary:
    """One input: its name as it was given, and the hash and size of its file; None where it is no file."""

    name: str
    sha256: str | None
    bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did. kept + dropped + errored = rows.

    Attributes:
        inputs: What came in.
        rows: Rows of all inputs.
        kept: Rows that stayed.
        dropped: Rows that a stage dropped.
        errored: Rows that could not be read or measured.
        unreadable: Those of them that could not be read.
        changed: Rows that a mend changed, whatever became of them.
        stages: What each mend and stage did, in order.
        alarms: What looks wrong in the whole set.
        recipe: Hash of stages, settings and seed.
        seed: Seed of the run.
        versions: Versions of the parts.
        read_as: Columns by role and format that the inputs were read as, where they were named.
        diversity: How diverse the rows are before and after; None where that was not asked for.
        out: Folder that the results lie in; None where they were not written.
        seconds: How long it took, by the name of the part.
    """

    inputs: tuple[InputSummary, ...]
    rows: int
    kept: int
    dropped: int
    errored: int
    unreadable: int
    changed: int
    stages: tuple[StageSummary, ...]
    alarms: tuple[str, ...]
    recipe: str
    seed: int
    versions: Mapping[str, str]
    read_as: Mapping[str, Any]  # Any: JSON
    diversity: "Diversity | None"
    out: Path | None
    seconds: Mapping[str, float]

    def manifest(self) -> dict[str, Any]:  # Any: JSON
        """Give everything that depends on rows, recipe and seed alone: no times, no paths of this machine."""
        whole = asdict(replace(self, diversity=None, out=None, seconds={}))
        del whole["out"], whole["seconds"]
        whole["diversity"] = None if self.diversity is None else self.diversity.summary()
        return whole

    def summary(self) -> dict[str, Any]:  # Any: JSON
        """Give all of it as plain values."""
        out = None if self.out is None else str(self.out)
        return {**self.manifest(), "out": out, "seconds": dict(self.seconds)}

    def text(self) -> str:
        """Tell it in a few lines."""
        lines = [f"{self.rows:,} rows in" + (f", {self.unreadable:,} cannot be read" if self.unreadable else "")]
        for stage in self.stages:
            did = [f"changed {stage.changed:,}"] if stage.changed else []
            did += [f"{stage.errored:,} in error"] if stage.errored else []
            did += [
                f"dropped {count:,} {reason} (row{'s' * (count > 1)} {_told(stage.rows[reason], count)})"
                for reason, count in stage.reasons.items()
            ]
            lines.append(f"  {stage.name:<12} {', '.join(did) or '-'}")
        lines += [f"Look at this: {alarm}" for alarm in self.alarms]
        lines.append(f"{self.kept:,} kept + {self.dropped:,} dropped + {self.errored:,} errored = {self.rows:,} rows")
        if self.diversity is not None:
            lines.append(self.diversity.text())
        if self.out is not None:
            lines.append(f"The kept rows: {self.out / 'curated.parquet'}")
            lines.append(f"Every row's fate: {self.out / 'decisions.parquet'}, as a page: {self.out / 'report.html'}")
            lines.append(f"One row's story: gristmill explain {self.out} ROW")
        return "\n".join(lines)


def counts(decisions: pa.Table, action: str) -> dict[str, dict[str, int]]:
    """Count the decisions of one action: reasons by stage, most first, then by name."""
    some = decisions.filter(equals(decisions["action"], action)).select(["stage", "reason"])
    grouped = some.group_by(["stage", "reason"]).aggregate([([], "count_all")]).to_pylist()
    found: dict[str, dict[str, int]] = {}
    for line in sorted(grouped, key=lambda line: (-line["count_all"], line["stage"] or "", line["reason"] or "")):
        found.setdefault(line["stage"] or "", {})[line["reason"] or ""] = line["count_all"]
    return found


def first_rows(decisions: pa.Table, action: str) -> dict[str, dict[str, list[int]]]:
    """Give the numbers of the first rows of one action, by stage and reason."""
    some = decisions.filter(equals(decisions["action"], action)).select(["stage", "reason", "row"])
    found: dict[str, dict[str, list[int]]] = {}
    for line in some.group_by(["stage", "reason"]).aggregate([("row", "list")]).to_pylist():
        found.setdefault(line["stage"] or "", {})[line["reason"] or ""] = sorted(line["row_list"])[:_FIRST]
    return found


def _told(rows: list[int], count: int) -> str:
    """Write row numbers, of many the first ones."""
    return ", ".join(map(str, rows)) + (" ..." if count > len(rows) else "")


def count_rows(decisions: pa.Table, action: str) -> int:
    """Count the rows that have a decision of an action."""
    some = decisions.filter(equals(decisions["action"], action))
    return int(pc.count_distinct(some["row"]).as_py())
