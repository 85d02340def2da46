"""Questions made harder step by step, or taken elsewhere, and answered from the passage.

Evol-Instruct (WizardLM, arXiv:2304.12244), held to documents. A step that is eliminated is put down with its reason,
and the last question that was good stays; so too where a question turns out to have no good answer.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import check_answer, check_question, find_quote
from generate.grounding.question import HIGH_WORDS
from generate.rejection import Rejection
from generate.replies import read_reply
from generate.strategies.evolution import (
    BREADTH,
    DEPTH,
    OPERATIONS,
    check_evolved,
    check_reply,
    is_unanswerable,
    read_evolved,
    says_equal,
)
from generate.strategies.question import read_question
from generate.strategies.start_rows import read_start
from generate.strategies.strategy import Draft, Steps, ToJudge, Unit, or_else
from generate.structured import Items, ask_items, one, read_items, schema_of
from schemas import ChatRequest, ChatResponse, InputError, Message, Source

_FIELDS = {"answer": "the whole answer", "quote": "the sentences of the passage that it rests on, letter for letter"}
_START_TOKENS = 60  # as in the strategy `question`, so that one question is paid for once


class _Ground(NamedTuple):
    """What one unit rests on: a section, or a row of the user's with the source that it came with."""

    candidate: Candidate
    row: bool = False
    source: Source | None = None


Answered = Generator[ChatRequest | ToJudge, ChatResponse, Draft]
Evolved = Generator[ChatRequest | ToJudge, ChatResponse, str | Draft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evolve:
    """Start from a question, change it `rounds` times, and have the last good one answered from the passage.

    The prompts `evolve_depth` and `evolve_breadth` may use `whereabouts`, `passage`, `question` and `most_words`, the
    former also `change`; `evolve_answer` the first three of these; `evolve_equal` uses `first` and `second`. The first
    question comes of the prompt `question`, or from rows.

    Attributes:
        share: Its weight among the strategies of a run.
        start: File of rows in any format whose questions are evolved, in place of questions on the sections. A row's
            passage is its context, or its answer where it has none.
        rounds: How many times a question is changed.
        operations: What may be done to it; each round draws one. `constraint`, `deepen`, `concrete` and `reasoning` go
            in depth, `breadth` asks something else about the same passage.
        gain: How it is told that a change gained nothing: by its words, or by asking the model too.
        most_words: Longer questions are eliminated.
        max_tokens: Most tokens of an evolved question and of an answer.
        temperature: Of the evolved questions; answers are decoded greedily.
    """

    name = "evolve"
    yields = 1
    share: float = 1.0
    start: Path | None = None
    rounds: int = 2
    operations: tuple[str, ...] = OPERATIONS
    gain: Literal["words", "model"] = "words"
    most_words: int = HIGH_WORDS
    max_tokens: int = 500
    temperature: float = 0.7

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise InputError(f"rounds is {self.rounds}", mend="Give it a number of at least 1")
        for operation in self.operations:
            if operation not in OPERATIONS:
                raise InputError(f"there is no operation {operation!r}", mend=f"Choose from: {', '.join(OPERATIONS)}")
        if not self.operations:
            raise InputError("no operation is named", mend=f"Choose from: {', '.join(OPERATIONS)}")
        if not 1 <= self.most_words <= HIGH_WORDS:
            raise InputError(f"most_words is {self.most_words}", mend=f"Give it a number from 1 to {HIGH_WORDS}")

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those that its settings call for."""
        asked = () if self.start else ("question",)
        return ("evolve_depth", "evolve_breadth", "evolve_answer", *asked, *self._comparing)

    @property
    def _comparing(self) -> tuple[str, ...]:
        return ("evolve_equal",) if self.gain == "model" else ()

    @property
    def calls(self) -> int:
        """A question, the rounds, the answer."""
        return self.rounds + 2

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section, or for each row to start from.

        Raises:
            InputError: The rows cannot be read.
        """
        if self.start is None:
            return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]
        count = len(read_start(self.start))
        order = draw(brief.seed, self.name, "rows").permutation(count)
        return [Unit(name=f"{place}", topic=f"row {place + 1} of {self.start.name}") for place in order]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask or take a question, change it, answer it."""
        drafts: list[Draft] = []
        if unit.candidates:
            ground = _Ground(unit.candidates[0])
            first = yield from self._ask_first(unit, brief)
            if isinstance(first, Draft):
                return [first]
        else:
            assert self.start is not None, "units without a section are rows"
            row = read_start(self.start)[int(unit.name)]
            ground, first = _Ground(row.candidate(self.start), row=True, source=row.source), row.question
            if not (row.question and row.passage):
                fault = Rejection("no_passage", "the row has no question, or neither a context nor an answer")
                return [Draft(messages=(Message("user", first),), fault=fault)]
        yield from or_else(self._evolve_and_answer(first, drafts, ground, unit, brief), None)
        return drafts

    def _evolve_and_answer(
        self, first: str, drafts: list[Draft], ground: _Ground, unit: Unit, brief: Brief
    ) -> Generator[ChatRequest | ToJudge, ChatResponse, None]:
        """Change a question and have the last good one answered; what was eliminated stands among `drafts` at once."""
        good = [first]
        for number in range(self.rounds):
            evolved = yield from self._evolve(good[-1], number, ground, unit, brief)
            if isinstance(evolved, Draft):
                drafts.append(evolved)
            else:
                good.append(evolved)
        while good:
            answered = yield from self._answer(good.pop(), ground, unit, brief)
            drafts.append(answered)
            if answered.fault is None:
                break

    def _ask_first(self, unit: Unit, brief: Brief) -> Evolved:
        """Ask for a question on a section, as the strategy `question` does."""
        (candidate,) = unit.candidates
        messages = brief.prompt("question").messages(**_shown(candidate, brief))
        response = yield brief.ask(messages, max_tokens=_START_TOKENS, sample=unit.sample)
        question = read_question(response)
        if isinstance(question, Rejection):
            return Draft(context=candidate.passage, response=response.text, fault=question)
        fault = check_question(question, candidate)
        return _question(question, candidate, response, fault) if fault else question

    def _evolve(self, parent: str, number: int, ground: _Ground, unit: Unit, brief: Brief) -> Evolved:
        """Change a question once; a draft says why that came to nothing."""
        chance = draw(brief.seed, self.name, unit.name, str(unit.sample), str(number))
        operation = self.operations[int(chance.integers(len(self.operations)))]
        prompt = brief.prompt("evolve_breadth" if operation == BREADTH else "evolve_depth")
        change = {} if operation == BREADTH else {"change": DEPTH[operation]}
        shown = _shown(ground.candidate, brief)
        messages = prompt.messages(**shown, **change, question=parent, most_words=self.most_words)
        response = yield brief.ask(
            messages, max_tokens=self.max_tokens, temperature=self.temperature, sample=unit.sample
        )
        text = read_reply(response)
        if isinstance(text, Rejection):
            return _question("", ground.candidate, response, text)
        question = read_evolved(text)
        fault = check_evolved(question, parent, most_words=self.most_words)
        if fault is None and response.finish_reason == "length":
            fault = Rejection("cut_off", question[-120:])
        fault = fault or check_question(question, ground.candidate, task=True)
        if fault is None and self.gain == "model":
            asked = brief.prompt("evolve_equal").messages(first=parent, second=question)
            verdict = yield brief.ask(asked, max_tokens=_START_TOKENS)
            said = read_reply(verdict)
            if isinstance(said, str) and says_equal(said):
                fault = Rejection("no_gain", f"the model finds it equal to: {parent}")
        return _question(question, ground.candidate, response, fault) if fault else question

    def _answer(self, question: str, ground: _Ground, unit: Unit, brief: Brief) -> Answered:
        """Have a question answered, with a quote; once more with the reason, where the run says so."""
        messages = brief.prompt("evolve_answer").messages(**_shown(ground.candidate, brief), question=question)
        request = brief.ask(messages, max_tokens=self.max_tokens, sample=unit.sample, schema=schema_of(_FIELDS))
        found = yield from ask_items(request, ("answer",), brief, may_be_empty=("quote",))
        response = found.response if isinstance(found, Items) else found[1]
        draft = _judge(question, found if isinstance(found, Items) else found[0], response, ground)
        if draft.fault is None or draft.fault.reason == "unanswerable" or not brief.repair:
            return draft
        again = yield from or_else(one(brief.again(request, response, draft.fault)), None)
        if again is None:
            return draft
        return _judge(question, read_items(again, ("answer",), may_be_empty=("quote",)), again, ground)


def _shown(candidate: Candidate, brief: Brief) -> dict[str, str]:
    return {"whereabouts": candidate.whereabouts, "passage": brief.shown(candidate.passage)}


def _question(question: str, candidate: Candidate, response: ChatResponse, fault: Rejection) -> Draft:
    """Put a question down that was eliminated."""
    messages = (Message("user", question),) if question else ()
    return Draft(messages=messages, context=candidate.passage, response=response.text, fault=fault)


def _judge(question: str, found: Items | Rejection, response: ChatResponse, ground: _Ground) -> Draft:
    """Make a draft of an answer, with its evidence or its fault."""
    candidate = ground.candidate
    asked = Message("user", question)
    draft = Draft(messages=(asked,), context=candidate.passage, response=response.text)
    if isinstance(found, Rejection):
        said = read_reply(response)
        if isinstance(said, str) and is_unanswerable(said):
            found = Rejection("unanswerable", "the passage does not answer it")
        return draft.rejected(found)
    item = found.found[0]
    draft = replace(draft, messages=(asked, Message("assistant", item["answer"])))
    fault = check_reply(item["answer"])
    if fault is not None:
        return draft.rejected(fault)
    text, section = candidate.document.text, candidate.section
    place = find_quote(text, item["quote"], start=section.start, end=section.end)
    if place is None:
        return draft.rejected(Rejection("quote_not_found", item["quote"][:200]))
    fault = check_answer(item["answer"], candidate.passage, question=question, headings=candidate.headings)
    if fault is not None:
        return draft.rejected(fault)
    if ground.row:
        return replace(draft, source=ground.source)
    quote = text[place.start : place.end]
    source = Source(
        document=candidate.document.id, section=section.label, start=place.start, end=place.end, quote=quote
    )
    return replace(draft, source=source)
