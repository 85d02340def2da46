from collections.abc import Callable

import pytest

from curate.lint.asked_json import holds_json

HitsOf = Callable[..., dict[str, str]]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('{"a": 1}', True),
        ("[]", True),
        ('"a"', True),
        ('Here it is:\n```json\n{"a": [1, 2]}\n```', True),
        ('{"a": 1}\n{"a": 2}\n' * 40, True),
        ("Source [1] says: [2, 3]", True),
        ('{"a": 1,}', False),
        ("{'a': 1}", False),
        ('{"a": {"b": 1}, "c": "brok', False),
        ("name: a", False),
        ("", False),
        ("[" * 200_000, True),
    ],
    ids=[
        "object",
        "list",
        "text",
        "fence",
        "lines",
        "in prose",
        "comma",
        "quotes",
        "cut off",
        "yaml",
        "nothing",
        "too deep to tell",
    ],
)
def test_what_parses_is_json(text: str, *, holds: bool) -> None:
    assert holds_json(text) == holds


@pytest.mark.parametrize(
    "instruction",
    [
        "Return the order as JSON.",
        "Convert this sentence into a JSON object.",
        "Create a JSON string to store this data.",
        "List two colours. Answer in JSON format.",
    ],
)
def test_asked_for_json_an_answer_without_it_is_found(hits_of: HitsOf, instruction: str) -> None:
    assert hits_of(instruction, "Two apples, please.") == {"invalid_json": "Two apples, please."}
    assert hits_of(instruction, '{"apples": 2}') == {}


@pytest.mark.parametrize(
    "instruction",
    [
        "What is JSON?",
        "Convert this JSON to YAML.",
        'Turn the JSON {"a": 1} into a CSV table.',
        "Write a Python function that returns JSON.",
        "Explain how to create a JSON file.",
        "Generate a JSON schema for an order.",
        "Parse the JSON and give me the total.",
    ],
)
def test_talk_about_json_and_json_that_goes_in_stay(hits_of: HitsOf, instruction: str) -> None:
    assert hits_of(instruction, "Two apples, please.") == {}
