"""Error analysis: what is wrong with each answer, and whether tuning made it rarer.

A check is any object with a name, a meaning and `find`. It sees all answers of one model at once, so that it can tell a
slip from a word of the house. Checks that need rules of other packages are handed in.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from train.evaluation.measures import Comparison, paired
from train.evaluation.table import MODELS

_EXAMPLES = 3


class Answered(NamedTuple):
    """One answer as the checks see it.

    Attributes:
        question: The last question, without its passage.
        prompt: All turns before the answer.
        answer: What the model said.
        gold: What it should have said.
        passage: What the gold answer rests on; empty where the row names nothing.
        section: Section that the passage stands in, or empty.
        stopped: Whether the model ended the answer by itself.
    """

    question: str
    prompt: str
    answer: str
    gold: str
    passage: str
    section: str
    stopped: bool


class Check(Protocol):
    """Finds one class of errors."""

    @property
    def name(self) -> str:
        """Name of the class, in small letters: `too long`."""
        ...

    @property
    def meaning(self) -> str:
        """What it says of an answer: ends the sentence "The answer ..."."""
        ...

    def find(self, answers: Sequence[Answered], /) -> Sequence[str | None]:
        """Give the evidence for each answer; the empty string where it is fine, None where it cannot be judged."""
        ...


class Example(NamedTuple):
    """One answer with an error."""

    row: int
    model: str
    evidence: str


class ErrorCount(NamedTuple):
    """How many answers have one class of errors.

    Attributes:
        name: Name of the class.
        meaning: What it says of an answer.
        judged: Rows in which both answers could be judged.
        base: Answers of the base model with it.
        tuned: Answers of the tuned model with it.
        fixed: Rows that only the base model gets wrong.
        broken: Rows that only the tuned model gets wrong.
        p: Two-sided p-value of McNemar's exact test on `fixed` and `broken`.
        share: Shares of the judged rows, with paired bootstrap intervals.
        examples: Some of the answers, of the tuned model first.
    """

    name: str
    meaning: str
    judged: int
    base: int
    tuned: int
    fixed: int
    broken: int
    p: float
    share: Comparison | None
    examples: list[Example]

    def plain(self) -> dict[str, Any]:  # Any: values of JSON
        """Give it as JSON values."""
        return {
            **self._asdict(),
            "share": None if self.share is None else self.share.plain(),
            "examples": [example._asdict() for example in self.examples],
        }

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "ErrorCount":  # Any: as above
        """Read it back."""
        share = None if values["share"] is None else Comparison.read(values["share"])
        return cls(**{**values, "share": share, "examples": [Example(**each) for each in values["examples"]]})


def find_errors(
    rows: Sequence[dict[str, Any]], checks: Sequence[Check], *, seed: int
) -> list[ErrorCount]:  # Any: a row of answers.parquet
    """Check the answers of both models, note the classes in `base_errors` and `tuned_errors` of each row, and count."""
    answers = {model: [answered(row, model) for row in rows] for model in MODELS}
    counts = []
    for check in checks:
        found = {model: list(check.find(answers[model])) for model in MODELS}
        for model in MODELS:
            for row, evidence in zip(rows, found[model], strict=True):
                if evidence:
                    row[f"{model}_errors"].append(check.name)
        counts.append(_count(check, rows, found, seed=seed))
    return counts


def answered(row: Mapping[str, Any], model: str) -> Answered:  # Any: as above
    """Give one answer as the checks see it."""
    return Answered(
        question=row["last_question"],
        prompt=row["question"],
        answer=row[f"{model}_answer"],
        gold=row["gold"],
        passage=row["passage"],
        section=row["section"],
        stopped=row[f"{model}_stopped"],
    )


def mcnemar(fixed: int, broken: int) -> float:
    """Give the two-sided p-value of McNemar's exact test: how likely so uneven a split is by chance."""
    changed = fixed + broken
    if not changed:
        return 1.0
    tail = sum(math.comb(changed, number) for number in range(min(fixed, broken) + 1))
    return (
        min(1.0, 2 * tail / 2**changed)
        if changed < 1_000
        else min(1.0, float((2 * tail) // 2 ** (changed - 60)) / 2**60)
    )


def _count(
    check: Check, rows: Sequence[dict[str, Any]], found: dict[str, list[str | None]], *, seed: int
) -> ErrorCount:
    both = [
        (bool(before), bool(after))
        for before, after in zip(found["base"], found["tuned"], strict=True)
        if before is not None and after is not None
    ]
    base, tuned = [float(before) for before, _ in both], [float(after) for _, after in both]
    fixed, broken = (
        sum(before and not after for before, after in both),
        sum(after and not before for before, after in both),
    )
    examples = [
        Example(row["row"], model, evidence)
        for model in reversed(MODELS)
        for row, evidence in [(row, text) for row, text in zip(rows, found[model], strict=True) if text][:_EXAMPLES]
    ]
    return ErrorCount(
        name=check.name,
        meaning=check.meaning,
        judged=len(both),
        base=int(sum(base)),
        tuned=int(sum(tuned)),
        fixed=fixed,
        broken=broken,
        p=mcnemar(fixed, broken),
        share=paired(base, tuned, good="lower", seed=seed) if both else None,
        examples=examples,
    )
