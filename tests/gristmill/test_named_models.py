from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from gristmill.named_models import NamedClient, NamedScorer
from schemas.chat import Answer, ChatRequest, ChatResponse
from schemas.example import Message


class Echo:
    model, route = "echo", "here"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for place, request in enumerate(requests):
            text = request.messages[-1].content
            self.asked.append(text)
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


def test_what_a_client_with_a_journal_has_answered_is_not_asked_again(tmp_path: Path) -> None:
    echo = Echo()
    client = NamedClient("echo", "here", echo).kept_in(tmp_path / "curated.journal.sqlite")
    assert client == NamedClient("echo", "here", echo)  # where answers lie is no setting
    requests = [ChatRequest(messages=(Message("user", text),), max_tokens=3) for text in "abc"]
    next(answers := client.complete(requests))
    del answers  # killed after the first answer
    assert echo.asked == ["a"]
    again = dict(client.complete(requests))
    assert [again[place].text for place in range(3)] == ["a", "b", "c"]  # type: ignore[union-attr] # none is an error
    assert echo.asked == ["a", "b", "c"]


def test_a_scorer_loads_its_model_when_it_is_asked(tiny_folder: Path) -> None:
    scorer = NamedScorer(str(tiny_folder))
    conditional, alone, tokens = scorer([[Message("user", "Who?")]], ["Me."])
    assert np.isfinite(conditional).all()
    assert np.isfinite(alone).all()
    assert tokens[0] > 0
    assert scorer.fingerprint
