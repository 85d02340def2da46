"""Training with what the other packages know: near-duplicate clusters keep the held-out rows apart from the others."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.progress import Progress, silent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from train import TrainConfig, TrainReport

NEAR_ENOUGH = 0.8  # Rows as alike as this must not sit on both sides; looser than curation's threshold on purpose.


def train_run(  # noqa: PLR0913 - all but the first three have defaults
    data: Any,  # Any: a curated folder, a file, a table, or `train.Rows`
    out: Path,
    *,
    config: "TrainConfig",
    dry_run: bool = False,
    tell: Callable[[str], None] | None = None,
    show: Sequence[str] = (),
    progress: Progress = silent,
) -> "TrainReport":
    """Tune a model on `data` into the run folder `out`; with `dry_run`, only look at every row as the trainer would.

    `tell` is told the plan before the first step.
    `show` names rows that the report gives token by token.

    Raises:
        InputError: The data or the settings would teach nothing, or the folder holds another run or is being written.
        OutputError: The folder cannot be written.
    """
    from gristmill.steps import alone_in
    from train import train
    from train.sft import is_main

    heard: dict[str, Any] = {} if tell is None else {"tell": tell}  # Any: each is a setting of its own
    with alone_in(out) if is_main() else nullcontext():  # those that train together are one run
        return train(
            data, out, config=config, clusters=near_clusters, dry_run=dry_run, show=show, progress=progress, **heard
        )


def near_clusters(rows: "pa.Table") -> "npt.NDArray[np.int64]":
    """Number the near-duplicate clusters of some rows."""
    from curate import clusters

    return clusters(rows, threshold=NEAR_ENOUGH)
