"""What a run has brought in: the examples, and what became none."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from generate.brief import Brief
from generate.config import GenerateConfig
from generate.novelty import Novelty
from generate.quota import Quota
from generate.rejection import Rejection
from generate.report import Failed, Rejected
from generate.spending.budget import BudgetSpentError
from generate.strategies.strategy import Draft, Memory, Remembers, Unit
from schemas import Example, LLMError, Message, Origin
from schemas.text import encodable

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
_BEHIND = 1 << 62  # where units stand that rest on no section: behind all that do
Place = tuple[int, int]


class Harvest:
    """Takes what came of each unit, in the order in which units were given out.

    Attributes:
        brief: The run's.
        examples: What is accepted, by its place.
        rejected: The drafts that became none.
        failed: The requests that failed for good.
        troubled: Units that one of these belongs to.
        first_error: The first of their errors.

    Args:
        config: The settings.
        brief: The run's.
        model: Name of the model that writes.
    """

    def __init__(self, config: GenerateConfig, brief: Brief, *, model: str) -> None:
        self._config = config
        self.brief = brief
        self._model = model
        self._novelty = Novelty(
            question
            for strategy in config.strategies
            for name in strategy.prompts
            for question in brief.prompt(name).shown()
        )
        self._memories: dict[str, Memory] = {
            strategy.name: strategy.memory() for strategy in config.strategies if isinstance(strategy, Remembers)
        }
        self._documents: Counter[str] = Counter()
        self._taken = 0
        self._sections: set[int] = set()
        self.examples: dict[Place, Example] = {}
        self.rejected: dict[Place, Rejected] = {}
        self.failed: dict[Place, Failed] = {}
        self.troubled = 0
        self.first_error: LLMError | None = None

    @property
    def covered(self) -> int:
        """How many sections at least one example rests on."""
        return len(self._sections)

    def full(self, unit: Unit) -> bool:
        """Tell whether the document that a unit rests on has given its most."""
        most = self._config.per_document
        return most is not None and bool(unit.candidates) and self._documents[_document(unit)] >= most

    def take(self, quota: Quota, unit: Unit, drafts: Sequence[Draft], errors: Sequence[LLMError]) -> None:
        """Judge the drafts of one unit and keep all of them, and the errors of its requests."""
        failures = [error for error in errors if not isinstance(error, BudgetSpentError)]
        if errors and not (failures or drafts):
            return  # the budget was spent before it gave anything
        quota.asked += 1
        self.troubled += bool(failures)
        quota.failed += bool(failures) and not drafts
        where = unit.candidates[0].section.label if unit.candidates else unit.topic
        for error in failures:
            self.first_error = self.first_error or error
            failed = Failed(quota.strategy.name, _document(unit), where, str(error), error.retryable)
            self.failed[self._place(unit)] = failed
        for draft in drafts:
            clean = _encodable(draft if draft.fault is not None else replace(draft, fault=_broken(draft)))
            judged = quota.judge(clean, self._repeated(clean, unit, quota))
            if judged.fault is None:
                self._documents[_document(unit)] += 1
                if clean.context is not None:  # a refusal rests on none
                    self._sections.update(candidate.number for candidate in unit.candidates)
                self.examples[self._place(unit)] = self._example(judged, quota)
            else:
                self.rejected[self._place(unit)] = _rejected(judged, judged.fault, quota, unit)

    def _repeated(self, draft: Draft, unit: Unit, quota: Quota) -> Rejection | None:
        """Hold a draft with no fault of its own against those before it."""
        if draft.fault is not None:
            return None
        if self.full(unit):
            return Rejection("document_quota", f"{self._config.per_document} examples rest on this document")
        # The memory looks first and is told last: neither it nor the run remembers what the other rejects.
        memory = self._memories.get(quota.strategy.name)
        fault = (memory.check(draft) if memory else None) or self._novelty.check(draft.question or "")
        if memory and fault is None:
            memory.keep(draft)
        return fault

    def _place(self, unit: Unit) -> Place:
        """Give a place in the order of the documents, and in that of the rounds where they are the same."""
        self._taken += 1
        first = unit.candidates[0].number if unit.candidates else _BEHIND
        return first, self._taken

    def _example(self, draft: Draft, quota: Quota) -> Example:
        prompts = quota.strategy.prompts
        return Example(
            messages=draft.messages,
            context=draft.context,
            source=draft.source,
            origin=Origin(
                strategy="/".join(filter(None, (quota.strategy.name, draft.kind))),
                model=self._model if prompts and draft.response is not None else "",
                prompt=self.brief.version(prompts),
                seed=self._config.seed,
            ),
        )


def _document(unit: Unit) -> str:
    return unit.candidates[0].document.id if unit.candidates else ""


def _broken(draft: Draft) -> Rejection | None:
    """Say whether a model wrote signs that no text has: NUL and other controls, halves of a sign.

    What stands in the passage itself is for curation to judge.
    """
    for _, content in draft.messages:
        for found in _NO_TEXT.finditer(content):
            if found.group() not in (draft.context or ""):
                return Rejection("broken_text", f"U+{ord(found.group()):04X} in {content[:120]!r}")
    return None


def _encodable(draft: Draft) -> Draft:
    """Replace lone surrogates in what a model wrote."""
    return replace(
        draft,
        messages=tuple(Message(role, encodable(content)) for role, content in draft.messages),
        response=None if draft.response is None else encodable(draft.response),
    )


def _rejected(draft: Draft, fault: Rejection, quota: Quota, unit: Unit) -> Rejected:
    section = unit.candidates[0].section if unit.candidates else None
    return Rejected(
        strategy=quota.strategy.name,
        document=_document(unit),
        section=section.label if section else unit.topic,
        start=section.start if section else 0,
        end=section.end if section else 0,
        question=draft.question,
        answer=draft.answer,
        reason=fault.reason,
        detail=encodable(fault.detail),
        response=draft.response,
    )
