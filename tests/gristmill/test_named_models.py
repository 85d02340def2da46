from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from gristmill.named_models import NamedClient, NamedScorer
from schemas.chat import Answer, ChatRequest, ChatResponse
from schemas.example import Message


class Echo:
    model, route = "echo", "here"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for place, request in enumerate(requests):
            text = request.messages[-1].content
            response = ChatResponse(text=text, prompt_tokens=1, completion_tokens=1, finish_reason="stop")
            yield Answer(place, response)


def test_a_client_answers_as_the_one_behind_it() -> None:
    client = NamedClient("echo", "here", Echo())
    request = ChatRequest(messages=(Message("user", "Hello"),), max_tokens=3)
    place, answer = next(client.complete([request]))
    assert place == 0
    assert isinstance(answer, ChatResponse)
    assert answer.text == "Hello"
    assert client == NamedClient("echo", "here", Echo())


def test_a_scorer_loads_its_model_when_it_is_asked(tiny_folder: Path) -> None:
    scorer = NamedScorer(str(tiny_folder))
    conditional, alone, tokens = scorer([[Message("user", "Who?")]], ["Me."])
    assert np.isfinite(conditional).all()
    assert np.isfinite(alone).all()
    assert tokens[0] > 0
    assert scorer.fingerprint
