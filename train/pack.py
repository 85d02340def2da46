"""Packing: rows share sequences of one length, and which row lies where is kept beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from train.rendered import Rendered

if TYPE_CHECKING:
    from datasets import Dataset  # type: ignore[import-untyped] # it ships no types

_SHORTEST = 512
_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("pack", pa.int64(), nullable=False),
    pa.field("row", pa.int64(), nullable=False),
    pa.field("id", pa.string(), nullable=False),
    pa.field("start", pa.int32(), nullable=False),
    pa.field("tokens", pa.int32(), nullable=False),
    pa.field("trained", pa.int32(), nullable=False),
]
PACKS_SCHEMA = pa.schema(_FIELDS)


class Packed(NamedTuple):
    """Rows packed for TRL.

    Attributes:
        dataset: `input_ids`, `labels` and `seq_lengths` of each pack.
        places: A table of `PACKS_SCHEMA`: which row lies where in which pack, packs counted from 0.
        length: Most tokens of a pack.
    """

    dataset: "Dataset"
    places: pa.Table
    length: int


def pack_length(max_length: int, context: int) -> int:
    """Choose the length of packs: that of the longest row, but enough to hold several rows, within the context."""
    return max(max_length, min(_SHORTEST, context))


def pack(rows: Sequence[Rendered], length: int) -> Packed:
    """Pack whole rows, none longer than `length`, best fit decreasing; padding-free attention keeps them apart."""
    import datasets
    from trl.data_utils import pack_dataset

    lengths = np.array([len(row.ids) for row in rows], np.int64)
    offsets = np.concatenate([[0], lengths.cumsum()])
    columns = {
        "input_ids": np.concatenate([row.ids for row in rows]),
        "labels": np.concatenate([row.labels for row in rows]),
        "place": np.repeat(np.arange(len(rows), dtype=np.int32), lengths),
    }
    lists = {name: pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(each)) for name, each in columns.items()}
    table = pa.table(lists)
    bars = datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        packed = pack_dataset(datasets.Dataset(table), length, "bfd")
    finally:
        if not bars:
            datasets.enable_progress_bars()
    places = _places(rows, packed.select_columns(["place", "seq_lengths"]).with_format("arrow")[:])
    return Packed(packed.remove_columns(["place"]), places, length)


def _places(rows: Sequence[Rendered], packed: pa.Table) -> pa.Table:
    """Tell which row lies where: `place` numbers the row of each token, `seq_lengths` gives the tokens of each row."""
    lengths: Any = packed["seq_lengths"].combine_chunks()  # Any: the stubs know no lists
    owners: Any = packed["place"].combine_chunks()
    tokens, counts = lengths.flatten().to_numpy(), lengths.value_lengths().to_numpy()
    starts = tokens.cumsum() - tokens
    order = owners.flatten().to_numpy()[starts]
    first = np.repeat(starts[counts.cumsum() - counts], counts)
    columns = {
        "pack": np.repeat(np.arange(len(counts)), counts),
        "row": [rows[place].row for place in order],
        "id": [rows[place].id for place in order],
        "start": starts - first,
        "tokens": tokens,
        "trained": np.array([np.count_nonzero(row.learnt) for row in rows])[order],
    }
    return pa.table(columns, schema=PACKS_SCHEMA)
