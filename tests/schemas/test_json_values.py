import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.json_values import plain_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_becomes_null(value: float) -> None:
    assert plain_json({"a": [1.5, (value, "NaN")], "b": {"c": value}}) == {"a": [1.5, [None, "NaN"]], "b": {"c": None}}


@given(JSON)
def test_every_reader_takes_it_and_the_rest_is_as_it_was(value: Any) -> None:
    def of(constant: str) -> None:
        raise AssertionError(constant)

    assert json.loads(json.dumps(plain_json(value)), parse_constant=of) == json.loads(
        json.dumps(value), parse_constant=lambda _: None
    )
