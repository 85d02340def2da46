"""Training with what the other packages know: near-duplicate clusters keep the held-out rows apart from the others."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.errors import InputError
from schemas.progress import Progress, silent

if TYPE_CHECKING:
    import pyarrow as pa

    from train import TrainConfig, TrainReport

NEAR_ENOUGH = 0.8  # Rows as alike as this must not sit on both sides; looser than curation's threshold on purpose.


def training_rows(
    data: Any, *, columns: dict[str, str] | None = None
) -> "pa.Table":  # Any: path, DataFrame, table, Dataset
    """Read the rows to train on from a curated folder, a file of any format, or a table in memory.

    Raises:
        InputError: There is no such thing, it cannot be read, or a row of it cannot.
    """
    import pyarrow as pa

    from schemas.formats import open_examples

    source = data
    if isinstance(data, str | Path) and not str(data).startswith("hub:"):
        source = Path(data)
        if source.is_dir():
            source /= "curated.parquet"
            if not source.is_file():
                raise InputError(
                    "this folder holds no curated.parquet",
                    where=str(data),
                    mend="Make one: gristmill curate FILES -o DIR",
                )
    rows = open_examples(source, columns=columns)
    batches = []
    for batch in rows.batches():
        for reject in batch.rejects[:1]:
            raise InputError(
                reject.error,
                where=f"{rows.names[0]}, row {reject.row}",
                mend="Curate first: gristmill curate sets it aside",
            )
        batches.append(batch.examples)
    return pa.Table.from_batches(batches, schema=rows.schema)


def train_run(
    data: Any,  # Any: path, DataFrame, table or Dataset
    out: Path,
    *,
    config: "TrainConfig",
    dry_run: bool = False,
    columns: dict[str, str] | None = None,
    progress: Progress = silent,
) -> "TrainReport":
    """Tune a model on `data` into the run folder `out`; with `dry_run`, only look at every row as the trainer would.

    Raises:
        InputError: The data or the settings would teach nothing, or the folder holds another run.
        OutputError: The folder cannot be written.
    """
    from curate import clusters
    from train import train

    table = training_rows(data, columns=columns)
    near = clusters(table, threshold=NEAR_ENOUGH)
    return train(table, out, config=config, clusters=near, dry_run=dry_run, progress=progress)
