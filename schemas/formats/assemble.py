"""What every kind of input gives, and how examples and ride-along columns become one record batch."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from schemas.example import EXAMPLE_SCHEMA, ORIGIN_TYPE, SOURCE_TYPE
from schemas.formats.columns import Converted, ids
from schemas.formats.shapes import AnyArray, Shape, decode, encode, holds_json


class Piece(NamedTuple):
    """A stretch of rows of one input, numbered from 1 in this input."""

    first: int
    rows: int
    kept: "np.ndarray[Any, np.dtype[np.int64]]"
    examples: pa.RecordBatch
    rejects: list[tuple[int, str, str]]


class Input(Protocol):
    """One opened input.

    Attributes:
        name: What it is called in errors.
        fields: Columns that ride along, for inputs that have Arrow types.
        shapes: The same for inputs that hold JSON values.
    """

    name: str
    fields: "list[pa.Field[Any]]"
    shapes: dict[str, Shape]

    def pieces(self, rows: int, schema: pa.Schema) -> Iterator[Piece]:
        """Read it from the start."""
        ...


def examples_batch(
    schema: pa.Schema, found: Converted, own: Mapping[str, AnyArray], along: Mapping[str, AnyArray]
) -> pa.RecordBatch:
    """Put the columns of examples together.

    Args:
        schema: All columns of the batch, EXAMPLE_SCHEMA's first.
        found: Messages and contexts.
        own: The columns `source` and `origin`, where there are any.
        along: The columns that ride along; those of the schema that are missing become null.
    """
    count = len(found.kept)
    columns = [ids(found.messages, found.context), found.messages, found.context]
    for name, kind in (("source", SOURCE_TYPE), ("origin", ORIGIN_TYPE)):
        columns.append(own[name].cast(kind) if name in own else pa.nulls(count, kind))
    rest = list(schema)[len(EXAMPLE_SCHEMA) :]
    columns += [along[each.name] if each.name in along else pa.nulls(count, each.type) for each in rest]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def as_field(array: AnyArray, field: "pa.Field[Any]", target: "pa.Field[Any]") -> AnyArray:
    """Give a column the type that the columns of this name have over all inputs."""
    if holds_json(target) and not holds_json(field):
        return encode(decode(array, field), target)
    return array if array.type == target.type else array.cast(target.type)
