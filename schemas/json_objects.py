"""JSON objects in what a model wrote, with words before, between and behind them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def json_objects(text: str) -> Iterator[Mapping[str, Any]]:  # Any: JSON
    """Find the JSON objects in a text, one after the other; what lies inside one is none.

    A bare line end inside a string, which models like to write, does no harm.
    """
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            if isinstance(value, dict):
                yield value
        start = text.find("{", end)
