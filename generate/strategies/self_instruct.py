"""Bootstrapped tasks: some are shown, the model goes on with the list, and what is new and sound is kept.

This is Self-Instruct (arXiv:2212.10560) as Alpaca simplified it: one request gives whole tasks, and the tasks shown are
always seeds, never what a model wrote. Its stop at "20." is left out, for it cuts every answer that holds "20."; the
list is cut by the numbers of its items instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import overload

from generate.brief import Brief
from generate.candidates import Candidate, draw, spread
from generate.grounding import check_answer, check_question, content_stems, locate
from generate.rejection import Rejection
from generate.strategies.rouge_pool import RougePool
from generate.strategies.seed_tasks import OURS, Task, read_seeds
from generate.strategies.strategy import Draft, Steps, Unit
from generate.strategies.task_list import Item, read_tasks, write_tasks
from generate.strategies.task_rules import RULES, conflicts
from schemas import InputError

_MOST_REQUESTS = 100  # without topics, where no number of examples is named

_LEAST_SHARED = 0.25  # of the content words of a task with an input of its own, that are the passage's too


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfInstruct:
    """Show seed tasks and a passage, and have the model go on with the list.

    With `topics` each request is about one section, whose passage must bear the answers out. Without, documents play no
    part, and the list is what Alpaca's is. The prompts `self_instruct` and `self_instruct_plain` may use `tasks` (those
    shown), `shown` and `count` (how many these are, and all), the former also `whereabouts` and `passage`.

    The switches below `grounded` are the original filters, each with a reason code of its own. None for `blacklist` and
    `non_ascii` means: only without topics, for in questions about documents words such as "file" are no fault, and the
    documents may be in any language.

    Attributes:
        share: Its weight among the strategies of a run.
        topics: Whether each request is about a section of the documents.
        seeds: File of seed tasks, in Self-Instruct's form or any that examples come in; None for ours.
        shown: Tasks shown in a request.
        at_a_time: Tasks in a list, those shown counted.
        requests: Most requests without topics, each asked as often as `samples` says; None for one for each example
            wanted.
        max_tokens: Most tokens of a reply.
        temperature: 0 for greedy decoding.
        novelty: ROUGE-L above which an instruction is too near to a seed or to one kept before it.
        grounded: Whether, with topics, question and answer must be borne out by passage and input.
        rouge: Reject what is too near (`not_novel`).
        length: Reject instructions of up to 3 or more than 150 words.
        blacklist: Reject instructions with a word that speaks of pictures, files, sound or places.
        program: Reject instructions that begin with "Write a program".
        punctuation: Reject instructions that begin with a sign.
        non_ascii: Reject instructions whose first character is not ASCII.
        parts: Reject items that are not exactly an instruction, an input and an output.
        last: Reject the last item of a reply that ended at its limit of tokens.
        echo: Reject outputs that repeat the input.
        empty: Reject empty outputs.
        colon: Reject inputs and outputs that end with a colon.
        conflicts: Reject all tasks of a reply that have one instruction and input, but several outputs.
    """

    name = "self_instruct"
    yields = 10
    calls = 1
    share: float = 1.0
    topics: bool = True
    seeds: Path | None = None
    shown: int = 3
    at_a_time: int = 20
    requests: int | None = None
    max_tokens: int = 3072
    temperature: float = 1.0
    novelty: float = 0.7
    grounded: bool = True
    rouge: bool = True
    length: bool = True
    blacklist: bool | None = None
    program: bool = True
    punctuation: bool = True
    non_ascii: bool | None = None
    parts: bool = True
    last: bool = True
    echo: bool = True
    empty: bool = True
    colon: bool = True
    conflicts: bool = True

    def __post_init__(self) -> None:
        if self.shown < 1:
            raise InputError(f"shown is {self.shown}", mend="Show at least 1 task")
        if self.at_a_time <= self.shown:
            mend = f"Ask for more than the {self.shown} that are shown"
            raise InputError(f"at_a_time is {self.at_a_time}", mend=mend)
        if self.requests is not None and self.requests < 1:
            raise InputError(f"requests is {self.requests}", mend="Give it a number of at least 1")
        if not 0 < self.novelty <= 1:
            raise InputError(f"novelty is {self.novelty}", mend="Give it a number above 0, up to 1")

    @property
    def prompts(self) -> tuple[str, ...]:
        """The prompt with a passage, or the one without."""
        return ("self_instruct",) if self.topics else ("self_instruct_plain",)

    def units(self, brief: Brief, /) -> Sequence[Unit]:
        """One for each section; without topics as many as can be wanted.

        Raises:
            InputError: There are not enough seeds.
        """
        found = len(self._seeds())
        if found < self.shown:
            where = str(self.seeds or OURS)
            raise InputError(f"{found} seed tasks, of which {self.shown} are to be shown", where=where, mend="Add some")
        if self.topics:
            return [Unit.about(candidate) for candidate in spread(brief.survey.candidates, seed=brief.seed)]
        return Requests(self.requests or brief.wanted or _MOST_REQUESTS)

    def write(self, unit: Unit, brief: Brief, /) -> Steps:
        """Show seeds that the unit draws, read the list, and look at each task."""
        candidate = unit.candidates[0] if unit.candidates else None
        chance = draw(brief.seed, self.name, unit.name, str(unit.sample))
        seeds = self._seeds()
        shown = [seeds[int(place)] for place in chance.choice(len(seeds), size=self.shown, replace=False)]
        about = {}
        if candidate is not None:
            about = {"whereabouts": candidate.whereabouts, "passage": brief.shown(candidate.passage)}
        messages = brief.prompt(self.prompts[0]).messages(
            tasks=write_tasks(shown), shown=self.shown, count=self.at_a_time, **about
        )
        response = yield brief.ask(
            messages, max_tokens=self.max_tokens, temperature=self.temperature, sample=unit.sample
        )
        items = read_tasks(response, first=self.shown + 1, last=self.at_a_time)
        if isinstance(items, Rejection):
            return [Draft(response=response.text, fault=items)]
        at_odds = conflicts([item.task for item in items]) if self.conflicts else {}
        return [self._draft(item, candidate, at_odds.get(place)) for place, item in enumerate(items)]

    def memory(self) -> "KnownTasks":
        """Begin with the seeds."""
        return KnownTasks(self._seeds(), self.novelty if self.rouge else 1.0)

    def _seeds(self) -> tuple[Task, ...]:
        return read_seeds(self.seeds or OURS)

    def _draft(self, item: Item, candidate: Candidate | None, at_odds: Rejection | None) -> Draft:
        task = item.task
        draft = Draft(messages=task.messages, context=task.input or None, response=item.raw)
        if candidate is not None:
            source = locate(candidate.document.text, candidate.section)
            draft = replace(draft, context=task.input or candidate.passage, source=source)
        fault = self._fault(item) or at_odds
        if fault is None and candidate is not None and self.grounded:
            fault = _ground(task, candidate)
        return draft if fault is None else draft.rejected(fault)

    def _fault(self, item: Item) -> Rejection | None:
        if item.last and self.last:
            return Rejection("cut_off", "the last item of a reply that ended at its limit of tokens")
        if not item.task.instruction or (self.parts and not item.whole):
            return Rejection("not_three_parts", item.raw[:120])
        if item.surplus:
            return Rejection("too_many", f"behind the {self.at_a_time} tasks that were asked for")
        for name, rule in RULES.items():
            switch: bool | None = getattr(self, name)
            if switch is None:
                switch = not self.topics
            if switch and (fault := rule(item.task)):
                return fault
        return None


class KnownTasks:
    """The instructions of the seeds and of all tasks kept so far.

    Args:
        seeds: The seeds.
        novelty: ROUGE-L above which an instruction is too near to one of them.
    """

    def __init__(self, seeds: Sequence[Task], novelty: float) -> None:
        self._pool = RougePool(novelty)
        for seed in seeds:
            self._pool.add(seed.instruction)

    def check(self, draft: Draft, /) -> Rejection | None:
        """Name the nearest instruction where it is too near."""
        near = self._pool.nearest(_instruction(draft))
        return Rejection("not_novel", f"ROUGE-L {near.score:.2f} with: {near.text}") if near else None

    def keep(self, draft: Draft, /) -> None:
        """Remember a task that was kept."""
        self._pool.add(_instruction(draft))


class Requests(Sequence[Unit]):
    """Units that are about nothing in particular, made when they are looked at."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Unit: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Unit]: ...

    def __getitem__(self, place: int | slice) -> Unit | Sequence[Unit]:
        """Give one unit, or a stretch of them."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self._count))]
        if not -self._count <= place < self._count:
            raise IndexError(place)
        return Unit(name=f"request {place % self._count + 1}", topic=f"request {place % self._count + 1}")

    def __iter__(self) -> Iterator[Unit]:
        return (self[place] for place in range(self._count))


def _instruction(draft: Draft) -> str:
    """Give the instruction without the input, which stands below it."""
    return (draft.question or "").removesuffix(f"\n\n{draft.context}")


def _ground(task: Task, candidate: Candidate) -> Rejection | None:
    """Judge whether the passage, with the input, bears the task out."""
    if not task.input and (fault := check_question(task.instruction, candidate, task=True)):
        return fault
    given = candidate.passage
    if task.input:
        asked = content_stems(f"{task.instruction} {task.input}")
        known = content_stems(" ".join((*candidate.headings, candidate.passage)))
        if len(asked & known) < _LEAST_SHARED * len(asked):
            return Rejection("off_topic", "too few words of the instruction and the input stand in the passage")
        given += f"\n\n{task.input}"
    return check_answer(task.output, given, question=task.instruction, headings=candidate.headings)
