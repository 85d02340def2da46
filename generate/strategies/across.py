"""One question over two documents that speak of the same thing, with a quote from each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generate.brief import Brief
from generate.candidates import Candidate, spread
from generate.grounding import check_answer, check_form, content_stems
from generate.rejection import Rejection
from generate.strategies.quoting import joined, quoted
from generate.strategies.strategy import Draft, Steps, Unit, or_else
from generate.structured import Items, ask_items, schema_of
from schemas import ChatResponse, InputError, Message

_FIELDS = {
    "question": "what the user asks",
    "answer": "the answer, out of both passages",
    "first_quote": "words of the first passage that the answer rests on, copied letter for letter",
    "second_quote": "words of the second passage that the answer rests on, copied letter for letter",
}
_RARE_SHARE, _RARE_LEAST = 0.02, 8  # a word in more of the sections than this, and than so many, joins nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """Ask a model for a question that two sections of different documents answer together.

    A section goes with the one of another document that shares the most rare words with it. The prompt `across` may use
    `passages`, a list of two with `whereabouts` and `passage`. Both quotes must be found, each in its own document, and
    no passage may do alone. `context` holds both passages under their headings; `source` is the first quote, since it
    can point at one document only.

    Attributes:
        shared: Fewest rare words that two sections share.
        least: How much of what they say is shared at least, 0 to 1 (cosine of their words, weighed by rarity).
        most: How much at most: two that say the same need no question across them.
        uses: Most pairs that a section is in.
        share: Its weight among the strategies of a run.
        max_tokens: Most tokens that the model may write.
        temperature: 0 for greedy decoding.
    """

    name = "across"
    prompts = ("across",)
    yields = 1
    calls = 1
    shared: int = 3
    least: float = 0.08
    most: float = 0.6
    uses: int = 2
    share: float = 1.0
    max_tokens: int = 500
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if self.shared < 1 or self.uses < 1:
            what = f"shared of across is {self.shared} and uses is {self.uses}"
            raise InputError(what, mend="Give each a number of at least 1")
        if not 0 <= self.least < self.most <= 1:
            what = f"across takes pairs from {self.least} to {self.most}"
            raise InputError(what, mend="Give least and most numbers from 0 to 1, the smaller one to least")

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """Pair the sections: the closest first as long as both may still be used, then in spread order."""
        pairs: dict[int, list[int]] = {}
        used: Counter[int] = Counter()
        for _, first, second in self._closest(brief):
            if used[first] < self.uses and used[second] < self.uses:
                used.update((first, second))
                pairs.setdefault(first, []).append(second)
        candidates = brief.survey.candidates
        places = {each.number: place for place, each in enumerate(candidates)}
        return [
            _unit(candidate, candidates[second])
            for candidate in spread(candidates, seed=brief.seed)
            for second in pairs.get(places[candidate.number], ())
        ]

    def _closest(self, brief: Brief) -> list[tuple[float, int, int]]:
        """List each pair once, the closest first: how far apart, and the places of both among the candidates."""
        index, candidates = brief.survey.index(), brief.survey.candidates
        documents: dict[str, int] = {}
        groups = np.asarray([documents.setdefault(each.document.id, len(documents)) for each in candidates])
        rare = max(_RARE_LEAST, int(len(candidates) * _RARE_SHARE))
        found: set[tuple[float, int, int]] = set()
        for place in range(len(candidates)):
            hit = index.kin(place, groups=groups, most_common=rare, least=self.shared)
            if hit is not None and self.least <= hit.share <= self.most:
                found.add((-round(hit.share, 9), min(place, hit.place), max(place, hit.place)))
        return sorted(found)

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for question, answer and two quotes, and once more where they are not grounded and the run repairs."""
        passages = [{"whereabouts": each.whereabouts, "passage": brief.shown(each.passage)} for each in unit.candidates]
        request = brief.ask(
            brief.prompt("across").messages(passages=passages),
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            sample=unit.sample,
            schema=schema_of(_FIELDS),
        )
        items = yield from ask_items(request, list(_FIELDS), brief)
        draft = _draft(items, unit)
        if draft.fault is not None and isinstance(items, Items) and brief.repair:
            again = brief.again(request, items.response, draft.fault)
            found = yield from or_else(ask_items(again, list(_FIELDS), brief), None)
            draft = draft if found is None else _draft(found, unit)
        return [draft]


def _unit(first: Candidate, second: Candidate) -> Unit:
    name = "+".join(f"{each.document.id}#{each.section.start}" for each in (first, second))
    return Unit(name=name, candidates=(first, second))


def _draft(items: Items | tuple[Rejection, ChatResponse], unit: Unit) -> Draft:
    """Make a draft of an answer, and judge it."""
    if not isinstance(items, Items):
        return Draft(response=items[1].text, fault=items[0])
    item = items.found[0]
    draft = Draft(
        messages=(Message("user", item["question"]), Message("assistant", item["answer"])),
        context=joined(unit.candidates),
        response=items.response.text,
    )
    first, second = unit.candidates
    source = quoted(item["first_quote"], first)
    for name, candidate, found in (
        ("first_quote", first, source),
        ("second_quote", second, quoted(item["second_quote"], second)),
    ):
        if found is None:
            return draft.rejected(Rejection("quote_not_found", f"{candidate.whereabouts}: {item[name][:120]}"))
    return replace(draft, source=source, fault=_fault(item["question"], item["answer"], unit.candidates))


def _fault(question: str, answer: str, candidates: Sequence[Candidate]) -> Rejection | None:
    """Judge question and answer against both passages together, and whether one alone would do."""
    fault = check_form(question, task=True)
    if fault is not None:
        return fault
    headings = [heading for each in candidates for heading in each.headings]
    passages = "\n\n".join(each.passage for each in candidates)
    if not content_stems(question) & content_stems("\n".join((*headings, passages))):
        return Rejection("off_topic", "shares no content word with the passages or their headings")
    fault = check_answer(answer, passages, question=question, headings=headings)
    if fault is not None:
        return fault
    told = content_stems(answer) - content_stems(question)
    for each in candidates:
        if told <= content_stems("\n".join((*each.headings, each.passage))):
            return Rejection("one_document_is_enough", f"all that the answer says stands in {each.whereabouts}")
    return None
