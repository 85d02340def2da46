"""The decision: what became of a row, and why."""

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

Action = Literal["kept", "dropped", "changed", "errored"]

_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("row", pa.int64(), nullable=False),
    pa.field("id", pa.string()),
    pa.field("stage", pa.string()),
    pa.field("action", pa.string(), nullable=False),
    pa.field("reason", pa.string()),
    pa.field("score", pa.float64()),
    pa.field("threshold", pa.float64()),
    pa.field("matched_row", pa.int64()),
    pa.field("matched_id", pa.string()),
    pa.field("evidence", pa.string()),
]
DECISION_SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one stage did to one row.

    Each row of the input has exactly one decision that is `kept`, `dropped` or `errored`, and any number that are
    `changed`.

    Attributes:
        row: Number of the row in the input, counted from 1 over all files in their order.
        id: Content hash of the row as it came in; None where it could not be read.
        stage: Name of the stage; None for `kept`.
        action: `kept`, `dropped`, `changed` or `errored`.
        reason: Code of the reason, for example `too_short`.
        score: The signal that decided.
        threshold: What it was held against.
        matched_row: Row that this one repeats.
        matched_id: Id of that row.
        evidence: A short excerpt or the error message.
    """

    row: int
    id: str | None
    stage: str | None
    action: Action
    reason: str | None = None
    score: float | None = None
    threshold: float | None = None
    matched_row: int | None = None
    matched_id: str | None = None
    evidence: str | None = None
