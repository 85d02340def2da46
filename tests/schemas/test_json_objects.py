"""JSON objects are found whatever a model wrote around them."""

import pytest

from schemas.json_objects import json_objects


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("no braces", [], id="no object"),
        pytest.param('Here: {"a": 1}. Done {"b": 2}', [{"a": 1}, {"b": 2}], id="two among words"),
        pytest.param('{"a": {"b": 1}}', [{"a": {"b": 1}}], id="an inner one is none"),
        pytest.param('{broken {"a": 1}', [{"a": 1}], id="behind a broken one"),
        pytest.param('{"a": "two\nlines"}', [{"a": "two\nlines"}], id="a line end in a string"),
        pytest.param('[1, {"a": 1}]', [{"a": 1}], id="in a list"),
        pytest.param("{" * 3_000, [], id="braces alone"),
    ],
)
def test_objects_are_found_in_order(text: str, found: list[dict[str, object]]) -> None:
    assert list(json_objects(text)) == found
