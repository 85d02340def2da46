"""A talk of several turns over neighbouring sections of one document, every answer with its quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generate.brief import Brief
from generate.candidates import Candidate, spread
from generate.grounding import check_answer, check_follow_up, check_form, content_stems
from generate.rejection import Rejection
from generate.strategies.quoting import joined, quoted, stretch
from generate.strategies.strategy import Draft, Steps, Unit, or_else
from generate.structured import Items, ask_items, schema_of
from schemas import ChatResponse, InputError, Message, Source, normal

_FIELDS = {
    "question": "what the user says",
    "answer": "what the assistant answers, out of the passages",
    "quote": "words of a passage that the answer rests on, copied letter for letter",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Ask a model for a whole conversation at once: that costs one request, where asking turn by turn costs several.

    The prompt `converse` may use `turns` and `passages`, a list with `whereabouts` and `passage`. The first question
    stands alone, later ones may point back. A faulty turn ends the talk before it. `context` holds the passages under
    their headings; `source` is the stretch of the document from the first to the last of the quotes, so that all
    answers stand in it.

    Attributes:
        turns: Questions that are asked for.
        least_turns: Fewest that make a conversation, once faulty ones are cut off.
        sections: Most sections that it moves through: the first one, and those behind it in the same document.
        share: Its weight among the strategies of a run.
        max_tokens: Most tokens that the model may write.
        temperature: 0 for greedy decoding.
    """

    name = "converse"
    prompts = ("converse",)
    yields = 1
    calls = 1
    turns: int = 3
    least_turns: int = 2
    sections: int = 2
    share: float = 1.0
    max_tokens: int = 1000
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.least_turns <= self.turns:
            what = f"converse asks for {self.turns} turns and wants at least {self.least_turns}"
            raise InputError(what, mend="Give least_turns a number from 1 to turns")
        if self.sections < 1:
            raise InputError(f"sections of converse is {self.sections}", mend="Give it a number of at least 1")

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section, with its neighbours behind it; the last of a document takes those before it."""
        documents: dict[str, list[Candidate]] = {}
        for candidate in brief.survey.candidates:
            documents.setdefault(candidate.document.id, []).append(candidate)
        places = {each.number: place for own in documents.values() for place, each in enumerate(own)}
        return [
            self._unit(documents[candidate.document.id], places[candidate.number])
            for candidate in spread(brief.survey.candidates, seed=brief.seed)
        ]

    def _unit(self, own: Sequence[Candidate], place: int) -> Unit:
        behind = own[place + 1 : place + self.sections]
        before = own[max(0, place - self.sections + 1) : place] if not behind else ()
        name = f"{own[place].document.id}#{own[place].section.start}"
        return Unit(name=name, candidates=(own[place], *behind, *before))

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for the talk; where too little of it holds, once more where the run repairs."""
        passages = [{"whereabouts": each.whereabouts, "passage": brief.shown(each.passage)} for each in unit.candidates]
        request = brief.ask(
            brief.prompt("converse").messages(passages=passages, turns=self.turns),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            sample=unit.sample,
            schema=schema_of(_FIELDS, least=self.least_turns, most=self.turns),
        )
        items = yield from ask_items(request, list(_FIELDS), brief)
        draft = self._draft(items, unit)
        if draft.fault is not None and isinstance(items, Items) and brief.repair:
            again = brief.again(request, items.response, draft.fault)
            found = yield from or_else(ask_items(again, list(_FIELDS), brief), None)
            draft = draft if found is None else self._draft(found, unit)
        return [draft]

    def _draft(self, items: Items | tuple[Rejection, ChatResponse], unit: Unit) -> Draft:
        """Keep the turns before the first faulty one, if they are enough; otherwise all of them, with its fault."""
        if not isinstance(items, Items):
            return Draft(response=items[1].text, fault=items[0])
        asked = items.found[: self.turns]
        good, fault = _good(asked, unit.candidates)
        if len(good) >= self.least_turns:
            fault, asked = None, asked[: len(good)]
        elif fault is None:
            fault = Rejection("too_few_turns", f"{len(good)}, not {self.least_turns}")
        turns = [(Message("user", item["question"]), Message("assistant", item["answer"])) for item in asked]
        return Draft(
            messages=tuple(message for turn in turns for message in turn),
            context=joined(sorted(unit.candidates, key=lambda each: each.number)),
            source=_around(unit.candidates, [turn.source for turn in good]) if good else None,
            response=items.response.text,
            fault=fault,
        )


class _Turn(NamedTuple):
    question: str
    answer: str
    source: Source


def _good(items: Sequence[dict[str, str]], candidates: Sequence[Candidate]) -> tuple[list[_Turn], Rejection | None]:
    """Give the turns before the first faulty one, and its fault."""
    good: list[_Turn] = []
    for number, item in enumerate(items, 1):
        turn = _judged(item, good, candidates)
        if isinstance(turn, Rejection):
            return good, Rejection(turn.reason, f"turn {number}: {turn.detail}")
        good.append(turn)
    return good, None


def _judged(item: dict[str, str], before: Sequence[_Turn], candidates: Sequence[Candidate]) -> _Turn | Rejection:
    """Judge one turn by the passages and the talk before it."""
    question, answer = item["question"], item["answer"]
    headings = [heading for each in candidates for heading in each.headings]
    passages = "\n\n".join(each.passage for each in candidates)
    talk = "\n".join(text for turn in before for text in (turn.question, turn.answer))
    if before:
        fault = check_follow_up(question, "\n".join((*headings, passages, talk)))
    else:
        fault = check_form(question, task=True)
        if fault is None and not content_stems(question) & content_stems("\n".join((*headings, passages))):
            fault = Rejection("off_topic", "shares no content word with the passages or their headings")
    if fault is None and any(normal(turn.question) == normal(question) for turn in before):
        fault = Rejection("repeated_turn", question[:120])
    if fault is None and any(normal(turn.answer) == normal(answer) for turn in before):
        fault = Rejection("repeated_turn", answer[:120])
    if fault is None:
        # What was said before may be said again; the user's words count as given, as those of one question do.
        asked = " ".join((*(turn.question for turn in before), question))
        given = "\n\n".join((passages, *(turn.answer for turn in before)))
        fault = check_answer(answer, given, question=asked, headings=headings)
    if fault is not None:
        return fault
    sources = (quoted(item["quote"], each) for each in candidates)
    source = next((found for found in sources if found is not None), None)
    if source is None:
        return Rejection("quote_not_found", item["quote"][:120])
    return _Turn(question, answer, source)


def _around(candidates: Sequence[Candidate], sources: Sequence[Source]) -> Source:
    """Point at the stretch from the first to the last of the quotes, in the section where it begins."""
    start, end = min(source.start for source in sources), max(source.end for source in sources)
    first = next(each for each in candidates if each.section.start <= start < each.section.end)
    return stretch(first, start, end)
