"""128-bit hashes of texts, so that equal texts can be found without keeping them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from curate.plain.choice import kernel_for
from schemas.buffers import text_buffers

WIDTH = 16
HASH = pa.binary(WIDTH)


def hashes(columns: Sequence[pa.StringArray]) -> pa.FixedSizeBinaryArray:
    """Hash each row of some columns of texts: XXH3, 128 bits, equal where all the texts are equal."""
    if len(columns) == 1:
        return _packed(_digests(columns[0]))
    width = WIDTH * len(columns)
    joined = np.hstack([np.frombuffer(_digests(column), dtype=np.uint8).reshape(-1, WIDTH) for column in columns])
    view = _memory(np.ascontiguousarray(joined).reshape(-1))
    digest = xxhash.xxh3_128_digest
    return _packed(b"".join([digest(view[start : start + width]) for start in range(0, len(view), width)]))


def hash_groups(column: "pa.ChunkedArray[Any]") -> npt.NDArray[np.int64]:  # Any: the stubs know no such scalar
    """Number the groups of equal hashes: (rows) int64, from 0 in the order of their first members."""
    if column.null_count:
        whole: Any = column.combine_chunks()  # Any: the stubs cannot tell an array from a scalar here
        coded: npt.NDArray[Any] = whole.dictionary_encode(null_encoding="encode").indices.to_numpy()  # Any: integers
        return coded.astype(np.int64)
    halves = hash_halves(column)
    numbers = np.empty(len(halves), dtype=np.int64)
    table = np.full(1 << max(4, (len(halves) * 3 // 2).bit_length()), -1, dtype=np.int64)
    kernel_for("groups", "number_groups", rows=len(halves))(halves, table, numbers)
    return numbers


def hash_halves(column: "pa.ChunkedArray[Any]") -> npt.NDArray[np.uint64]:  # Any: as above
    """Give hashes as (rows, 2) uint64."""
    return np.frombuffer(b"".join([_raw(chunk) for chunk in column.chunks if len(chunk)]), dtype=np.uint64).reshape(
        -1, 2
    )


def _digests(texts: pa.StringArray) -> bytes:
    data, starts = text_buffers(texts)
    view = _memory(data)
    digest = xxhash.xxh3_128_digest
    bounds = starts.tolist()
    return b"".join([digest(view[start:end]) for start, end in pairwise(bounds)])


def _packed(digests: bytes) -> pa.FixedSizeBinaryArray:
    rows = len(digests) // WIDTH
    return pa.FixedSizeBinaryArray.from_buffers(HASH, rows, [None, pa.py_buffer(digests)])  # type: ignore[return-value]  # the stubs give the class's parent


def _raw(chunk: "pa.Array[Any]") -> memoryview:  # Any: as above
    data: Any = chunk.buffers()[1]  # Any: numpy and memoryview read the buffer, the stubs do not say so
    return memoryview(data)[chunk.offset * WIDTH : (chunk.offset + len(chunk)) * WIDTH]


def _memory(data: Any) -> memoryview:  # Any: numpy arrays are buffers, their stubs do not say so
    return memoryview(data)
