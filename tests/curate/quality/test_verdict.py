import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.quality.verdict import read_verdict, schema

NAMES = ("helpful", "clear")


@pytest.mark.parametrize(
    "text",
    [
        '{"reason": "good", "helpful": 4, "clear": 5}',
        'Here it is:\n```json\n{"helpful": 4, "clear": 5, "reason": "good"}\n```\nDone.',
        '{"helpful": 4.0, "clear": 5, "reason": "good", "more": [1]}',
        'a { broken {"helpful": 4, "clear": 5, "reason": "good"}',
        '{"helpful": 4, "clear": 5, "reason": "good"} {"helpful": 4, "clear": 5}',
    ],
    ids=["plain", "fenced", "whole number as a fraction", "behind a brace", "said twice"],
)
def test_a_verdict_is_found(text: str) -> None:
    verdict = read_verdict(text, NAMES)
    assert verdict is not None
    assert verdict == ({"helpful": 4, "clear": 5}, "good")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4.5",
        "Score: 4, 5",
        "[4, 5]",
        '{"helpful": 4}',
        '{"helpful": 4, "clear": 6}',
        '{"helpful": 0, "clear": 5}',
        '{"helpful": 4.5, "clear": 5}',
        '{"helpful": "4", "clear": 5}',
        '{"helpful": true, "clear": 5}',
        '{"helpful": null, "clear": 5}',
        '{"helpful": NaN, "clear": 5}',
        '{"helpful": Infinity, "clear": 5}',
        '{"helpful": 4, "clear": 5',
        '{"helpful": 4, "clear": 5} {"helpful": 1, "clear": 5}',
        "{" * 5000,
    ],
)
def test_no_grade_is_guessed(text: str) -> None:
    assert read_verdict(text, NAMES) is None


@given(st.text())
def test_any_reply_can_be_read(text: str) -> None:
    read_verdict(text, NAMES)


def test_the_schema_asks_for_every_grade() -> None:
    asked = json.loads(schema(NAMES))
    assert asked["required"] == ["reason", "helpful", "clear"]
    assert asked["properties"]["clear"] == {"type": "integer", "enum": [1, 2, 3, 4, 5]}


def test_the_schema_holds_only_what_strict_servers_take() -> None:
    def keywords(part: Any) -> set[str]:
        inner = part.get("properties", {}).values()
        return set[str](part).union(*map(keywords, inner))

    assert keywords(json.loads(schema(NAMES))) == {"type", "properties", "required", "additionalProperties", "enum"}


def test_a_long_reason_is_cut() -> None:
    verdict = read_verdict(json.dumps({"helpful": 1, "clear": 1, "reason": "very  bad " * 50}), NAMES)
    assert verdict is not None
    assert len(verdict.reason) == 120
