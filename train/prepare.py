"""Everything before the weights are loaded: rows checked, split, weighted and packed, and told about on the disk."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError
from schemas.parquet import write_table
from schemas.progress import Progress
from train.checked import Checked
from train.config import TrainConfig
from train.folder import load_config
from train.mix import find_row, with_places
from train.model import context_length
from train.pack import Packed, pack, pack_length
from train.preflight import check_rows
from train.preflight_page import Conversations, look_at, write_page
from train.render import Renderer
from train.rendered import Rendered
from train.sft import is_main
from train.sides import Clusters, choose_sides, count_parts
from train.split import Split
from train.view import View

if TYPE_CHECKING:
    from train.run import Rows


_REMEDIES = {
    "over_length": "Raise max_length if the model reads more, or set over_length to truncate. ",
    "empty_answer": "Write the answers, or name their column. ",
    "unreadable": "Mend the rows, or look whether the columns are what they are called. ",
    "template_raised": "Change the rows to what the model's chat template takes, or choose another model. ",
    "nothing_to_train": "Raise max_length, or shorten the prompts. ",
}


class Prepared(NamedTuple):
    """Everything that is known before the weights are loaded.

    Attributes:
        checked: What the preflight found.
        sides: Which of the rows that passed it are trained, each as often as an epoch reads it, and which held out.
        table: The rows that passed it.
        trained: The rows to train in tokens, in the order of `sides`.
        packed: The same, packed.
        shown: Rows that were asked for, token by token.
    """

    checked: Checked
    sides: Split
    table: pa.Table
    trained: list[Rendered]
    packed: Packed
    shown: tuple[View, ...]


def prepare(  # noqa: PLR0913 - everything that is known before the weights are loaded goes in
    rows: "Rows",
    read: Conversations,
    renderer: Renderer,
    folder: Path,
    out: Path,
    *,
    config: TrainConfig,
    clusters: Clusters | None,
    where: str,
    show: Sequence[str],
    progress: Progress,
) -> tuple[Prepared, TrainConfig]:
    """Check, split and pack; give the settings with what was chosen from the data.

    Raises:
        InputError: The data would teach nothing, cannot be split, or leaks where it must not.
        OutputError: What was found cannot be written.
    """
    context = context_length(load_config(folder), renderer)
    checked = check_rows(
        read.rows,
        renderer,
        context=context,
        max_length=config.max_length,
        over_length=config.over_length,
        unreadable=rows.unreadable,
        progress=progress,
    )
    try:
        if checked.report.refuses:
            raise InputError(checked.report.refuses, where=where, mend=_remedy(checked, out))
        kept = np.searchsorted(rows.numbers, [row.row for row in checked.rendered])
        table = with_places(_numbered(rows.table.take(kept), rows.numbers[kept]), rows.parts)
        sides = choose_sides(rows, table, config=config, clusters=clusters, where=where)
    except InputError:
        _write_preflight(out, checked, read, renderer, show)  # it tells each row's reason
        raise
    trained = [checked.rendered[index] for index in sides.split.train]
    checked = checked.amended(
        sides.remarks,
        leaks=sides.leaks,
        parts=count_parts(rows, table, sides.split, trained),
        held_out=table["row"].to_numpy()[sides.split.test].tolist(),
    )
    shown = _write_preflight(out, checked, read, renderer, show)
    limit = checked.report.max_length
    packed = pack(trained, pack_length(limit, context))
    return Prepared(checked, sides.split, table, trained, packed, shown), dataclasses.replace(
        config, max_length=limit, learning_rate=config.rate
    )


def write_rows(out: Path, prepared: Prepared) -> None:
    """Write the rows to train, those held out, and which row lies where in which pack.

    Raises:
        OutputError: A file cannot be written.
    """
    trained, times = np.unique(prepared.sides.train, return_counts=True)
    table = prepared.table.take(trained)
    if parts := prepared.checked.report.parts:  # then it is told how often one epoch reads each row
        kept = ["times_in_data" if name == "times" else name for name in table.column_names]
        table = table.rename_columns(kept).add_column(3 if len(parts) > 1 else 1, "times", pa.array(times, pa.int64()))
    write_table(out / "train.parquet", table)
    write_table(out / "heldout.parquet", prepared.table.take(prepared.sides.test))
    write_table(out / "packs.parquet", prepared.packed.places)


def _remedy(checked: Checked, out: Path) -> str:
    """Say what can be done where training would teach nothing: what mends the reason that most rows share."""
    left_out = checked.report.left_out
    most = max(left_out, key=lambda reason: left_out[reason], default="")
    remedy = _REMEDIES.get(most, "") if not checked.report.kept else ""
    told = "A folder of its own (-o) is told" if _holds_run(out) else f"{out / 'preflight.parquet'} tells"
    return f"{remedy}{told} each row's reason" if checked.report.rows else "Add rows"


def _holds_run(out: Path) -> bool:
    """Tell whether a run was begun in a folder: then its preflight is there, and another's must not take its place."""
    return (out / "training.json").is_file()


def _write_preflight(
    out: Path, checked: Checked, read: Conversations, renderer: Renderer, show: Sequence[str]
) -> tuple[View, ...]:
    """Write what the preflight found, where no run was begun yet, and give the rows that were asked for.

    Raises:
        InputError: There is no such row.
    """
    asked = [find_row(name, read.parts) for name in show]
    views = look_at(asked, checked, read, renderer)
    for name, row in zip(show, asked, strict=True):
        if row not in views:
            raise InputError(f"there is no row {name}", mend=f"{checked.report.rows} rows were read")
    if is_main() and not _holds_run(out):
        checked.write(out)
        write_page(out / "preflight.html", checked, read, renderer, shown=views)
    return tuple(views.values())


def _numbered(table: pa.Table, numbers: npt.NDArray[np.int64]) -> pa.Table:
    """Put the row numbers in front; a column of the user's that is called `row` makes room."""
    names = ["row_in_data" if name == "row" else name for name in table.column_names]
    return table.rename_columns(names).add_column(0, pa.field("row", pa.int64(), nullable=False), pa.array(numbers))
