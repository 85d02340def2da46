"""Front matter is recognised by its fences; its values become JSON, and no YAML can harm."""

import json
import time

import pytest

from generate.front_matter import front_matter, front_matter_end


@pytest.mark.parametrize(
    ("text", "end", "values"),
    [
        ("---\na: 1\n---\ntext", 13, {"a": 1}),
        ("---\r\na: 1\r\n---\r\ntext", 16, {"a": 1}),
        ("---\na: 1\n...\n", 13, {"a": 1}),
        ("---\n---\n", 8, {}),
        (
            "---\nd: 2025-01-31\nt: 2025-01-31T10:00:00Z\n---\n",
            46,
            {"d": "2025-01-31", "t": "2025-01-31T10:00:00+00:00"},
        ),
        ("---\nx: {1: [a, .inf]}\n---\n", 26, {"x": {"1": ["a", "inf"]}}),
        ("+++\na = 1\n+++\n", 14, {"a": 1}),
        ("---\na: [broken\n---\ntext", 19, {}),
        ("---\na: 2025-13-45\n---\n", 22, {}),
        ("---\nJust a text between rules.\n---\n", 0, {}),
        ("---\na: 1\n", 0, {}),
        ("text\n---\na: 1\n---\n", 0, {}),
        ("", 0, {}),
    ],
    ids=[
        "yaml",
        "crlf",
        "dots",
        "empty",
        "dates",
        "odd",
        "toml",
        "broken",
        "bad date",
        "rules",
        "open",
        "later",
        "nothing",
    ],
)
def test_front_matter_is_found(text: str, end: int, values: dict[str, object]) -> None:
    found = front_matter(text)
    assert (found.end, found.values) == (end, values)
    assert front_matter_end(text) == end
    assert json.loads(found.metadata) == values


@pytest.mark.parametrize(
    "yaml",
    [
        "a: &a [x,x]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(24)),
        "a: &a [*a]\n",
        "a: " + "[" * 3_000,
        "a: " + "9" * 6_000,
        "a: b\n" * 20_000,
        "a: !!python/object/apply:os.system [true]\n",
    ],
    ids=["laughs", "loop", "deep", "long number", "large", "object"],
)
def test_hostile_yaml_says_nothing_and_takes_no_time(yaml: str) -> None:
    start = time.process_time()
    found = front_matter(f"---\n{yaml}---\n" if yaml.endswith("\n") else f"---\n{yaml}\n---\n")
    assert found.end > 0
    assert found.values == {}
    assert time.process_time() - start < 5
