"""The model writes one question; the passage is the answer, word for word."""

import re
from dataclasses import dataclass

from generate.candidates import Candidate
from generate.prompt import Prompt
from generate.strategies.strategy import Rejection
from schemas import ChatRequest, ChatResponse

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_LEAD = re.compile(r"^(?:[-*>#\s]+|\d+[.)]\s+|\W*(?:question|q)(?:\s*\d+)?\W*:\W*)+", re.IGNORECASE)
_WRAP = "\"'`*_“”‘’«» "  # noqa: RUF001 - the signs are meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Ask a model for one question that the passage answers.

    Attributes:
        template: The prompt; it may use `whereabouts` (title and heading path on one line) and `passage`.
        max_tokens: Most tokens that the question may have.
        temperature: 0 for greedy decoding.
        seed: Seed of the sampling.
        shown_words: Words of the passage that the model is shown, from its beginning; None for all. A very small model
            asks better questions about less text.
    """

    name = "question"
    template: Prompt
    max_tokens: int = 60
    temperature: float = 0.0
    seed: int
    shown_words: int | None = None

    @property
    def prompt(self) -> str:
        """Hash of the prompt."""
        return self.template.version

    def request(self, candidate: Candidate, /) -> ChatRequest:
        """Show the passage under its headings, with the task last."""
        passage = _beginning(candidate.passage, self.shown_words)
        return ChatRequest(
            messages=self.template.messages(whereabouts=candidate.whereabouts, passage=passage),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            seed=self.seed,
        )

    def parse(self, candidate: Candidate, response: ChatResponse | None, /) -> str | Rejection:  # noqa: ARG002 - Strategy
        """Take the first line of the answer up to its first question mark, without what models put around it."""
        if response is None:
            return Rejection("no_answer")
        if response.finish_reason == "content_filter":
            return Rejection("filtered", "the server held the answer back")
        lines = _THOUGHT.sub("", response.text).strip().splitlines()
        line = _LEAD.sub("", lines[0]) if lines else ""
        if not line and len(lines) > 1:  # "Question:" on a line of its own
            line = next((_LEAD.sub("", later) for later in lines[1:] if later.strip()), "")
        if not line:
            return Rejection("no_answer", "the model wrote nothing")
        found = re.match(r"([^?\uff1f\u061f]+)([?\uff1f\u061f])", line)  # also full-width and Arabic
        if found is None:
            return Rejection("cut_off" if response.finish_reason == "length" else "not_a_question", line[:200])
        return _balanced(" ".join(found.group(1).strip(_WRAP).split()) + found.group(2))


def _beginning(text: str, words: int | None) -> str:
    """Give the first words of a text with its line breaks as they are."""
    if words is None:
        return text
    found = re.match(rf"\s*(?:\S+\s+){{0,{words - 1}}}\S+", text)
    return found.group() if found else text


def _balanced(question: str) -> str:
    """Drop a quotation mark that lost its partner when the wrapping was taken off."""
    return question.replace('"', "") if question.count('"') % 2 else question
