"""Values that every reader of JSON takes: it knows no NaN and no infinity, which Python would write into it."""

import math
from typing import Any


def plain_json(value: Any) -> Any:  # Any: whatever JSON can hold
    """Give a value with null in the place of every number that is none, or is infinite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: plain_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(each) for each in value]
    return value
