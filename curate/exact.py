"""Exact duplicates: rows whose normal forms are equal in every view that counts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.arrow import indices
from curate.best import best_of_groups, worth
from curate.hashing import hash_groups, hashes
from curate.rows import Rows, View
from curate.stage import Verdicts, keep, signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """Keep one of the rows that say the same, sign by sign in the normal form (`schemas.normal`).

    The one with the longest answer stays; among equals the one from the preferred source, then the lowest id.

    Attributes:
        of: Views that must all be equal. `prompt` is everything before the last answer, so that conversations that
            merely end alike stay apart; in a row of two turns it is the instruction.
        prefer: Documents, strategies or models whose rows to prefer, best first.
    """

    of: tuple[View, ...] = ("prompt", "response", "context")
    prefer: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the stage."""
        return "exact"

    @property
    def by_text(self) -> bool:
        """What a row is worth depends on its source where some are preferred."""
        return not self.prefer

    def measure(self, rows: Rows, /) -> pa.RecordBatch:
        """Signals: `hash`, 128 bits of the normal forms; `answer` and `preference` (`curate.best`)."""
        # A normal form holds no line end, so the joined text tells which view is which.
        forms = [rows.normal(view) for view in self.of]
        whole: Any = pc.binary_join_element_wise(*forms, "\n")  # type: ignore[call-overload]  # the stubs want scalars
        return signals(hash=hashes([whole]), **worth(rows, self.prefer))

    def decide(self, signals: pa.Table, /) -> Verdicts:
        """Drop all but the best of each group of equal hashes."""
        groups = hash_groups(signals["hash"])
        matched = best_of_groups(signals, groups)[groups]
        dropped = matched != np.arange(len(groups))
        return keep(where=~dropped, reason="exact_duplicate", matched=indices(matched, ~dropped))
