"""The model writes question and answer, and quotes the words of the document that the answer rests on."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import check_answer, check_question, find_quote
from generate.grounding.wording import check_wording
from generate.novelty import Novelty
from generate.rejection import Rejection
from generate.strategies.statements import check_aim, check_quote, statements
from generate.strategies.strategy import Draft, Steps, ToJudge, Unit, or_else
from generate.structured import Items, ask_items, one, read_items, schema_of, schema_of_one
from schemas import ChatRequest, ChatResponse, InputError, Message, Source

QuestionType = Literal["fact", "how-to", "why", "comparison", "condition", "yes-no", "list"]

_TYPES: dict[QuestionType, str] = {
    "fact": "one that asks for a fact: who, what, which, when, where, how much",
    "how-to": "one that asks how something is done, answered with the steps",
    "why": "one that asks why something is so, or what it is good for",
    "comparison": "one that asks how two things differ, or what they have in common",
    "condition": "one that puts a case and asks what applies in it: what if, when, under which condition",
    "yes-no": "one that is answered with yes or no and the reason or the condition for it",
    "list": "one that asks for all of several things, answered with a list",
}
_FIELDS = {
    "quote": "words of the passage, letter for letter, that the answer rests on",
    "question": "what a person would ask, complete in itself",
    "answer": "the answer, in whole sentences",
}
_MOST = 10  # pairs asked for in one request
_STOP = ("\n\n",)  # small models do not stop by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Ask a model for questions about a section, with answers of its own words and a quote as evidence for each.

    The prompt `pairs` may use `whereabouts`, `passage` and `types`, the kinds of questions wanted, in words; the prompt
    `pairs_few_shot` may use `whereabouts` and `quote`.

    Attributes:
        share: Its weight among the strategies of a run.
        per_section: Pairs asked for about one section.
        types: Kinds of questions; each section is asked for some of them, drawn with the seed.
        tasks: Whether an order ("List the ...") is as good as a question.
        few_shot: For models too small to find evidence and keep to it: worked examples are shown, a statement of the
            passage is drawn with the seed, and the model puts it as an answer and writes its question, one a request.
        pair_tokens: Most tokens that the model may write for a pair; one that thinks aloud first needs more.
        temperature: 0 for greedy decoding.
    """

    name = "pairs"
    share: float = 1.0
    per_section: int = 2
    types: tuple[QuestionType, ...] = ("fact", "how-to", "why", "comparison", "condition", "yes-no", "list")
    tasks: bool = True
    few_shot: bool = False
    pair_tokens: int = 300
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.per_section <= _MOST:
            raise InputError(f"per_section is {self.per_section}", mend=f"Give it a number from 1 to {_MOST}")
        if not self.types:
            raise InputError("types is empty", mend=f"Name some of {', '.join(_TYPES)}")
        for name in self.types:
            if name not in _TYPES:
                raise InputError(f"there is no type of question {name!r}", mend=f"Choose from: {', '.join(_TYPES)}")
        if self.pair_tokens < 1:
            raise InputError(f"pair_tokens is {self.pair_tokens}", mend="Give it a number of at least 1")

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompt, and the one that asks once more for what was not good."""
        return ("pairs_few_shot",) if self.few_shot else ("pairs", "repair_items")

    @property
    def yields(self) -> int:
        """As many as are asked for."""
        return self.per_section

    @property
    def calls(self) -> int:
        """One for all pairs, or one for each where each has a statement of its own."""
        return self.per_section if self.few_shot else 1

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section."""
        return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for all pairs at once and judge each; with `brief.repair` those that are not good are asked for again."""
        (candidate,) = unit.candidates
        if self.few_shot:
            return (yield from self._one_by_one(unit, brief))
        request = brief.ask(
            brief.prompt("pairs").messages(
                whereabouts=candidate.whereabouts,
                passage=brief.shown(candidate.passage),
                types=[_TYPES[name] for name in self._drawn(unit, brief.seed)],
            ),
            max_tokens=self.pair_tokens * self.per_section,
            temperature=self.temperature,
            sample=unit.sample,
            schema=schema_of(_FIELDS, most=self.per_section),
        )
        items = yield from ask_items(request, [*_FIELDS], brief)
        if not isinstance(items, Items):
            fault, response = items
            return [_nothing(candidate, response, fault)]
        seen = Novelty()
        drafts = self._drafts(items, candidate, seen)
        faulty = [draft for draft in drafts if draft.fault is not None]
        if brief.repair and faulty:
            drafts += yield from or_else(self._again(request, items.response, faulty, candidate, brief, seen), [])
        return drafts

    def _drawn(self, unit: Unit, seed: int) -> list[QuestionType]:
        """Draw the types that a section is asked for; none comes twice before all have come."""
        order = draw(seed, self.name, unit.name, str(unit.sample)).permutation(len(self.types))
        return [self.types[order[number % len(order)]] for number in range(self.per_section)]

    def _again(
        self,
        request: ChatRequest,
        response: ChatResponse,
        faulty: Sequence[Draft],
        candidate: Candidate,
        brief: Brief,
        seen: Novelty,
    ) -> Generator[ChatRequest | ToJudge, ChatResponse, list[Draft]]:
        """Ask once more, in one turn, for the pairs that were not good."""
        turns = brief.prompt("repair_items").messages(
            faults=[
                {
                    "item": draft.question or "",
                    "reason": draft.fault.reason.replace("_", " "),
                    "detail": draft.fault.detail,
                }
                for draft in faulty
                if draft.fault is not None
            ]
        )
        response = yield replace(
            request,
            messages=(*request.messages, Message("assistant", response.text), *turns),
            schema=schema_of(_FIELDS, most=len(faulty)),
        )
        items = read_items(response, [*_FIELDS])
        if isinstance(items, Rejection):
            return [_nothing(candidate, response, items)]
        return self._drafts(items, candidate, seen)

    def _one_by_one(self, unit: Unit, brief: Brief) -> Steps:
        """Ask for one pair at a time, each about a statement of its own; samples go on with the next statements."""
        (candidate,) = unit.candidates
        given = statements(candidate.passage)
        if not given:
            return [_nothing(candidate, None, Rejection("no_statement", "no sentence of it can be understood alone"))]
        order = draw(brief.seed, self.name, unit.name).permutation(len(given))
        count = min(self.per_section, len(given))
        seen = Novelty()
        drafts: list[Draft] = []
        for number in range(unit.sample * count, (unit.sample + 1) * count):
            times, place = divmod(number, len(given))
            quote = given[order[place]]
            response = yield from or_else(one(self._about(quote, candidate, brief, sample=times)), None)
            if response is None:
                continue  # the other statements have their own requests
            items = read_items(response, ["answer", "question"])
            if isinstance(items, Rejection):
                drafts.append(_nothing(candidate, response, items))
            else:
                told = [{"quote": quote, **item} for item in items.found]
                drafts += self._drafts(items._replace(found=told), candidate, seen, aim=quote)
        return drafts

    def _about(self, quote: str, candidate: Candidate, brief: Brief, *, sample: int) -> ChatRequest:
        """Ask for the pair that one statement makes. It is shown alone: more text only leads a small model astray."""
        messages = brief.prompt("pairs_few_shot").messages(whereabouts=candidate.whereabouts, quote=quote)
        request = brief.ask(
            messages,
            max_tokens=self.pair_tokens,
            temperature=self.temperature,
            sample=sample,
            schema=schema_of_one({name: _FIELDS[name] for name in ("answer", "question")}),
        )
        return replace(request, stop=_STOP)

    def _drafts(self, items: Items, candidate: Candidate, seen: Novelty, *, aim: str = "") -> list[Draft]:
        """Judge every item of an answer; what is no item is kept as such."""
        drafts = [self._judged(item, candidate, items.response, seen, aim) for item in items.found]
        fault = Rejection("broken_item", f"it has not all of {', '.join(_FIELDS)}")
        return drafts + [_nothing(candidate, items.response, fault)] * items.broken

    def _judged(
        self, item: Mapping[str, str], candidate: Candidate, response: ChatResponse, seen: Novelty, aim: str
    ) -> Draft:
        """Look for the evidence, and hold question and answer against it and the passage."""
        question, answer, quote = " ".join(item["question"].split()), item["answer"], item["quote"]
        document, section = candidate.document, candidate.section
        found = find_quote(document.text, quote, start=section.start, end=section.end)
        source = None
        if found is not None:
            evidence = document.text[found.start : found.end]
            source = Source(
                document=document.id, section=section.label, start=found.start, end=found.end, quote=evidence
            )
        fault = (
            (None if source else Rejection("quote_not_found", quote[:200]))
            or check_quote(quote, answer)
            or check_question(question, candidate, task=self.tasks)
            or (check_aim(question, aim, candidate) if aim else None)
            or check_wording(question, answer)
            or check_answer(answer, candidate.passage, question=question, headings=candidate.headings)
            or seen.check(question)
        )
        return Draft(
            messages=(Message("user", question), Message("assistant", answer)),
            context=candidate.passage,
            source=source,
            response=response.text,
            fault=fault,
        )


def _nothing(candidate: Candidate, response: ChatResponse | None, fault: Rejection) -> Draft:
    """Keep an answer, or a part of one, that holds no pair."""
    return Draft(context=candidate.passage, response=None if response is None else response.text, fault=fault)
