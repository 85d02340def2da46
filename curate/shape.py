"""The sizes that the report shows before and after: words of both sides, and turns."""

import numpy as np
import pyarrow as pa

from curate.rows import Rows
from curate.stage import signals


def shape(rows: Rows) -> pa.RecordBatch:
    """Measure `instruction` and `response` in words and `turns` in messages, int32."""
    return signals(
        instruction=rows.words("instruction"),
        response=rows.words("response"),
        turns=rows.turns().astype(np.int32),
    )
