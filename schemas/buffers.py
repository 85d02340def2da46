"""Memory shared between Arrow and numpy."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def text_buffers(
    texts: "pa.Array[Any]",
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:  # Any: the stubs' scalar
    """Give the bytes of all texts and the (rows + 1) offsets into them, without copying the bytes."""
    if not len(texts) or pa.types.is_null(texts.type):
        return np.zeros(0, dtype=np.uint8), np.zeros(len(texts) + 1, dtype=np.int64)
    offsets: Any = texts.buffers()[1]  # Any: numpy reads the buffer, the stubs do not say so
    data: Any = texts.buffers()[2]  # Any: as above
    starts = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return np.frombuffer(data or b"", dtype=np.uint8), starts


def buffer(values: Any) -> pa.Buffer:  # Any: numpy arrays are buffers, their stubs do not say so
    """Give the memory of a numpy array to Arrow."""
    return pa.py_buffer(values)
