"""The checks of answers that need the rules of curation and generation: built here, handed to the evaluation."""

import importlib.util
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from gristmill.refusing import declines
from schemas import Example, Message, examples_table

if TYPE_CHECKING:
    from curate import Rows
    from curate.embedding import Embedder
    from train.evaluation import Answered, Check

_PATH = "\u203a"  # between the headings of a section
_FEWEST_STRANGE = 3  # one slip in two long words makes no other language
_RUN = 120  # bytes of the same few signs; the rule below the head of a Markdown table has fewer
_SURE_LETTERS = 60  # a gold answer of fewer characters does not tell its language


def answer_checks(trained: pa.Table | None = None) -> "tuple[Check, ...]":
    """Give the checks for misspelt, repetitive, off-document, refused and wrong-language answers.

    Args:
        trained: The rows that the model was trained on: their words are words of the house.
    """
    return Misspelt(trained=trained), Repetitive(), OffDocument(), Refused(), WrongLanguage()


def offline_embedder() -> "Embedder | None":
    """Give curation's embedder that needs no network; None where the extra `semantic` is not installed."""
    from curate.embedding import load_embedder

    if any(importlib.util.find_spec(name) is None for name in ("wordllama", "safetensors", "tokenizers")):
        return None
    return load_embedder()


@dataclass(frozen=True, kw_only=True)
class Misspelt:
    """Find words that no dictionary holds and that one letter would make a common one. For answers in English.

    A word that stands in a question, a gold answer, a passage or a training row is a word of the house. A text of
    mostly unknown words is in another language and is not judged.

    Attributes:
        trained: Rows that the model was trained on.
        foreign: Share of unknown words from which on a text counts as another language.
    """

    name = "misspelt"
    meaning = "has words that are no words but for one letter, and that stand in no training row"
    trained: pa.Table | None = field(default=None, repr=False)
    foreign: float = 0.3

    def find(self, answers: "Sequence[Answered]", /) -> list[str | None]:
        """Give the misspelt words of each answer."""
        import xxhash

        from curate import Spelling

        stage = Spelling()
        known = self._house | self._slips([text for each in answers for text in (each.prompt, each.gold, each.passage)])
        signals = stage.measure(_rows([("", each.answer) for each in answers]))
        found: list[str | None] = []
        columns = (signals.column(name).to_pylist() for name in ("words", "strange", "slips"))
        for each, words, strange, slips in zip(answers, *columns, strict=True):
            wrong = set(slips or ()) - known
            if strange >= max(_FEWEST_STRANGE, self.foreign * words):
                found.append(None)
                continue
            said = dict.fromkeys(re.findall(r"[a-z]{8,20}", each.answer))
            found.append(", ".join(word for word in said if xxhash.xxh3_64_intdigest(word.encode()) >> 1 in wrong))
        return found

    @cached_property
    def _house(self) -> set[int]:
        """Slips that are words of the training rows."""
        from curate import Spelling
        from curate.rows import Rows

        if self.trained is None:
            return set()
        found: set[int] = set()
        stage = Spelling(of="whole")
        for batch in self.trained.select(["id", "messages", "context", "source", "origin"]).to_batches():
            signals = stage.measure(Rows(batch, pa.array(range(batch.num_rows), type=pa.int64())))
            found |= {slip for slips in signals.column("slips").to_pylist() for slip in slips or ()}
        return found

    def _slips(self, texts: Sequence[str]) -> set[int]:
        from curate import Spelling

        signals = Spelling().measure(_rows([("", text) for text in dict.fromkeys(texts)]))
        return {slip for slips in signals.column("slips").to_pylist() for slip in slips or ()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetitive:
    """Find answers that are stuck, by the rules of curation; answers are shorter than rows, so fewer rounds suffice.

    Attributes:
        words: Fewest words said over and over.
        rounds: Fewest rounds.
        lines: Largest share of the words in lines that stood there before.
    """

    name = "repetitive"
    meaning = "says the same words over and over, or most of its lines twice"
    words: int = 12
    rounds: int = 3
    lines: float = 0.4

    def find(self, answers: "Sequence[Answered]", /) -> list[str | None]:
        """Give the evidence for each answer."""
        from curate import Repetition

        stage = Repetition(loop_words=self.words, loop_rounds=self.rounds, lines=self.lines, run=_RUN)
        verdicts = stage.decide(pa.Table.from_batches([stage.measure(_rows([("", each.answer) for each in answers]))]))
        fine, reasons = verdicts.keep.to_pylist(), verdicts.reason.to_pylist()
        return [
            "" if keep else (evidence or str(reason).replace("_", " "))
            for keep, reason, evidence in zip(fine, reasons, verdicts.evidence.to_pylist(), strict=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OffDocument:
    """Find answers with words, names or numbers that stand neither in their passage nor in the gold answer.

    The rules are those of grounding. A row without a passage cannot be judged; an answer that declines or says nothing
    claims nothing.
    """

    name = "off-document"
    meaning = "says what its source passage does not: other numbers, names or words, or the opposite"

    def find(self, answers: "Sequence[Answered]", /) -> list[str | None]:
        """Give the reason and the words, for each answer."""
        return [self._evidence(each) for each in answers]

    def _evidence(self, each: "Answered") -> str | None:
        from generate.grounding import check_answer

        if not each.passage.strip():
            return None
        if not each.answer.strip() or declines(each.question, each.answer):
            return ""
        headings = tuple(part.strip() for part in each.section.split(_PATH) if part.strip())
        fault = check_answer(each.answer, f"{each.passage}\n\n{each.gold}", question=each.question, headings=headings)
        if fault is not None and check_answer(each.answer, each.gold, question=each.question) is None:
            return ""  # the gold answer may say what its passage does not
        return "" if fault is None else f"{fault.reason.replace('_', ' ')}: {fault.detail[:160]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Find answers that decline where the gold answer does not; where it does, declining is right and not judged."""

    name = "refused"
    meaning = "declines to answer, though the gold answer does not"

    def find(self, answers: "Sequence[Answered]", /) -> list[str | None]:
        """Give the words with which each answer declines."""
        return [
            None if declines(each.question, each.gold) else declines(each.question, each.answer) for each in answers
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongLanguage:
    """Find answers in another language than their gold answer, or than the question where gold is too short to tell."""

    name = "wrong language"
    meaning = "is in another language than the gold answer"

    def find(self, answers: "Sequence[Answered]", /) -> list[str | None]:
        """Give the two languages."""
        from curate import Language

        stage = Language()
        held = [each.gold if len(each.gold) >= _SURE_LETTERS else each.question for each in answers]
        signals = stage.measure(_rows([(text, each.answer) for text, each in zip(held, answers, strict=True)]))
        asked = pa.array(np.zeros(len(answers), dtype=bool))  # a gold answer that speaks of French is not in French
        place = signals.schema.get_field_index("asked")
        verdicts = stage.decide(pa.Table.from_batches([signals]).set_column(place, "asked", asked))
        return [
            "" if keep else str(evidence or "another language")
            for keep, evidence in zip(verdicts.keep.to_pylist(), verdicts.evidence.to_pylist(), strict=True)
        ]


def _rows(pairs: Sequence[tuple[str, str]]) -> "Rows":
    """Put questions and answers into rows as curation's stages read them."""
    from curate.rows import Rows

    table = examples_table(
        [Example(messages=(Message("user", question), Message("assistant", answer))) for question, answer in pairs]
    )
    batch = table.combine_chunks().to_batches()[0] if pairs else pa.RecordBatch.from_pylist([], schema=table.schema)
    return Rows(batch, pa.array(range(len(pairs)), type=pa.int64()))
