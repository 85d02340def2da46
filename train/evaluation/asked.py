"""What is asked: held-out rows, or a file of the user's, each with what it says of its source and of its making."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from schemas import InputError, Message
from schemas.parquet import read_table
from train.evaluation.answers import Question, questions
from train.render import Renderer
from train.run import Rows, conversations, read_rows

REFUSE = "refuse/"
_ASKING = ("what", "how", "why", "who", "when", "where", "which")
_YES_OR_NO = frozenset(
    [
        "am",
        "are",
        "can",
        "could",
        "did",
        "do",
        "does",
        "had",
        "has",
        "have",
        "is",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "was",
        "were",
        "will",
        "would",
    ]
)


class Facts(NamedTuple):
    """What a row says of itself; empty where it says nothing.

    Attributes:
        document: Document that its answer stands in.
        section: Section of it.
        strategy: How it was made.
        passage: What its answer rests on: its context, else the quote of its source.
        turns: Questions of the conversation.
    """

    document: str
    section: str
    strategy: str
    passage: str
    turns: int

    @property
    def refusal(self) -> str:
        """Kind of refusal that is the right answer: `unsafe`, for example; empty for a question to be answered."""
        return self.strategy.removeprefix(REFUSE) if self.strategy.startswith(REFUSE) else ""


class Asked(NamedTuple):
    """A question and what is known of its row."""

    question: Question
    facts: Facts


class Selection(NamedTuple):
    """The questions of an evaluation, and how many rows could not be asked."""

    asked: list[Asked]
    left_out: int


def select(rows: Rows, renderer: Renderer, *, context: int, most: int | None, seed: int) -> Selection:
    """Make the questions of some rows: of many, `most` are drawn by a hash of the seed and their ids.

    Rows that cannot be read or rendered, or are longer than the model reads, are left out and counted.
    """
    chosen = conversations(rows)
    facts = {row: each for (row, _, _), each in zip(chosen, _facts(rows.table), strict=True)}
    if most is not None and most < len(chosen):
        drawn = sorted(chosen, key=lambda row: hashlib.blake2b(f"{seed}:{row[1]}:{row[0]}".encode()).digest())
        chosen = sorted(drawn[:most], key=lambda row: row[0])
    made = questions(chosen, renderer)
    asked = [Asked(each, facts[each.row]) for each in made if len(each.rendered.ids) <= context]
    return Selection(asked, len(chosen) - len(asked) + len(rows.unreadable))


def held_out(run: Path) -> Rows:
    """Read the rows that a run held out.

    Raises:
        InputError: It held none out.
    """
    table = read_table(run / "heldout.parquet")
    if not table.num_rows:
        raise InputError(
            "this run held no rows out", where=str(run), mend="Train with held_out above 0, or name a file with --data"
        )
    return Rows(table, table["row"].to_numpy(), [])


def of_file(path: Path) -> Rows:
    """Read the user's own questions.

    Raises:
        InputError: There is no such file, or no row of it can be read.
    """
    rows = read_rows(path)
    if not rows.table.num_rows:
        raise InputError("no row of this file can be asked", where=str(path), mend="Give rows with question and answer")
    return rows


def last_question(messages: Sequence[Message], passage: str = "") -> str:
    """Give the last user turn, without the passage where the turn ends with it."""
    text = next((turn.content for turn in reversed(messages) if turn.role == "user"), "") or ""
    return text.removesuffix(passage).rstrip() or text if passage else text


def question_type(question: str) -> str:
    """Name the type of a question by its first word that asks: `what`, `how`, `yes or no`, else `other`."""
    sentences = [part for part in re.split(r"(?<=[.!?\n])\s+", question.strip()) if part.endswith("?")]
    for text in (question, *sentences[-1:]):
        first = re.match(r"\W*([a-z]+)", text.lower())
        word = first[1] if first else ""
        if word in _ASKING:
            return word
        if word in _YES_OR_NO:
            return "yes or no"
    return "other"


def _facts(table: pa.Table) -> Iterator[Facts]:
    columns = [name for name in ("messages", "context", "source", "origin") if name in table.column_names]
    for row in table.select(columns).to_pylist():
        source: dict[str, Any] = row.get("source") or {}  # Any: texts and offsets
        origin: dict[str, Any] = row.get("origin") or {}  # Any: texts and a seed
        yield Facts(
            document=source.get("document") or "",
            section=source.get("section") or "",
            strategy=origin.get("strategy") or "",
            passage=row.get("context") or source.get("quote") or "",
            turns=sum(turn["role"] == "user" for turn in row.get("messages") or ()),
        )
