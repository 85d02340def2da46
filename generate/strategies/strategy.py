"""What a strategy is."""

from typing import NamedTuple, Protocol

from generate.candidates import Candidate
from schemas import ChatRequest, ChatResponse


class Rejection(NamedTuple):
    """Why something was not accepted.

    Attributes:
        reason: Code, for example `not_a_question`.
        detail: What was found, short.
    """

    reason: str
    detail: str = ""


class Strategy(Protocol):
    """Makes a question that a candidate's passage answers.

    Attributes:
        name: Its name, as it stands in `Origin.strategy`.
        prompt: Hash of its prompt, empty where it has none.
    """

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def prompt(self) -> str:
        """Hash of its prompt."""
        ...

    def request(self, candidate: Candidate, /) -> ChatRequest | None:
        """Write what to ask a model about a candidate; None where no model is needed."""
        ...

    def parse(self, candidate: Candidate, response: ChatResponse | None, /) -> str | Rejection:
        """Read the question out of the model's answer, or say why there is none."""
        ...
