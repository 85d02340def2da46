"""What each row was to the model before training and after it: columns that curation can set limits on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from errno import EISDIR
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas import InputError
from schemas.atomic import output_error
from schemas.locking import held
from schemas.parquet import write_table
from schemas.progress import Progress, silent
from train.digest import digest
from train.finished import Models, find_models, read_run
from train.folder import fingerprint, load_config, require
from train.interval import read_number
from train.journal import Journal
from train.model import LocalModel, Score, context_length, load_network
from train.render import Renderer
from train.rendered import Fault, Rendered
from train.run import Rows, conversations, read_rows

_AT_ONCE = 128
_FIRST = 5
_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("loss_base", pa.float64()),
    pa.field("loss_tuned", pa.float64()),
    pa.field("loss_change", pa.float64()),
    pa.field("loss_tokens", pa.int32()),
]
LOSSES_SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossesReport:
    """What scoring some rows came to.

    Attributes:
        out: File that it was written to.
        rows: Rows in it.
        scored: Rows that have losses.
        reasons: Rows without, by reason; rows that could not be read are not in the file.
        examples: Numbers of the first of them.
        base: Loss per token of the base model over all rows.
        tuned: The same of the tuned model.
        quantiles: The 5, 50 and 95 % quantiles over rows of each column.
    """

    out: Path
    rows: int
    scored: int
    reasons: dict[str, int]
    examples: dict[str, list[int]]
    base: float | None
    tuned: float | None
    quantiles: dict[str, list[float]]

    def summary(self) -> dict[str, Any]:  # Any: whatever JSON can hold
        """Give everything as plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"out": str(self.out)}

    def text(self) -> str:
        """Tell it in a few lines."""
        lines = [f"{self.scored:,} of {self.rows:,} rows scored"]
        if self.base is not None and self.tuned is not None:
            lines[0] += f"; loss per token {self.base:.3f} to the base model, {self.tuned:.3f} to the tuned one"
        for reason, count in self.reasons.items():
            shown = ", ".join(map(str, self.examples[reason])) + (" ..." if count > _FIRST else "")
            lines.append(f"  without losses: {count:,} {reason.replace('_', ' ')} (rows {shown})")
        lines += [
            f"  {name:<12} {low:8.3f} {middle:8.3f} {high:8.3f}   at 5, 50 and 95 % of the rows"
            for name, (low, middle, high) in self.quantiles.items()
        ]
        lines.append(f"The rows: {self.out}")
        return "\n".join(lines)


def row_losses(run: Path, data: str | Path | Rows | None, out: Path, *, progress: Progress = silent) -> LossesReport:
    """Write rows with what they are to the base and to the tuned model of a run.

    Four columns are added: `loss_base` and `loss_tuned`, the mean -log p of a token of the row's answers;
    `loss_change`, their difference, below 0 where training taught the row; `loss_tokens`. They are null where a row
    cannot be rendered, is longer than the model reads, or has no finite loss. A scoring that was killed goes on
    where it stopped.

    Args:
        run: Folder of a finished training run.
        data: Curated folder, file of any format, or rows; None for the rows that the run trained on.
        out: Parquet file to write.
        progress: Shows how far it is.

    Raises:
        InputError: `run` is no finished run, its model has changed, the data cannot be read, or another process writes
            `out`.
        OutputError: The file cannot be written.
    """
    require("torch", "transformers", "peft")
    if out.is_dir():
        raise output_error(IsADirectoryError(EISDIR, ""), out)
    models = find_models(run, read_run(run))
    rows = data if isinstance(data, Rows) else read_rows(run / "train.parquet" if data is None else data)
    taken = InputError("another gristmill writes this file", where=str(out), mend="Wait for it, or choose another -o")
    with held(out.parent / f".{out.name}.lock", taken=taken):  # before the work: it also tells whether one may write
        return _score(models, rows, out, progress)


def _score(models: Models, rows: Rows, out: Path, progress: Progress) -> LossesReport:
    """Score rows with both models, and write them."""
    folders, _, renderer = models
    rendered = list(renderer.render(conversations(rows)))
    context = context_length(load_config(folders[1]), renderer)
    reasons = [_reason(row, context) for row in rendered]
    whole = [row for row, reason in zip(rendered, reasons, strict=True) if isinstance(row, Rendered) and not reason]
    journal = Journal(out.parent / f".{out.name}.journal")
    nll, tokens = np.full((2, len(rendered)), np.nan), np.zeros(len(rendered), np.int32)
    places = _without(reasons)
    for side, folder in enumerate(folders):
        scores = _scores(whole, journal, folder, renderer, progress)
        nll[side, places] = [score.nll for score in scores]
        tokens[places] = [score.tokens for score in scores]
    for place in places[~np.isfinite(nll[:, places]).all(axis=0)]:
        reasons[place], nll[:, place], tokens[place] = "loss_not_finite", np.nan, 0
    places = _without(reasons)
    losses = nll / np.where(tokens, tokens, np.nan)
    write_table(out, _with_columns(rows.table, losses, tokens))
    journal.path.unlink(missing_ok=True)
    named = [(row, "unreadable") for row, _ in rows.unreadable]
    named += [(row, reason) for row, reason in zip(rows.numbers.tolist(), reasons, strict=True) if reason]
    weighed = tokens.sum()
    return LossesReport(
        out=out,
        rows=len(rendered),
        scored=len(places),
        reasons=dict(Counter(reason for _, reason in named).most_common()),
        examples={name: [row for row, reason in named if reason == name][:_FIRST] for _, name in named},
        base=float(np.nansum(nll[0]) / weighed) if weighed else None,
        tuned=float(np.nansum(nll[1]) / weighed) if weighed else None,
        quantiles=_quantiles(losses[:, places]),
    )


def _without(reasons: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give the places that no reason keeps from having losses."""
    return np.flatnonzero([not reason for reason in reasons])


def _reason(row: Rendered | Fault, context: int) -> str:
    """Say why a row has no losses; empty where it has."""
    if isinstance(row, Fault):
        return row.reason
    return "longer_than_context" if len(row.ids) > context else ""


def _scores(
    rows: Sequence[Rendered], journal: Journal, folder: Path, renderer: Renderer, progress: Progress
) -> list[Score]:
    """Score rows with one model, rows of like length together; what the journal has is not scored again."""
    name = fingerprint(folder)
    keys = [f"{name}:{digest([row])}" for row in rows]
    todo = [place for place, key in enumerate(keys) if journal.get(key) is None]
    todo.sort(key=lambda place: -len(rows[place].ids))
    if todo:
        model = LocalModel(load_network(folder), renderer, name=name)
        with progress(f"Scoring with {folder.resolve().name}", len(todo), "rows") as bar:
            for start in range(0, len(todo), _AT_ONCE):
                part = todo[start : start + _AT_ONCE]
                for place, score in zip(part, model.score([rows[place] for place in part]), strict=True):
                    journal.put(keys[place], score._asdict())
                bar.advance(len(part))
    found = [journal.get(key) or {} for key in keys]
    return [Score(read_number(each["nll"]), each["tokens"]) for each in found]


def _with_columns(table: pa.Table, losses: npt.NDArray[np.float64], tokens: npt.NDArray[np.int32]) -> pa.Table:
    """Put the columns behind the others; those of an earlier scoring make room."""
    missing = np.isnan(losses[0])
    values = (*losses, losses[1] - losses[0], tokens)
    table = table.drop_columns([name for name in LOSSES_SCHEMA.names if name in table.column_names])
    for field, column in zip(LOSSES_SCHEMA, values, strict=True):
        table = table.append_column(field, pa.array(column, field.type, mask=missing))
    return table


def _quantiles(losses: npt.NDArray[np.float64]) -> dict[str, list[float]]:
    """Give the 5, 50 and 95 % quantiles of each column over rows."""
    if not losses.size:
        return {}
    columns = zip(LOSSES_SCHEMA.names[:3], (*losses, losses[1] - losses[0]), strict=True)
    return {name: np.nanquantile(column, [0.05, 0.5, 0.95]).tolist() for name, column in columns}
