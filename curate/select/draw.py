"""An order by lot that depends on what the rows say and on the seed, not on the order in which they came."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from curate.arrow import plain


def by_lot(ids: "pa.ChunkedArray[Any] | pa.Array[Any]", seed: int) -> npt.NDArray[np.int64]:  # Any: strings
    """Give the positions of some rows in an order drawn by lot; rows of one id stay in the order they have.

    Args:
        ids: Ids of the rows.
        seed: Settles the order.
    """
    digest = xxhash.xxh3_64_intdigest
    lots = np.fromiter(
        (digest(each.encode(), seed & 0xFFFFFFFF) for each in plain(ids)), dtype=np.uint64, count=len(ids)
    )
    return np.argsort(lots, kind="stable")
