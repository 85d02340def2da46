"""Steps between numpy and Arrow whose types pyarrow's stubs do not tell."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.buffers import buffer


def indices(positions: npt.NDArray[Any], missing: npt.NDArray[Any] | None = None) -> pa.Int64Array:  # Any: any integer
    """Give positions as an Arrow array to take rows by; null, and so a null row, where one is missing."""
    return pa.array(positions, type=pa.int64(), mask=missing)


def mask(values: npt.NDArray[Any]) -> pa.BooleanArray:  # Any: booleans
    """Give booleans as an Arrow array to filter by."""
    return pa.array(values, type=pa.bool_())


def equals(column: "pa.ChunkedArray[Any] | pa.Array[Any]", value: str | int) -> pa.BooleanArray:  # Any: any type
    """Tell where a column holds a value."""
    return pc.equal(column, pa.scalar(value))


def plain(texts: "pa.ChunkedArray[Any] | pa.Array[Any]") -> list[str]:  # Any: strings of either width
    """Give texts, none of them null, as Python strings."""
    return cast("list[str]", texts.to_pylist())


def strings(values: Any) -> pa.StringArray:  # Any: a sequence or an array of objects
    """Give strings as an Arrow array."""
    return pa.array(values, type=pa.string())


def spread(
    column: "pa.ChunkedArray[Any]", places: npt.NDArray[np.int64], rows: int
) -> "pa.Array[Any]":  # Any: any type
    """Put values at ascending places of a column that is null elsewhere.

    Texts stay where they are and only get new offsets: `take` would set aside the mean text's bytes for each null too.
    """
    # Any: the stubs know no large strings
    whole: Any = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()  # which copies even one chunk
    if not isinstance(whole, pa.LargeStringArray):
        chosen = np.full(rows, -1, dtype=np.int64)
        chosen[places] = np.arange(len(places))
        return column.take(indices(chosen, chosen < 0)).combine_chunks()
    buffers: list[Any] = whole.buffers()  # Any: numpy reads them, the stubs do not say so
    starts = np.frombuffer(buffers[1] or bytes(8), dtype=np.int64)[whole.offset : whole.offset + len(whole) + 1]
    offsets = np.zeros(rows + 1, dtype=np.int64)
    offsets[places + 1] = np.diff(starts)
    offsets[0] = starts[0]
    np.cumsum(offsets, out=offsets)
    valid = np.zeros(rows, dtype=bool)
    valid[places] = whole.is_valid().to_numpy(zero_copy_only=False)
    bits: Any = mask(valid).buffers()[1]  # Any: as above
    return pa.LargeStringArray.from_buffers(rows, buffer(offsets), buffers[2], bits)


def lists(values: npt.NDArray[Any]) -> "pa.Array[Any]":  # Any: numbers of any type
    """Give (rows, width) as a column of lists of one length."""
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])


def list_column(column: "pa.ChunkedArray[Any]", kind: Any, width: int) -> npt.NDArray[Any]:  # Any: numbers of any type
    """Give a column of lists of one length as (rows, width)."""
    chunks: list[Any] = column.chunks  # Any: the stubs know no fixed-size lists
    flat = [chunk.flatten().to_numpy() for chunk in chunks]
    # A single chunk is not copied: at ten million rows a copy is a gigabyte.
    whole = flat[0] if len(flat) == 1 else np.concatenate([np.zeros(0, dtype=kind), *flat])
    return whole.reshape(-1, width)


def common(numbers: npt.NDArray[np.int64], among: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give the places of those numbers that stand among others; both ascend, and the others may be many more."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64)
    start, end = np.searchsorted(among, [numbers[0], numbers[-1] + 1])
    return np.flatnonzero(np.isin(numbers, among[start:end], assume_unique=True))
