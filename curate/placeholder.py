"""Placeholder inputs: a context that only says that there is none is taken out of the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from curate.arrow import indices, plain
from curate.markers import CONTEXT, markers
from curate.rows import SEPARATOR, Rows, replace_rows
from curate.stage import Mended

Turn = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """Blank a context that is only `<noinput>`, `N/A`, `None` or their like (`curate.markers`).

    The user turn that ends with a blank line and that context loses both. The row keeps everything else, and gets the
    id of what it now says.
    """

    @property
    def name(self) -> str:
        """Name of the mend."""
        return "placeholder"

    def mend(self, rows: Rows, /) -> Mended:
        """Give the rows without their placeholder contexts."""
        changed = markers(rows["context"], CONTEXT)
        places = np.flatnonzero(changed)
        evidence: list[str | None] = [None] * len(rows)
        if not len(places):
            return Mended(rows.examples, changed, "placeholder_context", evidence)
        chosen = indices(places)
        contexts = plain(rows["context"].take(chosen))
        column: Any = rows.examples.column("messages")  # Any: the stubs know no list of structs
        turns = [without(*pair) for pair in zip(column.take(chosen).to_pylist(), contexts, strict=True)]
        for place, context in zip(places.tolist(), contexts, strict=True):
            evidence[place] = context
        columns: dict[str, Sequence[Any]] = {"messages": turns, "context": [""] * len(places)}  # Any: column values
        return Mended(replace_rows(rows.examples, places, columns), changed, "placeholder_context", evidence)


def without(turns: Sequence[Turn], context: str) -> list[Turn]:
    """Take a context off the end of the user turns that end with it."""
    tail = SEPARATOR + context
    return [
        {**turn, "content": turn["content"].removesuffix(tail)} if turn["role"] == "user" and turn["content"] else turn
        for turn in turns
    ]
