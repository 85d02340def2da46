"""The mend that puts typed marks in the place of private data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from curate.private.drop import check, texts
from curate.private.find import redact, suspects
from curate.private.row import clean, described
from curate.private.span import KINDS, Kind
from curate.rows import Rows, replace_rows
from curate.stage import Mended

REASON = "private_data_redacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Put a mark such as `[EMAIL]` in the place of each private datum, in every turn and in the context.

    The same datum gets its mark wherever it stands in the row. A source's quote that holds one becomes null, for a
    mark in it would break its offsets; the rest of the source stays. Other columns are not read.

    Attributes:
        kinds: Which kinds to redact.
    """

    kinds: tuple[Kind, ...] = KINDS

    def __post_init__(self) -> None:
        check(self.kinds, "mend redact")

    @property
    def name(self) -> str:
        """Name of the mend."""
        return "redact"

    def mend(self, rows: Rows, /) -> Mended:
        """Give the rows without private data; the evidence says how many of each kind."""
        changed = np.zeros(len(rows), dtype=bool)
        evidence: list[str | None] = [None] * len(rows)
        quotes: Any = pc.fill_null(pc.struct_field(rows.examples.column("source"), "quote"), "")  # Any: strings
        chosen = suspects([rows["whole"], rows["context"], quotes])
        columns: dict[str, list[Any]] = {"messages": [], "context": [], "source": []}  # Any: column values
        places = []
        for place, turns, context in texts(rows, chosen):
            cleaned = clean(turns, context, self.kinds)
            source = rows.examples.column("source")[place].as_py()
            quote = (source or {}).get("quote") or ""
            quoted = redact(quote, self.kinds)[1] if quote else None
            if not cleaned.counts and not quoted:
                continue
            parts = [described(cleaned.counts)] if cleaned.counts else []
            if quoted:
                parts.append(f"the source's quote taken out for {described(quoted)}")
                source = {**source, "quote": None}
            changed[place], evidence[place] = True, "; ".join(parts)
            places.append(place)
            for name, value in (("messages", cleaned.turns), ("context", cleaned.context), ("source", source)):
                columns[name].append(value)
        if not places:
            return Mended(rows.examples, changed, REASON, evidence)
        new: dict[str, Sequence[Any]] = dict(columns)  # Any: as above
        return Mended(replace_rows(rows.examples, np.array(places), new), changed, REASON, evidence)
