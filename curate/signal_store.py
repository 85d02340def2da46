"""Signals kept from run to run: what was measured once is not measured again for the same text.

Each stage has one Parquet file, with the row's number and id beside its signals. Only stages that say that their
signals depend on the text alone (`by_text`) are read again, and only under the same measure: the same kind of stage,
the same settings but for its thresholds, the same files and models, the same version of ours.
"""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curate.arrow import indices, strings
from curate.calls import attempt, joined_batch, joined_table
from curate.ledger import Failure
from curate.recipe import kind_of, settings_of, versions
from curate.rows import Rows
from curate.stage import Stage
from schemas.atomic import atomic_file, make_folder, writing

FOLDER = "signals"
MEASURE = b"gristmill.measure"
_ID = "S32"


class Kept(NamedTuple):
    """Signals of an earlier run, sorted by the ids of their rows."""

    ids: npt.NDArray[np.bytes_]
    signals: pa.Table

    def find(self, ids: pa.StringArray) -> npt.NDArray[np.int64]:
        """Give the place of each id among those kept, -1 where it is none of them."""
        wanted = id_bytes(ids)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[places] == wanted, places, -1)


class SignalStore:
    """The signals of a run.

    Args:
        old: Folder with those of an earlier run; None for none.
        new: Folder to write those of this run to; None to write none.
    """

    def __init__(self, old: Path | None, new: Path | None) -> None:
        self.old = old
        self.new = new
        self._writer = ThreadPoolExecutor(1)
        self._written: list[Future[None]] = []

    @property
    def writes(self) -> bool:
        """Whether the signals of this run are kept."""
        return self.new is not None

    def load(self, name: str, stage: Stage) -> Kept | None:
        """Read what an earlier run measured in the same way; None where there is nothing of that kind."""
        file = None if self.old is None else self.old / f"{name}.parquet"
        if file is None or not file.is_file() or not getattr(stage, "by_text", False):
            return None
        try:
            with pq.ParquetFile(file) as opened:
                if (opened.schema_arrow.metadata or {}).get(MEASURE, b"").decode() != measure_key(stage):
                    return None
                table = opened.read()
        except (pa.ArrowException, OSError, UnicodeDecodeError):
            return None  # a damaged file costs only the measuring that it would have saved
        if hasattr(stage, "lasting"):
            table = table.filter(stage.lasting(table))
        if not table.num_rows:
            return None
        ids = id_bytes(strings(table["id"].combine_chunks()))
        order = np.argsort(ids, kind="stable")
        return Kept(ids[order], table.drop_columns(["row", "id"]).take(indices(order)))

    def save(self, name: str, stage: Stage, signals: pa.Table, kept: Kept | None = None) -> None:
        """Write the signals of a stage, which have the columns `row` and `id`.

        Args:
            name: Name of the stage.
            stage: The stage.
            signals: What was measured, and found among what was kept.
            kept: What an earlier run left, to be kept further though its rows were not judged this time.
        """
        if self.new is None:
            return
        if kept is not None:
            signals = _with_others(signals, kept)
        make_folder(self.new)
        self._written.append(self._writer.submit(self._write, self.new / f"{name}.parquet", stage, signals))

    def stop(self) -> None:
        """Wait until nothing is being written, whatever became of it."""
        self._writer.shutdown(cancel_futures=True)

    def finish(self) -> None:
        """Wait until everything is written.

        Raises:
            OutputError: It cannot be written.
        """
        self._writer.shutdown()
        for each in self._written:
            each.result()

    def _write(self, file: Path, stage: Stage, signals: pa.Table) -> None:
        """Write one file."""
        flat = signals.select(["row", "id", *(each for each in signals.column_names if each not in {"row", "id"})])
        with atomic_file(file) as partial, writing(file):
            pq.write_table(
                flat.replace_schema_metadata({MEASURE: measure_key(stage).encode()}),
                partial,
                compression="lz4",
                use_dictionary=False,
            )


def measure_key(stage: Stage) -> str:
    """Hash what the signals of a stage depend on, besides the rows."""
    thresholds = set(getattr(stage, "thresholds", ()))
    whole = {
        "kind": kind_of(stage),
        "settings": {name: value for name, value in settings_of(stage).items() if name not in thresholds},
        "fingerprint": getattr(stage, "fingerprint", ""),
        "versions": {name: each for name, each in versions().items() if name != "python"},
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]


def id_bytes(ids: pa.StringArray) -> npt.NDArray[np.bytes_]:
    """Give ids as an array of bytes that can be sorted and searched."""
    fixed: Any = pc.cast(ids, pa.binary(32))  # Any: the stubs know no such type
    data: Any = fixed.buffers()[1]  # Any: numpy reads the buffer, the stubs do not say so
    if data is None or not len(ids):
        return np.zeros(0, dtype=_ID)
    return np.frombuffer(data, dtype=_ID)[fixed.offset : fixed.offset + len(ids)]


class Known:
    """Some rows, and those of them that have to be measured.

    Args:
        rows: The rows.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._parts: dict[bytes, Rows] = {}

    def measured(
        self, name: str, measure: Callable[[Rows], pa.RecordBatch], kept: Kept | None, came_in: dict[int, str]
    ) -> tuple[pa.RecordBatch, list[Failure], npt.NDArray[np.int64]]:
        """Measure the rows, but for those that an earlier run measured.

        Returns:
            The signals of the good rows; the failures; the places of the good rows.
        """
        places = np.full(len(self.rows), -1) if kept is None else kept.find(self.rows.ids)
        new = np.flatnonzero(places < 0)
        if kept is None or len(new) == len(self.rows):
            parts, failed, good = attempt(name, measure, self.rows, came_in)
            return joined_batch(name, parts, len(good)), failed, good
        parts, failed, good = attempt(name, measure, self._part(new), came_in) if len(new) else ([], [], new)
        left = np.sort(np.concatenate([np.flatnonzero(places >= 0), new[good]]))
        return merged(kept, places[left], joined_table(name, parts)).combine_chunks().to_batches()[0], failed, left

    def _part(self, places: npt.NDArray[np.int64]) -> Rows:
        """Give some of the rows: the same object for all stages that ask for the same, for it holds their views."""
        key = places.tobytes()
        if key not in self._parts:
            self._parts[key] = self.rows.take(places)
        return self._parts[key]


def _with_others(signals: pa.Table, kept: Kept) -> pa.Table:
    """Put the signals of rows that were not judged behind those of the rows that were, with no row number."""
    others = np.flatnonzero(~np.isin(kept.ids, id_bytes(strings(signals["id"].combine_chunks()))))
    rest = kept.signals.take(indices(others))
    rest = rest.append_column("row", pa.nulls(len(others), pa.int64()))
    rest = rest.append_column("id", pa.array(kept.ids[others].astype(str), pa.string()))
    return pa.concat_tables([signals, rest.select(signals.column_names)], promote_options="permissive")


def merged(kept: Kept, places: npt.NDArray[np.int64], measured: pa.Table) -> pa.Table:
    """Put signals of an earlier run and those just measured together, in the order of the rows.

    Args:
        kept: The earlier ones.
        places: (rows) which of them a row has; -1 for a row that was measured.
        measured: The signals of those, in their order.
    """
    old = kept.signals.take(indices(places[places >= 0]))
    if not measured.num_rows:
        return old
    table = pa.concat_tables([old, measured], promote_options="permissive")
    order = np.empty(len(places), dtype=np.int64)
    order[places >= 0] = np.arange(old.num_rows)
    order[places < 0] = old.num_rows + np.arange(measured.num_rows)
    return table.take(indices(order))
