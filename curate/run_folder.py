"""What lies in the folder of an earlier run, read row by row."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.arrow import indices
from curate.checks import MANIFEST
from curate.recipe import file_sha256
from curate.rows import Rows
from curate.signal_store import FOLDER as SIGNALS
from schemas.errors import InputError
from schemas.example import EXAMPLE_SCHEMA
from schemas.parquet import open_parquet

_ADDED = 4
"""Columns that stand behind those of a dropped row: its number, stage, reason and the id that it matches."""


class Row(NamedTuple):
    """A row of a run, by itself.

    Attributes:
        rows: The row as stages see it.
        beside: What else was written with it, by column.
    """

    rows: Rows
    beside: dict[str, Any]  # Any: columns of any type


class RunFolder:
    """The folder of a run.

    Args:
        path: The folder.

    Raises:
        InputError: No run wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = (path / MANIFEST).read_text(encoding="utf-8")
            self.manifest: dict[str, Any] = json.loads(text)  # Any: JSON
            self.rows = int(self.manifest["rows"])
            self.stages: list[dict[str, Any]] = list(self.manifest["stages"])  # Any: JSON
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(
                "no folder of a curation run", where=str(path), mend="Name the folder that gristmill curate wrote"
            ) from None

    def number(self, row: str) -> int:
        """Find the row that a number or an id names.

        Raises:
            InputError: There is none, or several rows share the id.
        """
        if row.isdecimal() and len(row) < 19:
            if not 1 <= int(row) <= self.rows:
                raise InputError(
                    f"there is no row {row}", where=str(self.path), mend=f"The run had rows 1 to {self.rows:,}"
                )
            return int(row)
        column = self._read("decisions", pc.field("id") == row, ["row"])["row"]
        numbers = sorted({int(each) for each in column.to_numpy().tolist()})
        if not numbers:  # a row that was mended is written under a new id
            places = np.flatnonzero(pc.equal(open_parquet(self._file("curated")).read(["id"])["id"], pa.scalar(row)))
            kept = self._read("decisions", pc.field("action") == "kept", ["row"])["row"].to_numpy()
            numbers = sorted(kept[places].tolist())
        if not numbers:
            raise InputError(
                f"no row has the id {row}", where=str(self.path), mend="Give an id of decisions.parquet, or a number"
            )
        if len(numbers) > 1:
            shown = ", ".join(map(str, numbers[:20])) + (" ..." if len(numbers) > 20 else "")
            raise InputError(
                f"{len(numbers):,} rows share this id: {shown}", where=str(self.path), mend="Name one by its number"
            )
        return numbers[0]

    def decisions(self, row: int) -> list[dict[str, Any]]:  # Any: columns of any type
        """Give the decisions on a row: its changes, then its fate."""
        return self._read("decisions", pc.field("row") == row).to_pylist()

    def row(self, row: int, action: str) -> Row | None:
        """Give a row that was kept, as the mends made it, or one that was dropped, as it came in."""
        if action == "dropped":
            schema = open_parquet(self._file("dropped")).schema_arrow
            name = schema.names[-_ADDED]
            table = self._read("dropped", pc.field(name) == row)
            return _row(table.select(schema.names[:-_ADDED]), row) if table.num_rows else None
        before = (pc.field("row") < row) & (pc.field("action") == "kept")
        return self._at("curated", self._read("decisions", before, ["row"]).num_rows, row)

    def quarantined(self, row: int) -> str:
        """Give the raw text of a row that was set aside."""
        found = self._read("quarantined", pc.field("row") == row, ["raw"])
        return str(found["raw"][0].as_py()) if found.num_rows else ""

    def measured(self, stage: str) -> bool:
        """Tell whether a stage left signals, which a mend does not."""
        return (self.path / SIGNALS / f"{stage}.parquet").is_file()

    def signals(self, stage: str, row: int) -> dict[str, Any]:  # Any: signals of any type
        """Give what a stage measured of a row; nothing where it did not."""
        if not self.measured(stage):
            return {}
        found = self._read(f"{SIGNALS}/{stage}", pc.field("row") == row)
        return found.drop_columns(["row", "id"]).to_pylist()[0] if found.num_rows else {}

    def came_in(self, row: int) -> Row | None:
        """Give a row as it came in, from the inputs; None where these are not the same files any more."""
        inputs: list[Mapping[str, Any]] = self.manifest["inputs"]  # Any: JSON
        for each in inputs:
            path = Path(each["name"])
            if each["sha256"] is None or not path.is_file() or file_sha256(path) != each["sha256"]:
                return None
        from schemas.formats import open_examples

        read_as = self.manifest.get("read_as", {})
        names = [Path(each["name"]) for each in inputs]
        for batch in open_examples(
            *names, columns=read_as.get("columns"), format=read_as.get("format"), keep_going=True
        ).batches():
            places = np.flatnonzero(batch.numbers.to_numpy() == row)
            if len(places):
                return _row(pa.Table.from_batches([batch.examples.take(indices(places))]), row)
        return None

    def _at(self, name: str, place: int, row: int) -> Row | None:
        """Read one row of a file by its place; of the file only the row group that holds it."""
        file = open_parquet(self._file(name))
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            if place < size:
                return _row(file.read_row_group(group).slice(place, 1), row)
            place -= size
        return None

    def _read(self, name: str, where: Any, columns: list[str] | None = None) -> pa.Table:  # Any: an Arrow expression
        """Read rows of a file that meet a condition; row groups that cannot hold any are passed over."""
        path = self._file(name)
        try:
            return pq.read_table(path, columns=columns, filters=where)
        except (pa.ArrowException, OSError) as error:
            detail = str(error).splitlines()[0].rstrip(".")
            raise InputError(f"damaged ({detail})", where=str(path), mend="Curate again") from error

    def _file(self, name: str) -> Path:
        path = self.path / f"{name}.parquet"
        if not path.is_file():
            raise InputError("no such file", where=str(path), mend="Curate again: a part of the run is missing")
        return path


def _row(table: pa.Table, row: int) -> Row:
    batch = table.combine_chunks().to_batches()[0]
    beside = {name: batch.column(name)[0].as_py() for name in batch.schema.names if name not in EXAMPLE_SCHEMA.names}
    return Row(Rows(batch, indices(np.array([row]))), beside)
