"""Answers of a model to held-out questions, kept in a journal the moment they exist.

A killed evaluation goes on where it was: what the journal has is not asked again, and a model whose answers are all
there is not even loaded.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from schemas import ChatRequest, LLMError, Message, last_answer
from schemas.progress import Progress
from train.interval import read_number
from train.journal import Journal
from train.model import LocalModel
from train.render import Renderer
from train.rendered import IGNORED, Fault, Rendered

_SCORED_AT_ONCE = 64


class Question(NamedTuple):
    """A held-out row: what is asked, what the answer should be, and both in tokens.

    Attributes:
        row: Number of the row in the data.
        id: Id of the example.
        messages: The conversation up to the answer.
        gold: The answer of the row.
        prompt: Token ids of the prompt.
        rendered: The whole row; its labels hold the gold answer only.
    """

    row: int
    id: str
    messages: tuple[Message, ...]
    gold: str
    prompt: list[int]
    rendered: Rendered


class Reply(NamedTuple):
    """What one model made of one question.

    Attributes:
        text: Its answer.
        stopped: Whether it ended the answer by itself.
        tokens: Tokens of the answer.
        nll: Negative log-likelihood of the gold answer, natural, summed over its tokens; NaN where it is not finite.
        gold_tokens: Tokens of the gold answer.
    """

    text: str
    stopped: bool
    tokens: int
    nll: float
    gold_tokens: int


def questions(rows: Sequence[tuple[int, str, Sequence[Message]]], renderer: Renderer) -> list[Question]:
    """Cut each row in front of its last answer; rows that cannot be rendered are left out, as preflight left them."""
    found = []
    places = [last_answer(messages) for _, _, messages in rows]
    prompts = renderer.prompts([messages[:last] for (_, _, messages), last in zip(rows, places, strict=True)])
    whole = zip(renderer.render(rows), rows, places, prompts, strict=True)
    for rendered, (row, name, messages), last, prompt in whole:
        if isinstance(rendered, Fault) or isinstance(prompt, Fault):
            continue
        labels = np.where(np.arange(len(rendered.labels)) < len(prompt), np.int32(IGNORED), rendered.labels)
        found.append(
            Question(
                row, name, tuple(messages[:last]), messages[last].content, prompt, rendered._replace(labels=labels)
            )
        )
    return found


def replies(
    asked: Sequence[Question],
    journal: Journal,
    *,
    name: str,
    load: Callable[[], LocalModel],
    max_tokens: int,
    progress: Progress,
) -> list[Reply]:
    """Give one model's reply to each question, from the journal where it has it.

    Args:
        asked: The questions.
        journal: Keeps what is known.
        name: Name of the model and its weights, as `LocalModel.model` has it.
        load: Loads it.
        max_tokens: Most tokens of an answer.
        progress: Shows how far it is.

    Raises:
        LLMError: A question cannot be answered.
    """
    answers = [_key("answer", name, question.prompt, max_tokens) for question in asked]
    scores = [_key("score", name, question.rendered.ids.tolist(), len(question.prompt)) for question in asked]
    unanswered = [number for number, key in enumerate(answers) if journal.get(key) is None]
    unscored = [number for number, key in enumerate(scores) if journal.get(key) is None]
    if unanswered or unscored:
        model = load()
        for start in range(0, len(unscored), _SCORED_AT_ONCE):
            part = unscored[start : start + _SCORED_AT_ONCE]
            for number, score in zip(part, model.score([asked[number].rendered for number in part]), strict=True):
                journal.put(scores[number], {"nll": score.nll, "tokens": score.tokens})
        with progress(f"Answering with {name.partition('@')[0]}", len(unanswered), "answers") as bar:
            for number, reply in _ask(model, asked, unanswered, max_tokens):
                journal.put(answers[number], reply)
                bar.advance()
    known = [(journal.get(one) or {}, journal.get(other) or {}) for one, other in zip(answers, scores, strict=True)]
    return [
        Reply(answer["text"], answer["stopped"], answer["tokens"], read_number(score["nll"]), score["tokens"])
        for answer, score in known
    ]


def _ask(
    model: LocalModel, asked: Sequence[Question], numbers: Sequence[int], max_tokens: int
) -> Iterator[tuple[int, dict[str, Any]]]:  # Any: values of JSON
    requests = [ChatRequest(messages=asked[number].messages, max_tokens=max_tokens) for number in numbers]
    for position, outcome in model.complete(requests):
        if isinstance(outcome, LLMError):
            raise outcome
        reply = {
            "row": asked[numbers[position]].row,
            "text": outcome.text,
            "stopped": outcome.finish_reason == "stop",
            "tokens": outcome.completion_tokens,
        }
        yield numbers[position], reply


def _key(kind: str, name: str, ids: list[int], extent: int) -> str:
    """Name a reply by the weights that gave it and the very tokens that they read."""
    whole = json.dumps([kind, name.rpartition("@")[2], ids, extent])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
