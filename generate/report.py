"""What a run did: the numbers, the rejected rows, and the files that hold them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from generate.candidates import Candidate
from generate.strategies import Rejection
from schemas.atomic import write_json
from schemas.chat import ChatResponse
from schemas.parquet import ParquetSink

_FIELDS: "list[pa.Field[Any]]" = [  # Any: the columns have different types
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
    """A section that gave no example, and why.

    Attributes:
        document: Id of the document.
        section: Heading path on one line.
        start: Offset of the section in the document's text.
        end: Offset after it.
        question: The question, where there was one.
        answer: The passage.
        reason: Code of the reason.
        detail: What was found.
        response: What the model wrote, untouched, where it was asked.
    """

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


class Failed(NamedTuple):
    """A request that the client gave up on."""

    document: str
    section: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationReport:
    """The numbers of a run.

    `files == documents + len(skipped)`, `sections == candidates + sum(unfit.values())`, and
    `candidates == accepted + sum(rejected.values()) + len(failed) + not_asked`.

    Attributes:
        files: Files found.
        documents: Files read.
        skipped: The others, with the reason.
        sections: Sections of the documents.
        unfit: Sections whose passage cannot be an answer, by reason; nothing was asked about them.
        candidates: The other sections.
        wanted: Examples asked for; None for as many as there can be.
        accepted: Examples made.
        rejected: Candidates whose question was not accepted, by reason.
        failed: Candidates whose request failed.
        not_asked: Candidates that were not needed.
        shortfall: Why there are fewer examples than asked for, empty where there are enough.
        sent: Requests that went to the model.
        replayed: Requests answered from the journal.
        damaged: Rows of the journal that did not match their checksum; they were asked again.
        prompt_tokens: Tokens that the model read for the requests sent by this run.
        completion_tokens: Tokens that it wrote for them.
        cached_tokens: Tokens read that came out of the server's prefix cache.
        strategy: Name of the strategy.
        model: Name of the model, empty where none was asked.
        route: Where it was asked.
        prompt: Hash of the prompt.
        recipe: Hash of everything that the result depends on besides the documents.
        config: The settings.
        examples_file: The examples.
        rejected_file: The sections that gave none, with reasons.
        report_file: These numbers as JSON.
        journal_file: The journal, empty where nothing was asked.
    """

    files: int
    documents: int
    skipped: tuple[Skipped, ...]
    sections: int
    unfit: Mapping[str, int]
    candidates: int
    wanted: int | None
    accepted: int
    rejected: Mapping[str, int]
    failed: tuple[Failed, ...]
    not_asked: int
    shortfall: str
    sent: int
    replayed: int
    damaged: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    strategy: str
    model: str
    route: str
    prompt: str
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
        plain["failed"] = [failure._asdict() for failure in self.failed]
        return plain

    def text(self) -> str:
        """Tell the report in a few lines."""
        skipped = _told(tally(skip.reason for skip in self.skipped), "skipped")
        lines = [
            f"{self.accepted} examples in {self.examples_file}",
            f"{self.documents} of {self.files} files read{skipped}",
            f"{self.candidates} of {self.sections} sections can be answers{_told(self.unfit, 'left out')}",
        ]
        asked = self.candidates - self.not_asked
        lines.append(f"{self.accepted} of {asked} questions accepted{_told(self.rejected, 'rejected')}")
        if self.sent or self.replayed:
            lines.append(
                f"{self.sent} requests sent to {self.model} ({self.prompt_tokens} tokens read, "
                f"{self.completion_tokens} written), {self.replayed} answered from {self.journal_file}"
            )
        if self.damaged:
            lines.append(f"{self.damaged} damaged rows of the journal were asked again")
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


def rejected(
    candidate: Candidate, fault: Rejection, *, question: str | None = None, response: ChatResponse | None = None
) -> Rejected:
    """Put down a candidate that gave no example."""
    return Rejected(
        document=candidate.document.id,
        section=candidate.section.label,
        start=candidate.section.start,
        end=candidate.section.end,
        question=question,
        answer=candidate.passage,
        reason=fault.reason,
        detail=encodable(fault.detail),
        response=None if response is None else encodable(response.text),
    )


def encodable(text: str) -> str:
    """Replace lone surrogates, which a model's JSON may hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def tally(reasons: Iterable[str]) -> dict[str, int]:
    """Count reasons, most frequent first, then by name."""
    counts = Counter(reasons)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def write_rejected(path: Path, rows: Iterable[Rejected], *, recipe: str) -> None:
    """Write the rejected sections as Parquet.

    Raises:
        OutputError: It cannot be written.
    """
    with ParquetSink(path, REJECTED_SCHEMA, recipe=recipe) as sink:
        sink.write(pa.Table.from_pylist([row._asdict() for row in rows], schema=REJECTED_SCHEMA))
