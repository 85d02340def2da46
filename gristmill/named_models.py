"""Models that curation stages ask, told apart by their names alone: the manifest and the recipe's hash hold these."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import InitVar, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from schemas.chat import Answer, ChatRequest, Client
from schemas.example import Message

if TYPE_CHECKING:
    from train.perplexity import PerplexityScorer


@dataclass(frozen=True)
class NamedClient:
    """A client of which only model and place are settings: how many requests it sends at once changes no answer.

    Attributes:
        model: Name of its model.
        route: Where it lies, without credentials.
        client: Who answers.
    """

    model: str
    route: str
    client: InitVar[Client]

    def __post_init__(self, client: Client) -> None:
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_journal", None)

    def kept_in(self, journal: Path) -> Self:
        """Give the same client with a journal: what was answered is on disk before it is used, and not asked again."""
        kept = type(self)(self.model, self.route, getattr(self, "_client"))  # noqa: B009 - no fields, so that they
        object.__setattr__(kept, "_journal", journal)  # are no settings
        return kept

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, as `schemas.Client` says."""
        client: Client = getattr(self, "_client")  # noqa: B009 - as above
        path: Path | None = getattr(self, "_journal")  # noqa: B009
        return client.complete(requests) if path is None else _journalled(client, path, requests)


def _journalled(client: Client, path: Path, requests: Iterable[ChatRequest]) -> Iterator[Answer]:
    """Answer out of the journal what it has."""
    from generate import Journal, journalled

    with Journal(path) as journal:
        yield from journalled(client, journal).complete(requests)


@dataclass(frozen=True)
class NamedScorer:
    """A model that scores answers, loaded when the first one comes.

    Attributes:
        model: `embedded`, a model's folder, a run's folder or a hub name.
    """

    model: str

    @cached_property
    def _scorer(self) -> "PerplexityScorer":
        from gristmill.models import model_folder
        from train.perplexity import PerplexityScorer

        return PerplexityScorer.load(model_folder(self.model))

    @property
    def fingerprint(self) -> str:
        """Name of the model and its weights."""
        return self._scorer.fingerprint

    def __call__(
        self, prompts: Sequence[Sequence[Message]], responses: Sequence[str], /
    ) -> tuple[Any, Any, Any]:  # Any: arrays
        """Score answers, as `curate.quality.Perplexity` asks for it."""
        return self._scorer(prompts, responses)
