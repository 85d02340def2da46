"""What a strategy is: it names what it can be asked about, and works each of these out in steps.

A strategy is a frozen dataclass of its settings. Its work on one unit is a generator: it yields a request, is sent the
response, may yield further ones (a correction, a second look, the next turn), and returns drafts. It neither waits nor
knows who answers, so thousands of units are worked out at once.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from generate.brief import Brief
from generate.candidates import Candidate
from generate.rejection import Rejection
from schemas import ChatRequest, ChatResponse, LLMError, Message, Source

_Given = TypeVar("_Given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What one task is about.

    Attributes:
        name: Unlike that of every other unit of the strategy, and the same in every run over the same documents.
        candidates: The sections that it shows to the model, the one that the answer rests on first; none where the
            documents play no part.
        topic: What else it is about, for strategies that need to know.
        sample: 0 when it is asked about for the first time.
    """

    name: str
    candidates: tuple[Candidate, ...] = ()
    topic: str = ""
    sample: int = 0

    @classmethod
    def about(cls, candidate: Candidate) -> "Unit":
        """Make a unit out of one section."""
        return cls(name=f"{candidate.document.id}#{candidate.section.start}", candidates=(candidate,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An example as a strategy wrote it, or what there is in place of one.

    Attributes:
        messages: The conversation; empty or broken off where none came about.
        context: The passage that the answer rests on.
        source: Where that stands.
        response: What the model wrote, untouched; None where no model did.
        kind: Which of the strategy's kinds of examples it is, for strategies that make several: `unsafe` then stands as
            `refuse/unsafe` in `Origin.strategy`.
        fault: Why it is no example; None where nothing speaks against it so far.
    """

    messages: tuple[Message, ...] = ()
    context: str | None = None
    source: Source | None = None
    response: str | None = None
    kind: str = ""
    fault: Rejection | None = None

    @property
    def question(self) -> str | None:
        """The first turn of the user."""
        return next((content for role, content in self.messages if role == "user"), None)

    @property
    def last_question(self) -> str | None:
        """The last turn of the user."""
        return next((content for role, content in reversed(self.messages) if role == "user"), None)

    @property
    def answer(self) -> str | None:
        """The last turn of the assistant."""
        return next((content for role, content in reversed(self.messages) if role == "assistant"), None)

    def rejected(self, fault: Rejection) -> "Draft":
        """Give the same draft with a fault."""
        return replace(self, fault=fault)


class ToJudge(NamedTuple):
    """A request for the judge, where a step is otherwise one for the model that writes."""

    request: ChatRequest


Steps = Generator[ChatRequest | ToJudge, ChatResponse, Sequence[Draft]]
"""The work on one unit. A request that fails for good raises its `LLMError` where it was asked: what there is without
its answer can be given all the same, and the run knows of the error. Who has nothing lets it pass."""


def or_else(
    asking: Generator[ChatRequest | ToJudge, ChatResponse, _Given], otherwise: _Given
) -> Generator[ChatRequest | ToJudge, ChatResponse, _Given]:
    """Give what comes of asking once more, or what there is already where a request fails for good."""
    try:
        return (yield from asking)
    except LLMError:
        return otherwise


class Memory(Protocol):
    """What a strategy remembers of its own examples over a run.

    Drafts come in the order in which their units were given out, so what is found does not hang on who answers first.
    """

    def check(self, draft: Draft, /) -> Rejection | None:
        """Hold a draft with no fault so far against those that were kept."""
        ...

    def keep(self, draft: Draft, /) -> None:
        """Remember a draft that passed this check and those of the run."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A strategy that holds its drafts against those kept before, beyond what the run does for all of them."""

    def memory(self) -> Memory:
        """Begin a memory for one run."""
        ...


class Strategy(Protocol):
    """Makes examples. One that is `Remembers` too is asked for its memory.

    Attributes:
        name: Its name, as it stands in `Origin.strategy`.
        prompts: Names of its prompt files, the first one first; none where it asks no model.
        share: Its weight among the strategies of a run.
        yields: Examples that one unit is expected to give, for planning the first round.
        calls: Requests that one unit is expected to take, for planning the costs.
    """

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def prompts(self) -> tuple[str, ...]:
        """Names of its prompt files."""
        ...

    @property
    def share(self) -> float:
        """Its weight."""
        ...

    @property
    def yields(self) -> int:
        """Examples that one unit is expected to give."""
        ...

    @property
    def calls(self) -> int:
        """Requests that one unit is expected to take."""
        ...

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """List what it can be asked about, in the order in which it should be: spread over the documents."""
        ...

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Work one unit out. Nothing here depends on other units or on the order of answers."""
        ...
