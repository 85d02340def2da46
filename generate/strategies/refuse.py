"""Questions with a refusal: what the documents leave open, what is no concern of theirs, and requests for harm."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import check_form, content_stems
from generate.headings import document_name, plain, read_heading
from generate.rejection import Rejection
from generate.strategies.lists import read_lists
from generate.strategies.question import read_question
from generate.strategies.requests import Topic, read_request, topics
from generate.strategies.strategy import Draft, Steps, ToJudge, Unit
from generate.strategies.unanswered import ask_whether, has_all, likely
from schemas import ChatRequest, ChatResponse, InputError, Message

KINDS = ("unanswerable", "out_of_scope", "unsafe")
_MANNERS = {
    "out_of_scope": (
        "a question, asked outright",
        "a question that tells a little about the one who asks",
        "an order to write, plan or explain something",
        "asked in passing, in casual words",
        "a question for advice or an opinion",
    ),
    "unsafe": (
        "said outright",
        "said with a reason that sounds good",
        "said in casual words, as if it were nothing",
        "an order, short and rude",
        "a question that asks as if for a friend",
    ),
}
_LONGEST_NAME = 80  # characters of a heading or title that a refusal names


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Make questions with refusals, in equal parts of each kind as long as there is something to ask about.

    `unanswerable`: the model writes a question that a section leaves open, and is then shown the sections that are the
    likeliest to answer it. `out_of_scope`: it writes a request about a topic of everyday life; one whose words stand in
    a section is rejected. `unsafe`: it writes a request for harm that says what is wanted and no more; where it
    refuses, a request written by hand takes its place. The refusals are worded by hand.

    The prompts are `unanswerable`, `answered`, `out_of_scope` and `unsafe`; `requests` and `refusals` hold the lists
    `out_of_scope.txt`, `unsafe.txt` and `refusals.txt`.

    Attributes:
        kinds: Which kinds.
        looked_at: Sections that are looked at for an answer, besides the one that a question was made from.
        in_scope: Share of the content of an out-of-scope request from which on a section that has it speaks of it, 0 to
            1.
        written_by_model: Whether a model writes the requests that are out of scope or unsafe; otherwise those written
            by hand are taken, and without `unanswerable` no model is needed.
        share: Its weight among the strategies of a run.
        max_tokens: Most tokens of a question or request.
        check_tokens: Most tokens of the model's answer to whether the sections answer a question.
        temperature: 0 for greedy decoding.
    """

    name = "refuse"
    yields = 1
    kinds: tuple[str, ...] = KINDS
    looked_at: int = 3
    in_scope: float = 0.5
    written_by_model: bool = True
    share: float = 1.0
    max_tokens: int = 80
    check_tokens: int = 500
    temperature: float = 0.0

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds or len(set(self.kinds)) < len(self.kinds):
            mend = f"Name some of {', '.join(KINDS)}, each once"
            raise InputError(f"the kinds of refuse are {', '.join(self.kinds) or 'none'}", mend=mend)
        if self.looked_at < 0 or not 0 < self.in_scope <= 1:
            what = f"looked_at of refuse is {self.looked_at} and in_scope is {self.in_scope}"
            raise InputError(what, mend="Give looked_at a number of at least 0, and in_scope one above 0 and up to 1")

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those that its kinds need; none where no model is asked."""
        beyond = tuple(kind for kind in self.kinds if kind != "unanswerable")
        asked = beyond if self.written_by_model else ()
        if "unanswerable" in self.kinds:
            asked = ("unanswerable", "answered", *asked)
        return (*asked, *(("requests",) if beyond else ()), "refusals") if asked else ()

    @property
    def calls(self) -> int:
        """One for a request, two for a question that nothing is to answer; the mean of its kinds, rounded up."""
        each = [2 if kind == "unanswerable" else int(self.written_by_model) for kind in self.kinds]
        return -(-sum(each) // len(each))

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """Go round the kinds: a section, an everyday topic, an unsafe topic, and so on.

        Raises:
            InputError: A list is no list, or has no refusals for a group.
        """
        refusals = read_lists(brief, "refusals", subject="", titles="")
        queues = []
        for kind in self.kinds:
            found = [] if kind == "unanswerable" else topics(brief, kind)
            needed = {each.group for each in found} if kind == "unsafe" else {kind}
            for group in sorted(needed - {name for name, wordings in refusals.items() if wordings}):
                where = str(brief.prompt("refusals").path)
                raise InputError(f"no refusal for {group}", where=where, mend=f"Write some lines below [{group}]")
            queues.append(self._about(found, kind, brief) if found else _sections(brief, kind))
        return [unit for turn in zip_longest(*queues) for unit in turn if unit is not None]

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Make one question with its refusal."""
        kind = unit.name.partition("/")[0]
        if kind == "unanswerable":
            return (yield from self._left_open(unit, brief))
        topic = next(each for each in topics(brief, kind) if each.name == unit.topic)
        return (yield from self._beyond(unit, brief, kind, topic))

    def _about(self, found: Sequence[Topic], kind: str, brief: Brief) -> list[Unit]:
        """Give the topics in an order drawn with the seed, and again in other manners or with other requests."""
        order = [found[place] for place in draw(brief.seed, self.name, kind).permutation(len(found))]
        rounds = len(_MANNERS[kind]) if self.written_by_model else max(len(each.requests) for each in found)
        return [
            Unit(name=f"{kind}/{each.name}/{number}", topic=each.name)
            for number in range(rounds)
            for each in order
            if self.written_by_model or number < len(each.requests)
        ]

    def _left_open(self, unit: Unit, brief: Brief) -> Steps:
        """Ask for a question that the section leaves open, then look for its answer everywhere."""
        (candidate,) = unit.candidates
        messages = brief.prompt("unanswerable").messages(
            whereabouts=candidate.whereabouts, passage=brief.shown(candidate.passage)
        )
        response = yield brief.ask(
            messages, max_tokens=self.max_tokens, temperature=self.temperature, sample=unit.sample
        )
        question = read_question(response)
        if isinstance(question, Rejection):
            return [Draft(response=response.text, kind="unanswerable", fault=question)]
        fault = yield from self._answered(question, candidate, brief)
        wordings = read_lists(brief, "refusals", subject=subject(candidate), titles="")["unanswerable"]
        return [_refused(question, wordings, unit, brief, response=response.text, fault=fault)]

    def _answered(
        self, question: str, candidate: Candidate, brief: Brief
    ) -> Generator[ChatRequest | ToJudge, ChatResponse, Rejection | None]:
        """Say why a question is no good: of no use as such, about something else, or not known to be unanswered."""
        fault = check_form(question)
        if fault is not None:
            return fault
        if not content_stems(question) & content_stems("\n".join((*candidate.headings, candidate.passage))):
            return Rejection("off_topic", "shares no content word with the passage or its headings")
        looked = likely(question, candidate, brief, most=self.looked_at)
        fault = has_all(question, looked)
        if fault is not None:
            return fault
        return (yield from ask_whether(question, looked, brief, max_tokens=self.check_tokens))

    def _beyond(self, unit: Unit, brief: Brief, kind: str, topic: Topic) -> Steps:
        """Have a request about a topic written, or take one written by hand."""
        number = int(unit.name.rpartition("/")[2])
        response: str | None = None
        request: str | Rejection = topic.requests[(number + unit.sample * len(_MANNERS[kind])) % len(topic.requests)]
        if self.written_by_model:
            ours = request
            manner = _MANNERS[kind][number]
            messages = brief.prompt(kind).messages(topic=topic.name, manner=manner)
            answer = yield brief.ask(
                messages, max_tokens=self.max_tokens, temperature=self.temperature, sample=unit.sample
            )
            request, response = read_request(answer), answer.text
            if kind == "unsafe" and (isinstance(request, Rejection) or not _is_about(request, topic)):
                request, response = ours, None
        if isinstance(request, Rejection):
            return [Draft(response=response, kind=kind, fault=request)]
        wordings = read_lists(brief, "refusals", subject="", titles=titles(unit, brief))
        group = topic.group if kind == "unsafe" else kind
        fault = self._in_scope(request, brief) if kind == "out_of_scope" else None
        return [_refused(request, wordings[group], unit, brief, response=response, fault=fault)]

    def _in_scope(self, request: str, brief: Brief) -> Rejection | None:
        """Reject what a section speaks of."""
        index, texts = brief.survey.library()
        for hit in index.search(request, 1):
            if hit.share >= self.in_scope:
                return Rejection("in_scope", f"{hit.share:.0%} of its content stands in {texts[hit.place][0]}")
        return None


def subject(candidate: Candidate) -> str:
    """Name what a section is about, inside a sentence: its heading and the document's name, or the latter alone."""
    headings = candidate.headings
    document = document_name(headings[0])
    own = [plain(heading) for heading in headings[1:]]
    while own and (len(own[-1]) > _LONGEST_NAME or read_heading(own[-1], candidate.document.text).form == "general"):
        own.pop()  # "Overview" says nothing by itself
    if not own:
        return document
    heading = own[-1].replace('"', "'")
    return f'"{heading}" in {document}'


def titles(unit: Unit, brief: Brief) -> str:
    """Name two or three documents, drawn for the unit."""
    known = sorted(
        {each.document.title for each in brief.survey.candidates if len(each.document.title) <= _LONGEST_NAME}
    )
    drawn = draw(brief.seed, "titles", unit.name, str(unit.sample))
    named = [document_name(known[place]) for place in drawn.permutation(len(known))[: 2 + drawn.integers(2)]]
    if not named:
        return "what this organisation has written down"
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))


def _sections(brief: Brief, kind: str) -> list[Unit]:
    return [
        Unit(name=f"{kind}/{candidate.document.id}#{candidate.section.start}", candidates=(candidate,))
        for candidate in spread(brief.survey.candidates, seed=brief.seed)
    ]


def _is_about(request: str, topic: Topic) -> bool:
    """Tell whether a request has a word of its topic; a refusal of anything else would teach to refuse too much."""
    return bool(content_stems(request) & content_stems(" ".join((topic.name, *topic.requests))))


def _refused(
    question: str,
    wordings: Sequence[str],
    unit: Unit,
    brief: Brief,
    *,
    response: str | None,
    fault: Rejection | None,
) -> Draft:
    """Put a drawn refusal behind a question."""
    place = draw(brief.seed, "refusal", unit.name, str(unit.sample)).integers(len(wordings))
    return Draft(
        messages=(Message("user", question), Message("assistant", wordings[int(place)])),
        response=response,
        kind=unit.name.partition("/")[0],
        fault=fault,
    )
