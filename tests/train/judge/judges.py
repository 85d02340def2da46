"""Judges that answer by a rule, and answers for them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from schemas import Answer, ChatRequest, ChatResponse, LLMError


class Case(NamedTuple):
    """What a judge is shown, read back out of the prompt."""

    question: str
    gold: str
    context: str
    first: str
    second: str


Rule = Callable[[Case], str | LLMError]


class Judge:
    """A client that judges by a rule, and remembers what it was asked."""

    route = "test"

    def __init__(self, rule: Rule, *, model: str = "rule") -> None:
        self.rule = rule
        self.model = model
        self.asked: list[ChatRequest] = []

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            self.asked.append(request)
            reply = self.rule(case(request))
            yield Answer(
                position,
                reply
                if isinstance(reply, LLMError)
                else ChatResponse(text=reply, finish_reason="stop", prompt_tokens=100, completion_tokens=10),
            )


def case(request: ChatRequest) -> Case:
    """Read the case out of a request."""
    found = {}
    for line in request.messages[-1].content.splitlines():
        name, colon, text = line.partition(": ")
        if colon and text.startswith('"'):
            found[name.split(",")[0]] = str(json.JSONDecoder().raw_decode(text)[0])
    return Case(
        found["question"],
        found.get("reference", ""),
        found.get("source passage", ""),
        found["answer A"],
        found["answer B"],
    )


def better(choice: str) -> str:
    return json.dumps({"reason": "the rule says so", "better": choice})


def by_score(score: Callable[[Case, str], float]) -> Rule:
    """Prefer the answer with the higher score, whatever its place."""

    def rule(shown: Case) -> str:
        first, second = score(shown, shown.first), score(shown, shown.second)
        return better("tie" if first == second else "A" if first > second else "B")

    return rule


def likes_gold(shown: Case) -> str | LLMError:
    """Judge as a good one does: who has the reference's words wins."""
    words = set(shown.gold.split())
    return by_score(lambda _, answer: len(words & set(answer.split())))(shown)


def always_first(_: Case) -> str:
    return better("A")


def answers(given: Mapping[str, Sequence[str]], *, gold: Sequence[str] | None = None) -> pa.Table:
    """Make the table of answers that an evaluation leaves."""
    rows = len(next(iter(given.values())))
    return pa.table(
        {
            "row": pa.array(range(rows), pa.int64()),
            "id": [f"id{number}" for number in range(rows)],
            "question": [f"What is {number}?" for number in range(rows)],
            "gold": list(gold) if gold is not None else [f"gold {number}" for number in range(rows)],
            "context": pa.array([f"Passage {number}." if number % 2 else None for number in range(rows)], pa.string()),
            **{f"{model}_answer": list(texts) for model, texts in given.items()},
        }
    )
