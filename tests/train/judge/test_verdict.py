import json

import pytest

from train.judge.verdict import read_verdict, schema


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"reason": "x", "better": "A"}', "A"),
        ('{"better": "b"}', "B"),
        ('{"better": "TIE", "reason": null}', "tie"),
        ('{"Better": "Answer A"}', "A"),
        ('Sure!\n```json\n{"reason": "x",\n "better": "B"}\n```\nHope it helps.', "B"),
        ('{"reason": "a } and a { in it", "better": "A"}', "A"),
        ('{"reason": "line\nbreak", "better": "A"}', "A"),
        ('{"better": "A"} or, again, {"better": "A"}', "A"),
        ("better: tie", "tie"),
        ("**Better:** B", "B"),
        ('{"better": "A", "reason": "it was cut', "A"),
        ("A", "A"),
        (" tie. ", "tie"),
    ],
)
def test_a_verdict_is_read(text: str, said: str) -> None:
    verdict = read_verdict(text)
    assert verdict is not None
    assert verdict.better == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Both are fine.",
        "A is better than B",
        "{}",
        '{"better": "C"}',
        '{"better": null}',
        '{"better": ["A"]}',
        '{"better": "A or B"}',
        '{"better": "A"} {"better": "B"}',
        '{"better": "A"|"B"|"tie"}',
        '{"reason": "one short sentence", "better": "A", "B" or "tie"}',
        '{"reason": "it was cut',
        '{"reason": "the answer says {\\"better\\": \\"A\\"}", "worse": "A"}',
        "[" * 100_000,
        '{"better":' * 5_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_verdict_is_not_guessed(text: str) -> None:
    assert read_verdict(text) is None


def test_the_reason_is_one_short_line() -> None:
    verdict = read_verdict(json.dumps({"reason": "a\n\nb " + "c" * 500, "better": "A"}))
    assert verdict is not None
    assert verdict.reason.startswith("a b ccc")
    assert len(verdict.reason) == 200


def test_half_a_sign_in_a_reason_is_replaced() -> None:
    verdict = read_verdict('{"reason": "good \\ud83d", "better": "A"}')
    assert verdict is not None
    assert verdict.reason == "good ?"


def test_the_schema_asks_for_the_reason_first() -> None:
    assert json.loads(schema())["required"] == ["reason", "better"]
