from typing import Any

import pytest

from schemas.formats.layout import canonical
from schemas.formats.twins import Turn, UnfitError, parse, render, without_nulls

PAIR: list[Turn] = [("user", "q"), ("assistant", "a")]


@pytest.mark.parametrize(
    ("name", "values", "turns", "context"),
    [
        ("alpaca", {"instruction": "i", "input": "x", "output": "o"}, [("user", "i\n\nx"), ("assistant", "o")], "x"),
        ("alpaca", {"instruction": "i", "input": "", "output": "o"}, [("user", "i"), ("assistant", "o")], ""),
        ("alpaca", {"instruction": "i", "output": "o"}, [("user", "i"), ("assistant", "o")], None),
        (
            "alpaca",
            {"instruction": "i", "input": "", "output": "o", "context": "c"},
            [("user", "i"), ("assistant", "o")],
            "c",
        ),
        ("instruction_response", {"instruction": "q", "response": "a"}, PAIR, None),
        ("instruction_response", {"instruction": "q", "response": "a", "context": "c"}, PAIR, "c"),
        (
            "instruction_response",
            {"instruction": "i", "input": "x", "response": "a"},
            [("user", "i\n\nx"), ("assistant", "a")],
            "x",
        ),
        ("question_answer", {"question": "q", "answer": "a"}, PAIR, None),
        ("input_output", {"input": "q", "output": "a"}, PAIR, None),
        ("prompt_completion", {"prompt": "q", "completion": "a"}, PAIR, None),
        ("question_answer", {"question": "q", "answer": "a", "system": "s"}, [("system", "s"), *PAIR], None),
        ("question_answer", {"question": "q", "answer": "a", "system": ""}, PAIR, None),
        ("text", {"text": "t"}, [("assistant", "t")], None),
        ("messages", {"messages": [{"role": "user", "content": "q"}]}, [("user", "q")], None),
        ("messages", {"messages": '[{"role": "user", "content": "q"}]'}, [("user", "q")], None),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]},
            [("user", "ab")],
            None,
        ),
        (
            "messages",
            {"messages": [{"role": "assistant", "content": None, "tool_calls": [1]}]},
            [("assistant", "")],
            None,
        ),
        (
            "prompt_completion",
            {"prompt": [{"role": "user", "content": "q"}], "completion": [{"role": "assistant", "content": "a"}]},
            PAIR,
            None,
        ),
        ("sharegpt", {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}, PAIR, None),
        (
            "sharegpt",
            {"system": "s", "conversations": [{"from": "human", "value": "q"}]},
            [("system", "s"), ("user", "q")],
            None,
        ),
        (
            "sharegpt",
            {
                "conversations": [
                    {"from": each, "value": "v"}
                    for each in ("system", "function_call", "observation", "tool", "critic")
                ]
            },
            [("system", "v"), ("assistant", "v"), ("tool", "v"), ("tool", "v"), ("critic", "v")],
            None,
        ),
    ],
)
def test_what_a_row_means(name: str, values: dict[str, Any], turns: list[Turn], context: str | None) -> None:
    assert parse(canonical(name), values) == (turns, context)


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("question_answer", {"question": None, "answer": "a"}, "question is null, not text"),
        ("question_answer", {"question": "q"}, "answer is null, not text"),
        ("question_answer", {"question": 5, "answer": "a"}, "question is a number, not text"),
        ("question_answer", {"question": 5.5, "answer": "a"}, "question is a number, not text"),
        ("question_answer", {"question": True, "answer": "a"}, "question is true or false, not text"),
        ("question_answer", {"question": ["q"], "answer": "a"}, "question is a list, not text"),
        ("question_answer", {"question": {}, "answer": "a"}, "question is an object, not text"),
        ("question_answer", {"question": "q", "answer": "a", "context": 1}, "context is a number, not text"),
        ("messages", {"messages": []}, "messages is an empty list"),
        ("messages", {"messages": None}, "messages is null, not a list of messages"),
        ("messages", {"messages": "hello"}, "messages is text, not a list of messages"),
        ("messages", {"messages": {"role": "user"}}, "messages is an object, not a list of messages"),
        ("messages", {"messages": ["x"]}, "messages: message 1 is text, not an object"),
        ("messages", {"messages": [{"content": "x"}]}, "messages: message 1 has no role"),
        ("messages", {"messages": [{"role": "", "content": "x"}]}, "messages: message 1 has no role"),
        ("messages", {"messages": [{"role": "user"}]}, "messages: message 1 has no content"),
        (
            "messages",
            {"messages": [{"role": "user", "content": 1}]},
            "messages: message 1: content is a number, not text",
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages: message 1 holds a part of the type image_url",
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages: message 1 holds a part without text",
        ),
        (
            "messages",
            {"messages": [{"role": "user", "content": ["x"]}]},
            "messages: message 1 holds a part without text",
        ),
        (
            "prompt_completion",
            {"prompt": [{"role": "user", "content": "q"}], "completion": "a"},
            "completion is text, not a list of messages",
        ),
        ("prompt_completion", {"prompt": "q", "completion": []}, "completion is a list, not text"),
        ("sharegpt", {"conversations": [{"value": "x"}]}, "conversations: turn 1 has no from"),
        ("sharegpt", {"conversations": [{"from": "human"}]}, "conversations: turn 1: value is null, not text"),
        ("sharegpt", {"conversations": [1]}, "conversations: turn 1 is a number, not an object"),
        ("text", {"text": None}, "text is null, not text"),
    ],
)
def test_why_a_row_does_not_fit(name: str, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnfitError) as caught:
        parse(canonical(name), values)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("context", "values"),
    [
        (None, {"instruction": "i\n\nx", "output": "o"}),
        ("", {"instruction": "i\n\nx", "input": "", "output": "o"}),
        ("x", {"instruction": "i", "input": "x", "output": "o"}),
        ("i", {"instruction": "i\n\nx", "input": "", "output": "o", "context": "i"}),
    ],
    ids=["none", "empty", "in the prompt", "elsewhere"],
)
def test_alpacas_input_is_the_context_that_ends_the_prompt(context: str | None, values: dict[str, str]) -> None:
    turns = [("user", "i\n\nx"), ("assistant", "o")]
    assert render("alpaca", turns, context) == values
    assert parse(canonical("alpaca"), values) == (turns, context)


@pytest.mark.parametrize(
    ("name", "turns", "reason"),
    [
        (
            "alpaca",
            [*PAIR, *PAIR],
            "its turns are user, assistant, user, assistant, but alpaca holds one user turn and its answer",
        ),
        (
            "question_answer",
            [("system", "s"), *PAIR],
            "its turns are system, user, assistant, but question_answer holds one user turn and its answer",
        ),
        ("text", PAIR, "its turns are user, assistant, but text holds one assistant turn"),
        ("text", [("user", "q")], "its only turn is user, but text holds one assistant turn"),
        (
            "prompt_completion",
            [("user", "q")],
            "its only turn is user, but prompt_completion ends with an assistant turn that answers others",
        ),
        (
            "prompt_completion",
            [("assistant", "q")],
            "its only turn is assistant, but prompt_completion ends with an assistant turn that answers others",
        ),
        ("sharegpt", [("human", "q")], "it has a turn of the role human, which sharegpt would read as user"),
        (
            "input_output",
            [("x", "q")] * 8,
            "its turns are x, x, x, x, x, x, ..., but input_output holds one user turn and its answer",
        ),
    ],
)
def test_what_a_format_cannot_hold(name: str, turns: list[Turn], reason: str) -> None:
    with pytest.raises(UnfitError) as caught:
        render(name, turns, None)
    assert str(caught.value) == reason


def test_a_longer_conversation_is_split_at_its_last_answer() -> None:
    values = render("prompt_completion", [("system", "s"), *PAIR, *PAIR], None)
    assert [each["role"] for each in values["prompt"]] == ["system", "user", "assistant", "user"]
    assert values["completion"] == [{"role": "assistant", "content": "a"}]


def test_a_missing_key_and_null_say_the_same() -> None:
    assert without_nulls({"a": None, "b": [{"c": None}], "d": {"e": None, "f": 0}}) == {"b": [{}], "d": {"f": 0}}
