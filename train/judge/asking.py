"""Replies of the judge, kept in a journal before they are used: a killed judge asks only for what is missing."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from schemas import ChatRequest, ChatResponse, Client, LLMError
from schemas.progress import Progress
from train.journal import Journal


class Replies(NamedTuple):
    """What came back.

    Attributes:
        outcomes: The reply to each request, or why there is none, in the order of the requests.
        requests: Requests that differ from all before them.
        asked: How many of those were sent now; the others were in the journal.
    """

    outcomes: list[ChatResponse | LLMError]
    requests: int
    asked: int


def unanswered(requests: Sequence[ChatRequest], client: Client, journal: Journal) -> list[ChatRequest]:
    """Give the requests that the journal has no reply to, each once."""
    once = {request.key(route=client.route, model=client.model): request for request in requests}
    return [request for key, request in once.items() if journal.get(key) is None]


def ask(requests: Sequence[ChatRequest], client: Client, journal: Journal, *, progress: Progress) -> Replies:
    """Have every request answered; equal ones are sent once.

    Raises:
        LLMError: Not one of several was answered: then it is the client that is wrong, not the requests.
        OutputError: The journal cannot be written.
    """
    keys = [request.key(route=client.route, model=client.model) for request in requests]
    once = dict(zip(keys, requests, strict=True))
    missing = {key: request for key, request in once.items() if journal.get(key) is None}
    names = list(missing)
    failed: dict[str, LLMError] = {}
    with progress("Judging", len(missing), "verdicts") as bar:
        for position, outcome in client.complete(list(missing.values())):
            if isinstance(outcome, LLMError):
                failed[names[position]] = outcome
            else:
                journal.put(names[position], asdict(outcome))
            bar.advance()
    if failed and len(failed) == len(once) > 1:
        raise next(iter(failed.values()))
    return Replies([_outcome(key, journal, failed) for key in keys], len(once), len(missing))


def _outcome(key: str, journal: Journal, failed: dict[str, LLMError]) -> ChatResponse | LLMError:
    known = journal.get(key)
    if known is not None:
        return ChatResponse(**known)
    return failed.get(key) or LLMError("the client gave no answer", retryable=True)
