"""Groups to select from side by side: who made a row, which document it is from, or what it is about."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import strings
from curate.embedding.centres import find_centres, nearest
from curate.rows import Rows
from schemas.errors import InputError

TOPICS = 50


def strata(rows: Rows, stratify: str) -> pa.StringArray:
    """Give the group of each row, the empty string where it has none.

    Args:
        rows: The rows.
        stratify: `source` for strategy and model of the origin, `document` for the document of the source, `topic` or
            the empty string for one group, anything else for a column of the rows.

    Raises:
        InputError: There is no such column, or it cannot be a name.
    """
    examples = rows.examples
    if stratify in {"", "topic"}:
        return strings([""] * len(rows))
    if stratify == "document":
        return _filled(pc.struct_field(examples.column("source"), "document"))
    if stratify == "source":
        parts = [_filled(pc.struct_field(examples.column("origin"), name)) for name in ("strategy", "model")]
        joined: Any = pc.binary_join_element_wise(*parts, " ")  # type: ignore[call-overload]  # the stubs want scalars
        return joined  # type: ignore[no-any-return]  # as above
    if stratify not in examples.schema.names:
        raise InputError(
            f"there is no column {stratify!r} to stratify by",
            where="stage select",
            mend=f"Choose source, document, topic, or one of {', '.join(examples.schema.names)}",
        )
    values = examples.column(stratify)
    if pa.types.is_nested(values.type):
        raise InputError(f"the column {stratify!r} holds no names", where="stage select", mend="Choose another column")
    return _filled(values)


def topics(vectors: npt.NDArray[np.float32], *, seed: int) -> npt.NDArray[np.int64]:
    """Number the topics of some vectors, by seeded k-means: about one for 40 rows, and 50 at most."""
    centres = find_centres(vectors, max(1, min(TOPICS, len(vectors) // 40)), seed=seed)
    if not len(centres):
        return np.zeros(len(vectors), dtype=np.int64)
    return nearest(vectors, centres, 1)[:, 0]


def _filled(values: Any) -> pa.StringArray:  # Any: columns are of any type
    made: pa.StringArray = values.cast(pa.string()).fill_null("")
    return made
