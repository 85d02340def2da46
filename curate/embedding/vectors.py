"""Vectors of rows as signals: half-precision lists, and back."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curate.arrow import plain
from curate.embedding.protocol import Embedder
from curate.rows import Rows, View


def embed_view(rows: Rows, view: View, embedder: Embedder) -> npt.NDArray[np.float16]:
    """Embed a view of some rows, (rows, dim) float16.

    Half precision halves the memory of a run, and hides the last digits, in which the sums of a network may differ
    with the company that a text keeps.
    """
    texts = rows.normal(view) if embedder.normal else rows[view]
    return embedder.embed(plain(texts)).astype(np.float16)


def vector_column(
    vectors: npt.NDArray[np.float16],
) -> "pa.FixedSizeListArray[Any, Any]":  # Any: the stubs' type of lists
    """Put (rows, dim) vectors into a column."""
    lists: Any = pa.FixedSizeListArray  # Any: the stubs know no half floats
    made: pa.FixedSizeListArray[Any, Any] = lists.from_arrays(
        pa.array(np.ascontiguousarray(vectors).reshape(-1)), vectors.shape[1]
    )
    return made


def column_vectors(column: "pa.ChunkedArray[Any] | pa.Array[Any]") -> npt.NDArray[np.float16]:  # Any: as above
    """Give the vectors of a column, (rows, dim) float16; its rows are not null."""
    kind: Any = column.type  # Any: as above
    chunks: Any = column.chunks if isinstance(column, pa.ChunkedArray) else [column]  # Any: as above
    flat = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in chunks]
    return np.concatenate([np.zeros(0, dtype=np.float16), *flat]).reshape(-1, kind.list_size)
