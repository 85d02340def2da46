"""The model writes one question; the passage is the answer, word for word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from generate.brief import Brief
from generate.candidates import Candidate, spread
from generate.grounding import check_question, locate
from generate.rejection import Rejection
from generate.replies import WRAP, first_line, read_reply
from generate.strategies.strategy import Draft, Steps, Unit
from schemas import ChatRequest, ChatResponse, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Ask a model for one question that the passage answers; the answer is the passage.

    The prompt `question` may use `whereabouts` (title and heading path on one line) and `passage`.

    Attributes:
        share: Its weight among the strategies of a run.
        max_tokens: Most tokens that the model may write; a model that thinks aloud first needs more.
        temperature: 0 for greedy decoding.
    """

    name = "question"
    prompts = ("question",)
    yields = 1
    calls = 1
    share: float = 1.0
    max_tokens: int = 60
    temperature: float = 0.0

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section."""
        return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for the question; the passage is the answer."""
        (candidate,) = unit.candidates
        response = yield self.request(unit, brief)
        question = read_question(response)
        if isinstance(question, Rejection):
            answer = Message("assistant", candidate.passage)
            return [Draft(messages=(answer,), context=candidate.passage, response=response.text, fault=question)]
        return [passage_answers(question, candidate, response)]

    def request(self, unit: Unit, brief: Brief, /) -> ChatRequest:
        """Show the passage under its headings, with the task last."""
        (candidate,) = unit.candidates
        messages = brief.prompt("question").messages(
            whereabouts=candidate.whereabouts, passage=brief.shown(candidate.passage)
        )
        return brief.ask(messages, max_tokens=self.max_tokens, temperature=self.temperature, sample=unit.sample)


def passage_answers(question: str, candidate: Candidate, response: ChatResponse | None = None) -> Draft:
    """Make a draft of a question that the whole passage answers."""
    return Draft(
        messages=(Message("user", question), Message("assistant", candidate.passage)),
        context=candidate.passage,
        source=locate(candidate.document.text, candidate.section),
        response=None if response is None else response.text,
        fault=check_question(question, candidate),
    )


def read_question(response: ChatResponse) -> str | Rejection:
    """Take the first line of an answer up to its first question mark, without what models put around it."""
    text = read_reply(response)
    if isinstance(text, Rejection):
        return text
    line = first_line(text)
    if not line:
        return Rejection("no_answer", "the model wrote nothing")
    found = re.match(r"([^?\uff1f\u061f]+)([?\uff1f\u061f])", line)  # also full-width and Arabic
    if found is None:
        return Rejection("cut_off" if response.finish_reason == "length" else "not_a_question", line[:200])
    return _balanced(" ".join(found.group(1).strip(WRAP).split()) + found.group(2))


def _balanced(question: str) -> str:
    """Drop a quotation mark that lost its partner when the wrapping was taken off."""
    return question.replace('"', "") if question.count('"') % 2 else question
