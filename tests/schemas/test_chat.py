import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from schemas.chat import Answer, ChatRequest, ChatResponse, Client
from schemas.example import Message

REQUEST = ChatRequest(messages=(Message("user", "Why?"),), max_tokens=8)


class Echo:
    """A client that answers with what it was asked."""

    route, model = "here", "echo"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            text = request.messages[-1].content
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=1, completion_tokens=1))


def test_the_key_is_the_same_for_an_equal_request() -> None:
    equal = ChatRequest(messages=(Message("user", "Why?"),), max_tokens=8)
    assert REQUEST.key(route="r", model="m") == equal.key(route="r", model="m")


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (Message("user", "How?"),)},
        {"max_tokens": 9},
        {"temperature": 0.5},
        {"top_p": 0.5},
        {"seed": 1},
        {"stop": ("x",)},
        {"schema": "{}"},
        {"sample": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_of_a_request_is_in_its_key(change: dict[str, Any]) -> None:
    assert replace(REQUEST, **change).key(route="r", model="m") != REQUEST.key(route="r", model="m")


def test_route_and_model_are_in_the_key() -> None:
    keys = {REQUEST.key(route=route, model=model) for route in "ab" for model in "xy"}
    assert len(keys) == 4


def test_the_key_does_not_depend_on_the_process() -> None:
    whole = (
        '{"max_tokens": 8, "messages": [["user", "Why?"]], "model": "m", "route": "r", "sample": 0, "schema": "",'
        ' "seed": 0, "stop": [], "temperature": 0.0, "top_p": 1.0}'
    )
    assert REQUEST.key(route="r", model="m") == hashlib.sha256(whole.encode()).hexdigest()


def test_ten_lines_make_a_client() -> None:
    client: Client = Echo()
    [answer] = client.complete([REQUEST])
    assert isinstance(answer.outcome, ChatResponse)
    assert answer.outcome.text == "Why?"
