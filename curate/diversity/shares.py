"""Which share of the rows each document, strategy and model has, before and after."""

from collections import Counter
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

ORIGINS = {"document": ("source", "document"), "strategy": ("origin", "strategy"), "model": ("origin", "model")}


class Share(NamedTuple):
    """How many rows something has, of all rows, before and after."""

    name: str
    before: int
    after: int


def shares(before: pa.Table, after: pa.Table) -> dict[str, list[Share]]:
    """Count rows by document, strategy and model, the most first; what no row tells is left out.

    Args:
        before: Examples.
        after: Examples.
    """
    found = {}
    for name, (column, field) in ORIGINS.items():
        counts = [_counts(table, column, field) for table in (before, after)]
        names = sorted(counts[0].keys() | counts[1].keys(), key=lambda each: (-counts[0][each], -counts[1][each], each))
        if names:
            found[name] = [Share(each, counts[0][each], counts[1][each]) for each in names]
    return found


def _counts(table: pa.Table, column: str, field: str) -> Counter[str]:
    if column not in table.column_names or not pa.types.is_struct(table.schema.field(column).type):
        return Counter()
    values: Any = pc.struct_field(table[column], field)  # Any: the stubs lose the type
    counted: list[dict[str, Any]] = pc.value_counts(values).to_pylist()  # Any: as above
    return Counter({each["values"]: each["counts"] for each in counted if each["values"]})
