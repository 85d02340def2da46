"""Short ways to read and write the formats."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from schemas.formats import Batch, open_examples

Rows = list[dict[str, Any]]  # Any: whatever JSON holds


@pytest.fixture
def read() -> Callable[..., tuple[pa.Table, list[Any]]]:
    """Give a function that reads inputs into one table and the list of rejects."""

    def reading(*inputs: Any, **options: Any) -> tuple[pa.Table, list[Any]]:
        opened = open_examples(*inputs, **options)
        batches = list(opened.batches())
        table = pa.Table.from_batches([each.examples for each in batches], schema=opened.schema)
        return table, [reject for each in batches for reject in each.rejects]

    return reading


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes rows, or raw lines, into a JSONL file."""

    def write(*rows: Any, name: str = "pairs.jsonl") -> Path:
        path = tmp_path / name
        lines = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def messages_of() -> Callable[[pa.Table], list[list[tuple[str, str]]]]:
    """Give a function that takes the turns out of a table."""

    def take(table: pa.Table) -> list[list[tuple[str, str]]]:
        rows: list[Any] = table["messages"].to_pylist()  # Any: the stubs do not know what a column holds
        return [[(turn["role"], turn["content"]) for turn in row] for row in rows]

    return take


@pytest.fixture
def count() -> Callable[[list[Batch]], int]:
    """Give a function that counts examples and rejects of batches."""
    return lambda batches: sum(each.examples.num_rows + len(each.rejects) for each in batches)
