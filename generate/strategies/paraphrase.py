"""The question of a section in other words, for people put one question in many ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import check_question, content_stems, locate
from generate.rejection import Rejection
from generate.strategies.names import kept_words
from generate.strategies.question import Question, passage_answers, read_question
from generate.strategies.strategy import Draft, Steps, Unit
from generate.structured import Items, ask_items, schema_of
from schemas import ChatResponse, InputError, Message, normal

Style = Literal["formal", "colloquial", "terse", "situation", "order"]

_STYLES: dict[Style, str] = {
    "formal": "politely and in full, as in a letter to another department",
    "colloquial": "as one would ask a colleague in the corridor",
    "terse": "as a search query: four to eight key words, no sentence",
    "situation": "out of a situation of one's own: what one is about to do, and the question that it raises",
    "order": 'as an order to an assistant: "Explain ...", "Tell me ...", "List ..."',
}
SAME = 85.0  # rapidfuzz ratio of two normal forms from which on a question is not worded anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase:
    """Ask a model for a question that the passage answers, then for the same question in other words.

    Each wording becomes an example with the passage as its answer; the question as it was first is `question`'s to
    give, whose prompt and settings are used for it, so that both together ask for it once. The prompt `paraphrase` may
    use `whereabouts`, `passage`, `question` and `styles`, the ways of asking in words.

    Attributes:
        share: Its weight among the strategies of a run.
        ways: Wordings asked for.
        styles: Ways of asking, of which as many are drawn for each section with the seed.
        question_tokens: Most tokens that the model may write for the first question.
        max_tokens: Most tokens that the model may write for all wordings.
        temperature: 0 for greedy decoding.
    """

    name = "paraphrase"
    prompts = ("paraphrase", "question")
    calls = 2
    share: float = 1.0
    ways: int = 2
    styles: tuple[Style, ...] = ("formal", "colloquial", "terse", "situation", "order")
    question_tokens: int = 60
    max_tokens: int = 400
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if not self.styles or not set(self.styles) <= set(_STYLES):
            raise InputError(f"styles is {list(self.styles)}", mend=f"Name some of {', '.join(_STYLES)}")
        if not 1 <= self.ways <= len(set(self.styles)):
            mend = f"Give it a number from 1 to {len(set(self.styles))}, as many as there are styles"
            raise InputError(f"ways is {self.ways}", mend=mend)
        for key in ("question_tokens", "max_tokens"):
            if getattr(self, key) < 1:
                raise InputError(f"{key} is {getattr(self, key)}", mend="Give it a number of at least 1")

    @property
    def yields(self) -> int:
        """As many as there are wordings."""
        return self.ways

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section."""
        return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Ask for the question, and where it is good for its wordings; each is held against the question."""
        (candidate,) = unit.candidates
        asking = Question(max_tokens=self.question_tokens, temperature=self.temperature)
        response = yield asking.request(unit, brief)
        question = read_question(response)
        first = (
            Draft(context=candidate.passage, response=response.text, fault=question)
            if isinstance(question, Rejection)
            else passage_answers(question, candidate, response)
        )
        if first.fault is not None or isinstance(question, Rejection):
            return [first]
        asked = brief.prompt("paraphrase").messages(
            whereabouts=candidate.whereabouts,
            passage=brief.shown(candidate.passage),
            question=question,
            styles=[_STYLES[name] for name in self._drawn(unit, brief.seed)],
        )
        request = brief.ask(
            asked,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            sample=unit.sample,
            schema=schema_of({"question": "the question in these words"}, most=self.ways),
        )
        items = yield from ask_items(request, ["question"], brief)
        if not isinstance(items, Items):
            fault, response = items
            return [Draft(context=candidate.passage, response=response.text, fault=fault)]
        return _drafts(items, question, candidate)

    def _drawn(self, unit: Unit, seed: int) -> list[Style]:
        """Draw the ways of asking for one section."""
        styles = list(dict.fromkeys(self.styles))
        order = draw(seed, self.name, unit.name, str(unit.sample)).permutation(len(styles))
        return [styles[place] for place in order[: self.ways]]


def check_wording_of(question: str, wording: str, others: Sequence[str] = ()) -> Rejection | None:
    """Judge whether a wording asks the same as a question, in other words.

    Args:
        question: The question.
        wording: The same in other words.
        others: Further wordings, from which it is to differ too.
    """
    for other in (question, *others):
        if fuzz.ratio(normal(other), normal(wording)) >= SAME:
            return Rejection("same_words", other)
    own, new = kept_words(question), kept_words(wording)
    words = normal(wording)
    for lost in sorted(own - new):
        if normal(lost) not in words:
            return Rejection("lost_detail", lost)
    for added in sorted(new - own):
        if any(sign.isdigit() for sign in added) and normal(added) not in normal(question):
            return Rejection("added_detail", added)
    about = content_stems(question)
    if about and not about & content_stems(wording):
        return Rejection("drifted", f"shares no content word with: {question}")
    return None


def _drafts(items: Items, question: str, candidate: Candidate) -> list[Draft]:
    """Judge every wording; what is no item is kept as such."""
    good: list[str] = []
    drafts = []
    for item in items.found:
        wording = " ".join(item["question"].split())
        fault = check_question(wording, candidate, task=True) or check_wording_of(question, wording, good)
        if fault is None:
            good.append(wording)
        drafts.append(_draft(wording, candidate, items.response, fault))
    broken = Draft(
        context=candidate.passage, response=items.response.text, fault=Rejection("broken_item", "it has no question")
    )
    return drafts + [broken] * items.broken


def _draft(wording: str, candidate: Candidate, response: ChatResponse, fault: Rejection | None) -> Draft:
    return Draft(
        messages=(Message("user", wording), Message("assistant", candidate.passage)),
        context=candidate.passage,
        source=locate(candidate.document.text, candidate.section),
        response=response.text,
        fault=fault,
    )
