"""What a run did: the numbers, the rejected rows, and the files that hold them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from generate.alike_pages import Alike
from schemas.atomic import write_json
from schemas.counted import counted
from schemas.parquet import ParquetSink

_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
    pa.field("strategy", pa.string(), nullable=False),
    pa.field("document", pa.string(), nullable=False),
    pa.field("section", pa.string(), nullable=False),
    pa.field("start", pa.int64(), nullable=False),
    pa.field("end", pa.int64(), nullable=False),
    pa.field("question", pa.string()),
    pa.field("answer", pa.string()),
    pa.field("reason", pa.string(), nullable=False),
    pa.field("detail", pa.string()),
    pa.field("response", pa.string()),
]
REJECTED_SCHEMA = pa.schema(_FIELDS)


class Rejected(NamedTuple):
    """A section or a draft that gave no example, and why.

    Attributes:
        strategy: Name of the strategy, empty where the section alone was judged.
        document: Id of the document, empty where none plays a part.
        section: Heading path on one line.
        start: Offset of the section in the document's text.
        end: Offset after it.
        question: The question, where there was one.
        answer: The answer; of a section the passage.
        reason: Code of the reason.
        detail: What was found.
        response: What the model wrote, untouched, where it was asked.
    """

    strategy: str
    document: str
    section: str
    start: int
    end: int
    question: str | None
    answer: str | None
    reason: str
    detail: str
    response: str | None


class Skipped(NamedTuple):
    """A file that could not be read, and why."""

    path: str
    reason: str
    detail: str


class Spent(NamedTuple):
    """What a run asked of its models.

    Attributes:
        sent: Requests that went to a model.
        replayed: Requests answered from the journal.
        damaged: Rows of the journal that did not match their checksum; they were asked again.
        prompt_tokens: Tokens that the models read for the requests sent by this run.
        completion_tokens: Tokens that they wrote for them.
        cached_tokens: Tokens read that came out of a prefix cache.
        seconds: Time that asking took.
        dollars: What the requests sent cost; None where no price is known.
    """

    sent: int = 0
    replayed: int = 0
    damaged: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    seconds: float = 0.0
    dollars: float | None = None

    def text(self) -> str:
        """Tell it on one line."""
        parts = [f"{self.sent} requests sent, {self.replayed} answered from the journal"]
        if self.sent:
            cached = f" ({self.cached_tokens / max(self.prompt_tokens, 1):.0%} cached)" if self.cached_tokens else ""
            parts.append(f"{self.prompt_tokens:,} tokens read{cached} and {self.completion_tokens:,} written")
            if self.seconds:
                parts.append(f"{self.completion_tokens / self.seconds:,.0f} tokens/s")
        if self.dollars is not None:
            parts.append(f"${self.dollars:.4f}")
        return ", ".join(parts)


class Failed(NamedTuple):
    """A request that the client gave up on, and the unit that it was for.

    What the unit gave without it stands among the examples and the rejected. `retryable` where it may be answered
    another time.
    """

    strategy: str
    document: str
    section: str
    error: str
    retryable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyReport:
    """What one strategy did.

    Its drafts are `accepted + sum(rejected.values())`, and `tasks == asked + not_asked`.

    Attributes:
        strategy: Its name.
        wanted: Examples that it was to make; None for as many as there can be.
        accepted: Examples that it made.
        rejected: Drafts that became none, by reason; `surplus` are good ones that were not needed.
        units: What it could be asked about.
        tasks: The same, as often as each could be asked about.
        asked: Those that were worked out.
        failed: Those of them that gave nothing, because a request failed.
        not_asked: Those that were not needed, or not paid for.
        shortfall: Why there are fewer examples than wanted, empty where there are enough.
        prompt: Hash of its prompts.
    """

    strategy: str
    wanted: int | None
    accepted: int
    rejected: Mapping[str, int]
    units: int
    tasks: int
    asked: int
    failed: int
    not_asked: int
    shortfall: str
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationReport:
    """The numbers of a run.

    `files == documents + len(skipped)`, `sections == candidates + sum(unfit.values())`, and the totals are the sums
    over the strategies.

    Attributes:
        files: Files found.
        documents: Files read.
        skipped: The others, with the reason.
        near_identical: Documents that are nearly the same as one before them.
        sections: Sections of the documents.
        unfit: Sections whose passage cannot be an answer, by reason; nothing was asked about them.
        candidates: The other sections.
        covered: Those of them that at least one example rests on.
        wanted: Examples asked for; None for as many as there can be.
        accepted: Examples made.
        rejected: Drafts that became none, by reason.
        failed: The requests that failed for good; what they were for is asked again by the next run.
        shortfall: Why there are fewer examples than asked for, empty where there are enough.
        strategies: The same by strategy.
        spent: Requests, tokens and dollars.
        model: Name of the model, empty where none was asked.
        route: Where it was asked.
        judge: Name of the judging model, empty where none was asked.
        recipe: Hash of everything that the result depends on besides the documents.
        config: The settings.
        examples_file: The examples.
        rejected_file: The sections and drafts that gave none, with reasons.
        report_file: These numbers as JSON.
        journal_file: The journal, empty where nothing was asked.
    """

    files: int
    documents: int
    skipped: tuple[Skipped, ...]
    near_identical: tuple[Alike, ...]
    sections: int
    unfit: Mapping[str, int]
    candidates: int
    covered: int
    wanted: int | None
    accepted: int
    rejected: Mapping[str, int]
    failed: tuple[Failed, ...]
    shortfall: str
    strategies: tuple[StrategyReport, ...]
    spent: Spent
    model: str
    route: str
    judge: str
    recipe: str
    config: Mapping[str, Any]  # Any: settings of all types
    examples_file: str
    rejected_file: str
    report_file: str
    journal_file: str

    def summary(self) -> dict[str, Any]:  # Any: JSON
        """Give the report as plain values, with every skipped file and every failed request by name."""
        plain = asdict(self)
        plain["skipped_by_reason"] = tally(skip.reason for skip in self.skipped)
        plain["skipped"] = [skip._asdict() for skip in self.skipped]
        plain["near_identical"] = [pair._asdict() for pair in self.near_identical]
        plain["failed"] = [failure._asdict() for failure in self.failed]
        plain["spent"] = self.spent._asdict()
        return plain

    def text(self) -> str:
        """Tell the report in a few lines."""
        skipped = _told(tally(skip.reason for skip in self.skipped), "skipped")
        lines = [
            f"{self.accepted} examples in {self.examples_file}",
            f"{self.documents} of {self.files} files read{skipped}",
            f"{self.candidates} of {self.sections} sections can be answers{_told(self.unfit, 'left out')}",
        ]
        if self.near_identical:
            document, other, similarity, _ = self.near_identical[0]
            first = f"{document} and {other} ({similarity:.0%})"
            alike = counted(len(self.near_identical), "document", "are", one="is")
            lines.append(f"{alike} nearly the same as another, the first: {first}; {self.report_file} lists them")
        for each in self.strategies:
            fate = _told({**each.rejected, **({"request_failed": each.failed} if each.failed else {})}, "rejected")
            lines.append(f"{each.strategy}: {each.accepted} accepted, asked about {each.asked} of {each.tasks}{fate}")
        if self.spent.sent or self.spent.replayed:
            lines.append(f"{self.spent.text()} by {self.model} (answers kept in {self.journal_file})")
        if self.spent.damaged:
            lines.append(f"{self.spent.damaged} damaged rows of the journal were asked again")
        if self.failed:
            lines.append(f"{len(self.failed)} requests failed, the first: {self.failed[0].error}")
        if self.shortfall:
            lines.append(self.shortfall)
        lines.append(f"What gave no example, and why: {self.rejected_file}")
        return "\n".join(lines)

    def write(self) -> None:
        """Write it as JSON.

        Raises:
            OutputError: It cannot be written.
        """
        write_json(Path(self.report_file), self.summary())


def _told(counts: Mapping[str, int], what: str) -> str:
    """Tell counts by reason in brackets, nothing where there are none."""
    if not counts:
        return ""
    return (
        f" ({sum(counts.values())} {what}: " + ", ".join(f"{count} {reason}" for reason, count in counts.items()) + ")"
    )


def tally(reasons: Iterable[str]) -> dict[str, int]:
    """Count reasons, most frequent first, then by name."""
    counts = Counter(reasons)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def write_rejected(path: Path, rows: Iterable[Rejected], *, recipe: str) -> None:
    """Write what gave no example as Parquet.

    Raises:
        OutputError: It cannot be written.
    """
    with ParquetSink(path, REJECTED_SCHEMA, recipe=recipe) as sink:
        sink.write(pa.Table.from_pylist([row._asdict() for row in rows], schema=REJECTED_SCHEMA))
