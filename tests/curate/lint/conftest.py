import json
from collections.abc import Callable

import pytest

from curate.lint import CODES, Lint
from curate.rows import Rows

HitsOf = Callable[..., dict[str, str]]


@pytest.fixture
def hits_of(rows_of: Callable[..., Rows]) -> HitsOf:
    """Give the evidence of all rules that hit one row, by code."""

    def hits(instruction: str, response: str, context: str | None = None) -> dict[str, str]:
        told = instruction if context is None else f"{instruction}\n\n{context}"
        row = (told, response) if context is None else (told, response, context)
        measured = Lint().measure(rows_of([row])).to_pylist()[0]
        codes = [code for place, code in enumerate(CODES) if measured["hits"] >> place & 1]
        evidence = json.loads(measured["evidence"] or "[]")
        return dict(zip(codes, evidence, strict=True))

    return hits
