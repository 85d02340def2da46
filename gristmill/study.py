"""A study with what the other packages know: curation with each stage left out in turn, and near-duplicate clusters."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gristmill.training import near_clusters
from schemas.progress import Progress, silent

if TYPE_CHECKING:
    from curate import Report
    from train import Rows, TrainConfig
    from train.study import Ablation, StudyConfig, StudyReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Curated:
    """How the rows of a study are curated before it.

    Attributes:
        stages: The mends and stages, in order.
        seed: Seed of the curation.
        ablate: Leave each of them out in turn, and all of them.
    """

    stages: Sequence[Any]  # Any: whatever has a stage's methods
    seed: int
    ablate: bool


def study_run(  # noqa: PLR0913 - all but two are optional
    data: str | Path,
    out: Path,
    *,
    config: "StudyConfig",
    training: "TrainConfig",
    curated: Curated | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress = silent,
    say: Callable[[str], object],
) -> "StudyReport":
    """Measure what more rows are worth, and with `curated.ablate` what each stage of curation is.

    Args:
        data: A curated folder or a file of any format; uncurated rows where `curated` is given.
        out: Folder of the study; the curated rows of each variant lie in its `curation`.
        config: What is varied.
        training: How each variant is trained.
        curated: How the rows are curated first; None to take them as they are.
        columns: Roles of the columns, where their names do not tell.
        progress: Shows how far it is.
        say: Told the plan and what comes next.

    Raises:
        InputError: The data or the settings allow no such study, or another one is at work in the folder.
        OutputError: A file cannot be written.
    """
    from gristmill.steps import alone_in
    from train import read_rows
    from train.study import study

    with alone_in(out):
        rows = read_rows(data, columns=columns)
        ablations: list[Ablation] = []
        if curated is not None:
            raw, curation = rows, out / "curation"
            rows, report = _curate(data, curation / "all-stages", curated.stages, curated, columns, progress)
            rows = rows._replace(unreadable=raw.unreadable)
            if curated.ablate:
                ablations = _ablations(data, curation, curated, raw, report, columns=columns, progress=progress)
        return study(
            rows,
            out,
            config=config,
            training=training,
            ablations=ablations,
            clusters=near_clusters,
            progress=progress,
            say=say,
        )


def _ablations(  # noqa: PLR0913 - one curation for each stage
    data: str | Path,
    curation: Path,
    curated: Curated,
    raw: "Rows",
    report: "Report",
    *,
    columns: Mapping[str, str] | None,
    progress: Progress,
) -> "list[Ablation]":
    """Curate with each stage left out; what the whole curation measured is not measured again."""
    from schemas.atomic import atomic_folder
    from train.study import Ablation

    dropped = sum(stage.dropped + stage.errored for stage in report.stages)
    found = [Ablation(stage="", rows=raw, dropped=dropped, changed=sum(stage.changed for stage in report.stages))]
    for place, stage in enumerate(report.stages):
        others = [each for number, each in enumerate(curated.stages) if number != place]
        folder = curation / f"without-{stage.name}"
        if not others:
            rows = raw
        else:
            if not folder.exists():
                with atomic_folder(folder) as partial:
                    shutil.copytree(curation / "all-stages", partial, dirs_exist_ok=True)
            rows, _ = _curate(data, folder, others, curated, columns, progress)
        found.append(
            Ablation(stage=stage.name, rows=rows, dropped=stage.dropped + stage.errored, changed=stage.changed)
        )
    return found


def _curate(
    data: str | Path,
    out: Path,
    stages: Sequence[Any],  # Any: stages
    curated: Curated,
    columns: Mapping[str, str] | None,
    progress: Progress,
) -> "tuple[Rows, Report]":
    """Curate into a folder, and read the rows back with their numbers in the uncurated data."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from curate import Pipeline
    from schemas.parquet import read_table
    from train import Rows

    report = Pipeline(stages, seed=curated.seed).run(data, out=out, columns=columns, progress=progress)
    decisions = read_table(out / "decisions.parquet", ["row", "action"])
    kept = decisions.filter(pc.equal(decisions["action"], pa.scalar("kept")))["row"].to_numpy()
    return Rows(read_table(out / "curated.parquet"), kept.astype(np.int64), []), report
