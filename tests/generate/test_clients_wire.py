import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.clients.wire import read_response
from schemas import ChatResponse
from tests.generate.chat_server import completion


def reply(message: dict[str, Any], *, finish: str | None = "stop", usage: Any = None) -> dict[str, Any]:
    raw = completion("")
    raw["choices"][0] |= {"message": {"role": "assistant", "content": None, **message}, "finish_reason": finish}
    raw["usage"] = usage
    return raw


CALL = [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]


@pytest.mark.parametrize(
    ("message", "finish", "text", "told"),
    [
        ({"content": "Why?"}, "stop", "Why?", "stop"),
        ({"content": "Why?"}, None, "Why?", "stop"),
        ({"content": "Why is th"}, "length", "Why is th", "length"),
        ({"content": ""}, "stop", "", "stop"),
        ({"content": None}, "content_filter", "", "content_filter"),
        ({"content": [{"type": "text", "text": "Wh"}, {"type": "text", "text": "y?"}]}, "stop", "Why?", "stop"),
        ({"content": ["Wh", "y?"]}, "stop", "Why?", "stop"),
        ({"content": [{"type": "thinking", "thinking": [{"text": "Hm"}]}, {"text": "Why?"}]}, "stop", "Why?", "stop"),
        ({"tool_calls": CALL}, "tool_calls", "", "tool_calls"),
        ({"tool_calls": CALL}, None, "", "tool_calls"),
        ({"content": "<think>Hm.\n</think>\n\nWhy?"}, "stop", "Why?", "stop"),
        ({"content": "\n<think>\nHm.</think>Why?"}, "stop", "Why?", "stop"),
        ({"content": "<thinking>Hm.</thinking>Why?"}, "stop", "Why?", "stop"),
        ({"content": "[THINK]Hm.[/THINK]Why?"}, "stop", "Why?", "stop"),
        ({"content": "Hm.\n</think>\n\nWhy?"}, "stop", "Why?", "stop"),
        ({"content": "<think>Hm. What if"}, "length", "", "length"),
        ({"content": "<think>Hm. What if"}, "stop", "", "length"),
        ({"content": None, "reasoning_content": "Hm. What if"}, "length", "", "length"),
        ({"content": "Why?", "reasoning_content": "Hm."}, "stop", "Why?", "stop"),
        ({"content": "Why?", "reasoning": "Hm."}, "stop", "Why?", "stop"),
        ({"content": "What does <think> mean in a template?"}, "stop", "What does <think> mean in a template?", "stop"),
        (
            {"content": "Does <think> need </think> after it?"},
            "stop",
            "Does <think> need </think> after it?",
            "stop",
        ),
    ],
    ids=[
        "plain",
        "no reason",
        "cut off",
        "empty",
        "filtered",
        "parts",
        "strings as parts",
        "thinking as a part",
        "tool call",
        "tool call without a reason",
        "thoughts",
        "thoughts after a line",
        "other tag",
        "square tag",
        "opened in the prompt",
        "unfinished",
        "unfinished and not told",
        "unfinished beside",
        "beside",
        "beside, newer name",
        "the tag as a word",
        "both tags as words",
    ],
)
def test_each_kind_of_message_has_one_reading(
    message: dict[str, Any], finish: str | None, text: str, told: str
) -> None:
    response = read_response(reply(message, finish=finish))
    assert (response.text, response.finish_reason, response.refusal) == (text, told, "")


def test_a_refusal_is_no_answer() -> None:
    response = read_response(reply({"refusal": "I cannot help with that."}))
    assert (response.text, response.refusal) == ("", "I cannot help with that.")


def test_thoughts_are_among_the_tokens_written() -> None:
    usage = {
        "prompt_tokens": 30,
        "completion_tokens": 500,
        "completion_tokens_details": {"reasoning_tokens": 480},
        "prompt_tokens_details": {"cached_tokens": None},
    }
    response = read_response(reply({"content": "Why?", "reasoning_content": "Hm."}, usage=usage))
    assert (response.prompt_tokens, response.completion_tokens, response.cached_tokens) == (30, 500, 0)


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": None}, {"prompt_tokens": -4, "completion_tokens": "many"}],
    ids=["null", "empty", "null count", "odd counts"],
)
def test_a_server_that_does_not_count_is_believed_nothing(usage: Any) -> None:
    response = read_response(reply({"content": "Why?"}, usage=usage))
    assert (response.prompt_tokens, response.completion_tokens, response.cached_tokens) == (0, 0, 0)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "Log in",
        [],
        {},
        {"choices": None},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"message": None}]},
        {"choices": [{"message": {"content": [7]}}]},
        {"error": {"message": "no provider", "code": 502}},
    ],
    ids=lambda raw: json.dumps(raw)[:24],
)
def test_what_is_no_completion_is_refused(raw: Any) -> None:
    with pytest.raises(ValueError, match="it begins with"):
        read_response(raw)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("choices", "message", "content", "usage", "prompt_tokens", "text", "finish_reason", "x")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_json)
def test_any_json_is_read_or_refused(raw: Any) -> None:
    with suppress(ValueError):
        assert isinstance(read_response(raw), ChatResponse)
