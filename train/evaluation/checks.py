"""The checks of answers that need nothing but the answer, its question and its gold."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas import normal
from train.evaluation.errors import Answered, Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """Find answers that say nothing."""

    name = "empty"
    meaning = "has no letter and no digit in it, though the gold answer has"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        """Give the evidence for each answer."""
        return [
            "" if _says(each.answer) or not _says(each.gold) else f"the whole answer: {each.answer[:40]!r}"
            for each in answers
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DidNotStop:
    """Find answers that were cut at the most tokens."""

    name = "did not stop"
    meaning = "was cut at the most tokens that it may have"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        """Give the evidence for each answer."""
        return ["" if each.stopped else f"ends with: {_end(each.answer)}" for each in answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong:
    """Find answers that go on well past the gold answer.

    Attributes:
        times: As many times the words of the gold answer are too many,
        words: if they are as many more, too: "Yes, it does." in place of "Yes" is not too long.
    """

    name = "too long"
    times: float = 2.0
    words: int = 20

    @property
    def meaning(self) -> str:
        """What it says of an answer."""
        return f"has more than {self.times:g} times the words of the gold answer, and {self.words} more"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        """Give the evidence for each answer."""
        found: list[str | None] = []
        for each in answers:
            ours, theirs = len(each.answer.split()), len(each.gold.split())
            is_long = ours > self.times * theirs and ours >= theirs + self.words
            found.append(f"{ours} words, gold has {theirs}" if is_long else "")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCopied:
    """Find answers that are the question, or a part of it, and little besides.

    Attributes:
        shortest: Fewest words of a question to be told from a coincidence.
        added: Most words that may stand behind it.
    """

    name = "question copied"
    shortest: int = 4
    added: int = 3

    @property
    def meaning(self) -> str:
        """What it says of an answer."""
        return f"says the question again and adds at most {self.added} words"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        """Give the evidence for each answer."""
        return [self._evidence(each) for each in answers]

    def _evidence(self, each: Answered) -> str:
        question, answer, gold = normal(each.question), normal(each.answer), normal(each.gold)
        asked, said = question.split(), answer.split()
        if min(len(asked), len(said)) < self.shortest or answer == gold:
            return ""
        whole = said[: len(asked)] == asked and len(said) - len(asked) <= self.added
        return f"the answer: {each.answer[:120]}" if whole or f" {answer} " in f" {question} " else ""


def plain_checks() -> tuple[Check, ...]:
    """Give those that are always made."""
    return Empty(), DidNotStop(), TooLong(), QuestionCopied()


def _says(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _end(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else "…" + line[-79:]
