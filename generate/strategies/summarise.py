"""The model words a request to sum up a subject and sums it up, in a form drawn for each unit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from generate.answers import WORD
from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import check_answer, locate
from generate.grounding.sentences import pieces, sentences
from generate.grounding.wording import check_wording
from generate.rejection import Rejection
from generate.strategies.form_requests import check_form_request
from generate.strategies.strategy import Draft, Steps, Unit, or_else
from generate.structured import Items, ask_items, schema_of_one
from schemas import ChatResponse, InputError, Message, Section

SummaryForm = Literal["sentence", "bullets", "paragraph"]
Scope = Literal["section", "document"]

_FORMS: dict[SummaryForm, str] = {
    "sentence": "one sentence",
    "bullets": 'two to five short bullet points, each on a line of its own that begins with "- "',
    "paragraph": "a paragraph of two to four sentences",
}
_FIELDS = {"question": "the request to sum the subject up", "answer": "the summary"}
_LEAST_SUMMARY_WORDS = 6
_BULLET = re.compile(r"^[ \t]*(?:[-*+\u2022\u2013]|\d{1,2}[.)])[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarise:
    """Ask a model for a request to sum up what the documents say about a subject, and for the summary.

    The prompt `summarise` may use `whereabouts`, `passage` and `form`, the form of the summary in words.

    Attributes:
        share: Its weight among the strategies of a run.
        of: What is summed up: each section alone, or each document with all its sections together.
        forms: Forms of summaries, of which one is drawn for each unit with the seed.
        least_words: Shorter texts are not summed up.
        most_words: Longer texts are not either; for documents, which are shown whole.
        most_share: Most words of a summary, as a share of those of its text.
        max_tokens: Most tokens that the model may write.
        temperature: 0 for greedy decoding.
    """

    name = "summarise"
    prompts = ("summarise",)
    yields = 1
    calls = 1
    share: float = 1.0
    of: Scope = "section"
    forms: tuple[SummaryForm, ...] = ("sentence", "bullets", "paragraph")
    least_words: int = 80
    most_words: int = 2000
    most_share: float = 0.6
    max_tokens: int = 500
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if self.of not in get_args(Scope):
            raise InputError(f"of is {self.of!r}", mend="Name section or document")
        if not self.forms or not set(self.forms) <= set(_FORMS):
            raise InputError(f"forms is {list(self.forms)}", mend=f"Name some of {', '.join(_FORMS)}")
        if not 1 <= self.least_words <= self.most_words:
            raise InputError(
                f"least_words is {self.least_words} and most_words {self.most_words}", mend="Give the smaller one first"
            )
        if not 0 < self.most_share <= 1:
            raise InputError(f"most_share is {self.most_share}", mend="Give it a number above 0, up to 1")
        if self.max_tokens < 1:
            raise InputError(f"max_tokens is {self.max_tokens}", mend="Give it a number of at least 1")

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section, or document, with enough words and not too many."""
        ordered = spread(brief.survey.candidates, seed=brief.seed)
        if self.of == "section":
            return [Unit.about(candidate) for candidate in ordered if self._fits(candidate)]
        documents: dict[str, list[Candidate]] = {}
        for candidate in ordered:
            documents.setdefault(candidate.document.id, []).append(candidate)
        units = [
            Unit(name=name, candidates=tuple(sorted(found, key=lambda candidate: candidate.number)))
            for name, found in documents.items()
        ]
        return [unit for unit in units if self._fits(whole(unit.candidates))]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for request and summary; with `brief.repair` a summary that is not good is asked for once more."""
        text = whole(unit.candidates) if self.of == "document" else unit.candidates[0]
        shown = text.passage if self.of == "document" else brief.shown(text.passage)
        form = self.forms[int(draw(brief.seed, self.name, unit.name, str(unit.sample)).integers(len(self.forms)))]
        request = brief.ask(
            brief.prompt("summarise").messages(whereabouts=text.whereabouts, passage=shown, form=_FORMS[form]),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            sample=unit.sample,
            schema=schema_of_one(_FIELDS),
        )
        items = yield from ask_items(request, [*_FIELDS], brief)
        drafts = self._drafts(items, text, form)
        fault = drafts[0].fault
        if brief.repair and fault is not None and isinstance(items, Items):
            again = yield from or_else(ask_items(brief.again(request, items.response, fault), [*_FIELDS], brief), None)
            drafts += [] if again is None else self._drafts(again, text, form)
        return drafts

    def _fits(self, text: Candidate) -> bool:
        return self.least_words <= len(WORD.findall(text.passage)) <= self.most_words

    def _drafts(self, items: Items | tuple[Rejection, ChatResponse], text: Candidate, form: SummaryForm) -> list[Draft]:
        """Judge the summary; there is one, and what a model writes beside it is kept as too much."""
        if not isinstance(items, Items):
            fault, response = items
            return [Draft(context=text.passage, response=response.text, fault=fault)]
        drafts = [self._judged(item, text, form, items.response) for item in items.found]
        kept = next((place for place, draft in enumerate(drafts) if draft.fault is None), 0)
        extra = Rejection("too_many_items", "one summary was asked for")
        drafts = [
            draft.rejected(draft.fault or extra) if place != kept else draft for place, draft in enumerate(drafts)
        ]
        broken = Draft(context=text.passage, response=items.response.text, fault=Rejection("broken_item"))
        return [drafts.pop(kept), *drafts, *[broken] * items.broken]

    def _judged(self, item: Mapping[str, str], text: Candidate, form: SummaryForm, response: ChatResponse) -> Draft:
        """Hold a summary against its text, sentence by sentence."""
        question, answer = " ".join(item["question"].split()), set_in_form(item["answer"], form)
        fault = (
            check_form_request(question, text)
            or check_form(answer, form)
            or self._check_length(answer, text.passage)
            or check_wording(question, answer)
            or _check_statements(answer, text)
        )
        return Draft(
            messages=(Message("user", question), Message("assistant", answer)),
            context=text.passage,
            source=locate(text.document.text, text.section),
            response=response.text,
            fault=fault,
        )

    def _check_length(self, answer: str, passage: str) -> Rejection | None:
        own, whole = len(WORD.findall(answer)), len(WORD.findall(passage))
        if own < _LEAST_SUMMARY_WORDS:
            return Rejection("summary_too_short", f"{own} words, fewer than {_LEAST_SUMMARY_WORDS}")
        if own > self.most_share * whole:
            return Rejection("summary_too_long", f"{own} words of {whole}, more than {self.most_share:.0%}")
        return None


def whole(candidates: Sequence[Candidate]) -> Candidate:
    """Put the sections of one document together, in their order, each under its heading."""
    first, last = candidates[0], candidates[-1]
    parts = []
    for candidate in candidates:
        heading = candidate.section.heading
        parts.append(f"## {heading}\n\n{candidate.passage}" if heading else candidate.passage)
    kinds = sorted({kind for candidate in candidates for kind in candidate.section.kinds})
    section = Section(
        document=first.section.document,
        path=(),
        start=first.section.start,
        end=last.section.end,
        kinds=tuple(kinds),
    )
    return Candidate(first.number, first.document, section, "\n\n".join(parts))


def set_in_form(answer: str, form: SummaryForm) -> str:
    """Give bullets one mark and running text one line; what has another form altogether stays as it is."""
    if form == "bullets":
        lines = [line.strip() for line in answer.splitlines() if line.strip()]
        if len(lines) > 1 and not any(_BULLET.match(line) for line in lines):  # a JSON list of bare points
            return "\n".join(f"- {line}" for line in lines)
        return "\n".join(_BULLET.sub("- ", line) for line in lines)
    return answer if "\n\n" in answer or _BULLET.search(answer) else " ".join(answer.split())


def check_form(answer: str, form: SummaryForm) -> Rejection | None:
    """Judge whether a summary has the form that was asked for."""
    lines = answer.splitlines()
    marked = sum(line.startswith("- ") for line in lines)
    if form == "bullets":
        fits = 2 <= marked == len(lines)
    else:
        count = len(sentences(answer))
        fits = len(lines) == 1 and not _BULLET.match(answer) and (count == 1 if form == "sentence" else count >= 2)
    return None if fits else Rejection("wrong_form", f"not {_FORMS[form]}: {answer[:120]}")


def _check_statements(answer: str, text: Candidate) -> Rejection | None:
    """Hold every sentence and every point against the whole text."""
    for piece in pieces(answer):
        fault = check_answer(piece.text, text.passage, headings=text.headings)
        if fault is not None:
            return fault
    return None
