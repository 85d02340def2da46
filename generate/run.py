"""From documents to grounded examples.

Read, cut, judge the passages, ask in rounds for as many questions as are still wanted, judge the questions in the order
of the candidates (never in the order in which answers arrive), write. Everything that gave no example is kept with its
reason. Nothing is written before the end but the journal, so a killed run leaves the old files as they were.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from generate.candidates import Candidate, spread
from generate.config import GenerateConfig
from generate.grounding import QuestionCheck, locate
from generate.journal import Journal, Journalled, journalled
from generate.report import Failed, GenerationReport, Rejected, encodable, rejected, tally, write_rejected
from generate.strategies import Question, Rejection, Strategy
from generate.survey import Survey, survey
from schemas import (
    EXAMPLE_SCHEMA,
    ChatRequest,
    ChatResponse,
    Client,
    Example,
    InputError,
    LLMError,
    Message,
    Origin,
    OutputError,
    examples_table,
)
from schemas.atomic import make_folder
from schemas.parquet import ParquetSink
from schemas.progress import Progress, silent

_BESIDE = ("rejected.parquet", "generation.json", "journal.sqlite")


def generate(
    documents: Sequence[Path],
    out: Path,
    *,
    config: GenerateConfig,
    client: Client | None = None,
    journal: Path | None = None,
    progress: Progress = silent,
) -> GenerationReport:
    """Make examples out of documents.

    Args:
        documents: Files and folders.
        out: Parquet file for the examples; `rejected.parquet` and `generation.json` are written beside it.
        config: The settings.
        client: Who writes the questions; not needed by the strategy `template`.
        journal: File of the answers paid for; `journal.sqlite` beside `out` where it is None.
        progress: Shows how the work moves.

    Raises:
        InputError: The documents or the settings are wrong.
        LLMError: The model cannot be asked at all: wrong key, unknown model, no server.
        OutputError: A result cannot be written.
    """
    strategy = config.build()
    if config.strategy == "template":
        client = None
    elif client is None:
        raise InputError(
            "nobody is there to write the questions", mend="Name a client, or choose the strategy template"
        )
    _check_place(out)
    run = _Run(config, strategy, survey(documents, config, progress), model=client.model if client else "")
    with ExitStack() as stack:
        asker = None
        if client is not None:
            path = journal or out.parent / "journal.sqlite"
            asker = journalled(client, stack.enter_context(Journal(path)))
        run.ask(asker, progress)
        damaged = asker.journal.damaged if asker else 0
    return run.finish(out, asker, damaged=damaged)


@dataclass(slots=True)
class _Run:
    """What a run has found so far."""

    config: GenerateConfig
    strategy: Strategy
    survey: Survey
    model: str
    accepted: dict[int, Example] = field(default_factory=dict)
    rejected: list[tuple[int, Rejected]] = field(default_factory=list)
    failed: list[tuple[int, Failed]] = field(default_factory=list)
    asked: int = 0

    def ask(self, asker: Journalled | None, progress: Progress) -> None:
        """Ask for questions, round after round, until there are enough or no candidate is left."""
        check = QuestionCheck(_examples_in_prompt(self.strategy))
        waiting = iter(spread(self.survey.candidates, seed=self.config.seed))
        while batch := list(islice(waiting, self._missing())):
            requests = [self.strategy.request(candidate) for candidate in batch]
            outcomes = list(_answers(requests, asker, progress))
            self.asked += len(batch)
            for candidate, outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, LLMError):
                    where = candidate.document.id, candidate.section.label
                    self.failed.append((candidate.number, Failed(*where, str(outcome))))
                else:
                    self._take(candidate, outcome, check)
            first = next((outcome for outcome in outcomes if isinstance(outcome, LLMError)), None)
            if first is not None and len(self.failed) == self.asked:
                raise first  # nothing at all was answered: there is no result to write

    def _missing(self) -> int | None:
        return None if self.config.examples is None else self.config.examples - len(self.accepted)

    def _take(self, candidate: Candidate, response: ChatResponse | None, check: QuestionCheck) -> None:
        question = self.strategy.parse(candidate, response)
        if isinstance(question, Rejection):
            self.rejected.append((candidate.number, rejected(candidate, question, response=response)))
            return
        question = encodable(question)
        fault = check.check(question, candidate)
        if fault is not None:
            self.rejected.append((candidate.number, rejected(candidate, fault, question=question, response=response)))
            return
        self.accepted[candidate.number] = Example(
            messages=(Message("user", question), Message("assistant", candidate.passage)),
            context=candidate.passage,
            source=locate(candidate.document.text, candidate.section),
            origin=Origin(
                strategy=self.strategy.name, model=self.model, prompt=self.strategy.prompt, seed=self.config.seed
            ),
        )

    def finish(self, out: Path, asker: Journalled | None, *, damaged: int) -> GenerationReport:
        """Write the files and sum up."""
        recipe = self.config.recipe(prompt=self.strategy.prompt, model=self.model)
        beside, _, _ = (out.parent / name for name in _BESIDE)
        with ParquetSink(out, EXAMPLE_SCHEMA, recipe=recipe) as sink:
            sink.write(examples_table([self.accepted[number] for number in sorted(self.accepted)]))
        write_rejected(beside, [row for _, row in sorted([*self.survey.unfit, *self.rejected])], recipe=recipe)
        report = GenerationReport(
            files=self.survey.documents + len(self.survey.skipped),
            documents=self.survey.documents,
            skipped=tuple(self.survey.skipped),
            sections=self.survey.sections,
            unfit=tally(row.reason for _, row in self.survey.unfit),
            candidates=len(self.survey.candidates),
            wanted=self.config.examples,
            accepted=len(self.accepted),
            rejected=tally(row.reason for _, row in self.rejected),
            failed=tuple(failure for _, failure in sorted(self.failed)),
            not_asked=len(self.survey.candidates) - self.asked,
            shortfall=self._shortfall(),
            sent=asker.sent if asker else 0,
            replayed=asker.replayed if asker else 0,
            damaged=damaged,
            prompt_tokens=asker.prompt_tokens if asker else 0,
            completion_tokens=asker.completion_tokens if asker else 0,
            cached_tokens=asker.cached_tokens if asker else 0,
            strategy=self.strategy.name,
            model=self.model,
            route=asker.route if asker else "",
            prompt=self.strategy.prompt,
            recipe=recipe,
            config={**asdict(self.config), "prompts": str(self.config.prompts) if self.config.prompts else None},
            examples_file=str(out),
            rejected_file=str(beside),
            report_file=str(out.parent / "generation.json"),
            journal_file=str(asker.journal.path) if asker else "",
        )
        report.write()
        return report

    def _shortfall(self) -> str:
        wanted, made = self.config.examples, len(self.accepted)
        if wanted is None or made >= wanted:
            return ""
        reasons = tally([*(row.reason for _, row in self.rejected), *("request_failed" for _ in self.failed)])
        told = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
        return (
            f"{made} of {wanted} examples: all {len(self.survey.candidates)} sections that can be answers were used"
            + (f" ({told})" if told else "")
            + f"; {len(self.survey.unfit)} of {self.survey.sections} sections cannot"
        )


def _answers(
    requests: Sequence[ChatRequest | None], asker: Journalled | None, progress: Progress
) -> Iterator[ChatResponse | LLMError | None]:
    """Give the outcome of each request in the order of the requests, None where nothing is to be asked."""
    outcomes: list[ChatResponse | LLMError | None] = [None] * len(requests)
    asked = [(place, request) for place, request in enumerate(requests) if request is not None]
    if asked and asker is not None:
        with progress("asking", len(asked), "requests") as bar:
            for position, outcome in asker.complete([request for _, request in asked]):
                outcomes[asked[position][0]] = outcome
                bar.advance()
    yield from outcomes


def _examples_in_prompt(strategy: Strategy) -> list[str]:
    """List the questions that the prompt shows as examples."""
    return strategy.template.shown() if isinstance(strategy, Question) else []


def _check_place(out: Path) -> None:
    """Find out before anything is paid for whether `out` can be written.

    Raises:
        InputError: Its name is that of another file of the run.
        OutputError: A folder is in the way.
    """
    if out.name in _BESIDE:
        raise InputError(
            f"{out.name} is the name of another file of the run", where=str(out), mend="Choose another with -o"
        )
    make_folder(out.parent)
    if out.is_dir():
        raise OutputError("a folder of this name is in the way", where=str(out), mend="Name a file with -o")
