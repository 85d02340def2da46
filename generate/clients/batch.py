"""OpenAI's Batch API: the same answers within a day, for half the price.

Requests are uploaded as files and answered at the server while nobody waits. What was submitted is on record before it
can cost anything, so a run that was killed, or stopped because a day is long, finds its batches again and collects
them; nothing is submitted twice.
"""

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from generate.clients.batch_desk import Desk
from generate.clients.batch_lines import Outcome, parts, read_line
from generate.clients.batch_record import Record, Submission
from generate.clients.faults import Fault, redact
from generate.clients.openai_compatible import OpenAICompatible
from generate.spending.prices import FullPrice
from schemas import Answer, ChatRequest, LLMError
from schemas.progress import Bar, Progress, silent

if TYPE_CHECKING:
    from openai.types import Batch

_FIRST_LOOK = 2.0  # seconds
_ENDED = {"completed", "expired", "cancelled", "failed"}
_PROBES = 3  # requests that may be refused one by one
_SMALLEST = 16  # requests in a batch that is not cut in two any more
_FULL = "token_limit_exceeded"  # the account's limit of tokens that wait
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenAIBatch:
    """A `schemas.Client` that submits all requests at once and waits, for a day if it must.

    All requests are read before the first answer comes. The very first is asked in the ordinary way, for the ordinary
    price: a wrong key, an unknown model or a setting that the model does not take shows in a second, not in a day.
    Stopping only stops the waiting: the batches go on, and the next call with these requests collects them.

    Attributes:
        model: Name of the model.
        record: File that remembers what was submitted; no text and no key goes there.
        base_url: As in `OpenAICompatible`.
        poll: Most seconds between two looks at a batch.
        patience: Seconds that the server may be away.
        most_requests: Requests that one batch may hold.
        most_bytes: Bytes that its file may have.
        progress: Shows how the batches get on.
    """

    price_factor = 0.5  # of the ordinary price, which the first answer of a call costs: a `FullPrice`
    model: str
    _: KW_ONLY
    record: Path
    base_url: str | None = field(default=None, repr=False)  # it may hold a password
    poll: float = 60.0
    patience: float = 3600.0
    most_requests: int = 50_000
    most_bytes: int = 200_000_000
    progress: Progress = field(default=silent, repr=False, compare=False)

    def __post_init__(self) -> None:
        OpenAICompatible(self.model, base_url=self.base_url)  # it checks both

    @property
    def route(self) -> str:
        """The address without credentials and query: that of the ordinary way, for the answers are the same."""
        return OpenAICompatible(self.model, base_url=self.base_url).route

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        """Answer every request once, in the order in which batches are done.

        Raises:
            LLMError: None of the rest can be answered: wrong key, unknown model, no server.
            InputError: Another run waits for batches of the same record.
        """
        positions: dict[str, list[int]] = {}
        wanted: dict[str, ChatRequest] = {}
        for position, request in enumerate(requests):
            key = request.key(route=self.route, model=self.model)
            positions.setdefault(key, []).append(position)
            wanted[key] = request
        if not wanted:
            return
        with Record.held(self.record) as record, self.progress("batches", len(wanted), "requests") as bar:
            for key, outcome in _Run(self, record, wanted, bar).outcomes():
                for position in positions[key]:
                    yield Answer(position, outcome)


class _Run:
    """One call of `complete`."""

    def __init__(self, settings: OpenAIBatch, record: Record, wanted: dict[str, ChatRequest], bar: Bar) -> None:
        self.settings = settings
        self.record = record
        self.wanted = wanted
        self.bar = bar
        self.counts: dict[str, int] = {}  # requests that are done, by batch
        self.live: list[Submission] = []
        self.waiting: deque[Sequence[str]] = deque()  # keys that are submitted once there is room for them
        self.room = False  # whether a batch has ended since one was turned away
        self.desk = Desk(settings.model, base_url=settings.base_url, poll=settings.poll, patience=settings.patience)

    def outcomes(self) -> Iterator[Outcome]:
        """Take up what was submitted before, submit the rest, and collect all of it."""
        with self.desk:
            missing = dict(self.wanted)
            for submission in self.record.submissions:
                if [key for key in submission.keys if missing.pop(key, None) is not None]:
                    self.live.append(submission)
            for submission in self.live:
                if not submission.batch:
                    self.make_batch(submission, doubtful=True)
            for outcome in self.probe(list(missing)):
                del missing[outcome.key]
                yield outcome
            self.submit(list(missing))
            wait = _FIRST_LOOK
            while self.live or self.waiting:
                for submission, batch in self.look():
                    if batch.status in _ENDED:
                        self.live.remove(submission)
                        wait = _FIRST_LOOK
                        yield from self.collect(submission, batch)
                if self.waiting and (self.room or not self.live):
                    self.room = False
                    self.submit(self.waiting.popleft())
                if self.live:
                    time.sleep(min(wait, self.settings.poll))
                    wait *= 1.5

    def probe(self, keys: Sequence[str]) -> Iterator[Outcome]:
        """Ask the first request in the ordinary way, and learn which parameters the model does not take.

        Raises:
            LLMError: Several are refused, though no batch was taken before, or all would be.
        """
        place = self.desk.route, self.settings.model
        taken = any((each.route, each.model) == place for each in self.record.submissions)
        for tried, key in enumerate(keys[:_PROBES], start=1):
            answer = self.desk.ask(self.wanted[key])
            if not isinstance(answer, Fault):
                yield Outcome(key, FullPrice(**asdict(answer)))
                return
            if tried == _PROBES and not taken:
                raise answer.error
            yield Outcome(key, answer.error)

    def submit(self, keys: Sequence[str]) -> None:
        """Upload requests and have batches made of them."""
        for part in parts(
            {key: self.wanted[key] for key in keys},
            model=self.settings.model,
            without=self.desk.without,
            most_requests=self.settings.most_requests,
            most_bytes=self.settings.most_bytes,
        ):
            submission = Submission(
                file=self.desk.upload(part.content),
                keys=part.keys,
                asked=time.time(),
                route=self.desk.route,
                model=self.settings.model,
            )
            self.record.add(submission)  # before it can cost anything
            self.make_batch(submission, doubtful=False)
            self.live.append(submission)

    def make_batch(self, submission: Submission, *, doubtful: bool) -> None:
        """Have the batch of a submission made, and remember it."""
        submission.batch = self.desk.make_batch(submission.file, asked=submission.asked, doubtful=doubtful)
        self.record.save()

    def look(self) -> list[tuple[Submission, "Batch"]]:
        """See how the batches get on."""
        looks = []
        for submission in self.live:
            name = submission.batch
            batch = self.desk.look(name)
            looks.append((submission, batch))
            counted, now = self.counts.get(name, 0), batch.request_counts
            self.counts[name] = max(counted, now.completed + now.failed if now else 0)
            self.bar.advance(self.counts[name] - counted)
        self.bar.note(", ".join(sorted({batch.status.replace("_", " ") for _, batch in looks})))
        return looks

    def collect(self, submission: Submission, batch: "Batch") -> Iterator[Outcome]:
        """Give the outcome of each request that is wanted of a batch that has ended, with whatever it has answered."""
        open_keys = {key: None for key in submission.keys if key in self.wanted}
        errors = (batch.errors and batch.errors.data) or []
        said = "; ".join(redact(error.message or error.code or "", self.desk.secrets) for error in errors[:3])
        if any(error.code == _FULL for error in errors):
            self.record.forget(submission, submission.keys)
            self.postpone(list(open_keys), said)
            return
        self.room = True
        failed = []
        for file in (batch.output_file_id, batch.error_file_id):
            for line in self.desk.download(file) if file else ():
                try:
                    key, outcome = read_line(line, route=self.desk.route, secrets=self.desk.secrets)
                except ValueError as error:
                    _log.warning(
                        "batch %s: a line cannot be read (%s)", batch.id, redact(str(error), self.desk.secrets)
                    )
                    continue
                if key in open_keys:
                    del open_keys[key]
                    if isinstance(outcome, LLMError):
                        failed.append(key)
                    yield Outcome(key, outcome)
        for key in open_keys:
            failed.append(key)
            yield Outcome(key, self.unanswered(batch, said))
        self.record.forget(submission, failed)  # only now: the caller has taken every answer

    def postpone(self, keys: list[str], said: str) -> None:
        """Keep requests for later that the account may not have waiting now: all of them, or in halves if it had none.

        Raises:
            LLMError: The account has room for nothing.
        """
        if self.live:
            self.waiting.append(keys)
        elif len(keys) > _SMALLEST:
            half = len(keys) // 2
            self.waiting.extend((keys[:half], keys[half:]))
        else:
            raise LLMError(
                f"the account may have no more requests waiting ({said})",
                retryable=True,
                where=self.desk.route,
                mend="Run it again when its other batches are done: what is answered is kept",
            )

    def unanswered(self, batch: "Batch", said: str) -> LLMError:
        """Say why a batch that has ended holds no answer to a request."""
        told = f" ({said})" if said else ""
        where = self.desk.route
        if batch.status == "failed":
            what = f"the batch {batch.id} was not accepted{told}"
            return LLMError(what, retryable=False, where=where, mend="Check the model and the account's limits")
        what = f"the batch {batch.id} was {batch.status} and holds no answer to it{told}"
        return LLMError(what, retryable=True, where=where, mend="Run it again: it is submitted anew")
