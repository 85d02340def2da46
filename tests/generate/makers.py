"""Documents and candidates for the tests."""

from collections.abc import Iterable, Iterator
from typing import Any

from generate.brief import Brief
from generate.candidates import Candidate
from generate.strategies import Draft, Steps, ToJudge
from generate.survey import Survey
from schemas import Answer, ChatRequest, ChatResponse, Document, LLMError, Section


def document(text: str = "", *, title: str = "Gateway guide", name: str = "guide.md") -> Document:
    return Document(id=name, sha256="", media_type="text/markdown", title=title, text=text)


def candidate(
    passage: str, *path: str, title: str = "Gateway guide", name: str = "guide.md", number: int = 0
) -> Candidate:
    section = Section(document=name, path=path, start=0, end=len(passage), kinds=("prose",))
    return Candidate(number, document(passage, title=title, name=name), section, passage)


def brief(*candidates: Candidate, seed: int = 0, **settings: Any) -> Brief:  # Any: settings of all types
    """What a run gives to its strategies, over some candidates."""
    return Brief(survey=Survey(candidates=list(candidates)), seed=seed, **settings)


AWAY = LLMError("the server is away", retryable=True)


def work(steps: Steps, *answers: str | ChatResponse | LLMError) -> tuple[list[Draft], list[ChatRequest]]:
    """Work a unit out with these answers or errors, one for each request; give its drafts and the requests."""
    asked: list[ChatRequest] = []
    waiting = iter(answers)
    try:
        step = next(steps)
        while True:
            asked.append(step.request if isinstance(step, ToJudge) else step)
            answer = next(waiting)
            if isinstance(answer, LLMError):
                step = steps.throw(answer)
            else:
                step = steps.send(reply(answer) if isinstance(answer, str) else answer)
    except StopIteration as end:
        return list(end.value), asked


def reply(text: str, *, finish_reason: str = "stop") -> ChatResponse:
    return ChatResponse(text=text, finish_reason=finish_reason, prompt_tokens=10, completion_tokens=5)


class Fake:
    """A client that answers each request with its last message, or with an error."""

    price_factor = 1.0

    def __init__(
        self,
        *,
        model: str = "fake",
        route: str = "local",
        tokens: tuple[int, int] = (10, 5),
        error: LLMError | None = None,
    ) -> None:
        self.model, self.route = model, route
        self.tokens, self.error = tokens, error
        self.asked: list[str] = []

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            text = request.messages[-1].content
            self.asked.append(text)
            prompt, completion = self.tokens
            response = ChatResponse(text=text, finish_reason="stop", prompt_tokens=prompt, completion_tokens=completion)
            yield Answer(position, self.error or response)
