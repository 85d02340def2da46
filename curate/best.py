"""Which of several rows that repeat each other stays: the best, not the first."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices, strings
from curate.rows import Rows
from curate.stage import Column


def worth(rows: Rows, prefer: Sequence[str]) -> dict[str, Column]:
    """Measure what a row is worth among its copies.

    Args:
        rows: The rows.
        prefer: Documents (`source.document`) or strategies or models (`origin.strategy`, `origin.model`), best
            first.

    Returns:
        The signals `answer`, the characters of the response, and `preference`, the place of the row's source in
        `prefer`, or one past its end.
    """
    preference = np.full(len(rows), len(prefer), dtype=np.int32)
    if prefer:
        known = strings(list(prefer))
        for column, name in (("source", "document"), ("origin", "strategy"), ("origin", "model")):
            values = pc.struct_field(rows.examples.column(column), name)
            places = pc.fill_null(pc.index_in(values, value_set=known), len(prefer))
            preference = np.minimum(preference, places.to_numpy(zero_copy_only=False))
    return {"answer": pc.utf8_length(rows["response"]).cast(pa.int32()), "preference": preference}


def best_first(table: pa.Table, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Sort positions from best to worst: longest answer, preferred source, then id, then row.

    Id and row only settle ties; with the id the choice is the same in whatever order the rows came in.

    Args:
        table: Signals with the columns of `worth`, `row` and `id`.
        positions: Which of its rows to sort.
    """
    chosen = indices(positions)
    answer = table["answer"].take(chosen).to_numpy()
    preference = table["preference"].take(chosen).to_numpy()
    ids = table["id"].take(chosen).combine_chunks()
    tie = pc.rank(ids, tiebreaker="dense").to_numpy()
    order = np.lexsort((table["row"].take(chosen).to_numpy(), tie, preference, -answer.astype(np.int64)))
    return positions[order]


def best_of_groups(table: pa.Table, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the position of the best row of each group.

    Args:
        table: Signals as `best_first` takes them.
        groups: (rows) number of each row's group, from 0 on without gaps.
    """
    counts = np.bincount(groups)
    best = np.empty(len(counts), dtype=np.int64)
    best[groups] = np.arange(len(groups))
    order = best_first(table, np.flatnonzero(counts[groups] > 1))
    best[groups[order[::-1]]] = order[::-1]
    return best
