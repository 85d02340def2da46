"""Seed tasks: what a bootstrapped set of tasks begins with.

Ours lie in `seeds/company.jsonl`, written for assistants that know a company's documents. Others come in the form of
Self-Instruct (arXiv:2212.10560: a task with a list of instances, of which the first is taken) or in any form that
examples come in.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from schemas import InputError, Message
from schemas.formats import open_examples
from schemas.formats.files import RawRow, json_rows, jsonl_rows

OURS = Path(__file__).parent / "seeds" / "company.jsonl"


class Task(NamedTuple):
    """A task: what is to be done, what with, and what comes of it.

    Attributes:
        instruction: The order or question.
        input: What it works on; empty where it needs nothing.
        output: The answer.
    """

    instruction: str
    input: str
    output: str

    @property
    def messages(self) -> tuple[Message, ...]:
        """The task as a conversation; the input stands below the instruction."""
        asked = f"{self.instruction}\n\n{self.input}" if self.input else self.instruction
        return (Message("user", asked), Message("assistant", self.output))


@lru_cache(maxsize=8)
def read_seeds(path: Path) -> tuple[Task, ...]:
    """Read seed tasks.

    Raises:
        InputError: The file is missing, holds no task, or one that is not whole.
    """
    tasks = tuple(_self_instruct(path) if _has_instances(path) else _any_format(path))
    if not tasks:
        raise InputError("it holds no task", where=str(path), mend="Name a file of seed tasks")
    return tasks


def _rows(path: Path) -> Iterator[RawRow]:
    return json_rows(path) if path.suffix.lower() == ".json" else jsonl_rows(path)


def _has_instances(path: Path) -> bool:
    if path.suffix.lower() not in {".json", ".jsonl", ".ndjson"}:
        return False
    first = next(islice(_rows(path), 1), None)
    return first is not None and first.values is not None and "instances" in first.values


def _self_instruct(path: Path) -> Iterator[Task]:
    for row in _rows(path):
        where = f"{path}, row {row.number}"
        if row.values is None:
            raise InputError(row.fault, where=where, mend="Mend the row")
        instances = row.values.get("instances")
        first = instances[0] if isinstance(instances, list) and instances else None
        parts = [row.values.get("instruction"), *(first.get(key) for key in ("input", "output") if first)]
        if len(parts) != 3 or not all(isinstance(part, str) for part in parts) or not parts[0].strip():
            mend = "Write it as instruction and instances: [{input, output}]"
            raise InputError("no seed task in the form of Self-Instruct", where=where, mend=mend)
        yield Task(*(part.strip() for part in parts))


def _any_format(path: Path) -> Iterator[Task]:
    for batch in open_examples(path).batches():
        for reject in batch.rejects:
            raise InputError(reject.error, where=f"{path}, row {reject.row}", mend="Mend or remove the row")
        for row in batch.examples.to_pylist():
            turns = [turn for turn in row["messages"] if turn["role"] in {"user", "assistant"}]
            if [turn["role"] for turn in turns[:2]] == ["user", "assistant"]:
                asked, given = turns[0]["content"].strip(), (row["context"] or "").strip()
                below = f"\n\n{given}"
                inside = bool(given) and asked.endswith(below)
                yield Task(asked.removesuffix(below) if inside else asked, given if inside else "", turns[1]["content"])
