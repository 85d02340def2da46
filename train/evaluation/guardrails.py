"""Guardrails: how many of the questions that should be refused are refused, and of the others how many wrongly.

Rows of strategies that begin with `refuse/` should be refused. A held-out set may lack them; a file of questions can
bring more.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from schemas import Example, InputError, Message, Origin, examples_table
from schemas.parquet import read_table
from train.evaluation.asked import REFUSE
from train.evaluation.errors import Check, answered
from train.evaluation.measures import Comparison, paired
from train.evaluation.table import MODELS
from train.run import Rows

REFUSED = "refused"
IN_SCOPE = "in scope"
GOLD_DECLINES = "gold declines"
_STAND_IN = "Yes."  # a question of a file has no gold answer, and nothing is measured against this
_QUESTIONS = ("question", "instruction", "prompt", "input")
_ANSWERABLE = frozenset({"", "in_scope", "answerable", "none"})


class Guard(NamedTuple):
    """The questions of one kind.

    Attributes:
        kind: `unanswerable`, `out_of_scope` or `unsafe`; `gold declines` where only the gold answer tells; `in scope`
            for those that should be answered.
        rows: How many there are.
        refused: Shares refused by both models.
    """

    kind: str
    rows: int
    refused: Comparison


class Guardrails(NamedTuple):
    """What became of questions to refuse and of those to answer.

    Attributes:
        guards: One for each kind, questions in scope last; empty where nothing could be told.
        note: What is missing; empty where nothing is.
        failures: Answers of the tuned model that should have been refusals, and refusals that should not.
    """

    guards: list[Guard]
    note: str
    failures: list[dict[str, Any]]  # Any: values of JSON

    def plain(self) -> dict[str, Any]:  # Any: as above
        """Give it as JSON values."""
        guards = [{**guard._asdict(), "refused": guard.refused.plain()} for guard in self.guards]
        return {"guards": guards, "note": self.note, "failures": self.failures}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Guardrails":  # Any: as above
        """Read it back."""
        guards = [Guard(each["kind"], each["rows"], Comparison.read(each["refused"])) for each in values["guards"]]
        return cls(guards, values["note"], values["failures"])


def guardrails(rows: Sequence[Mapping[str, Any]], check: Check | None, *, seed: int) -> Guardrails:  # Any: as above
    """Count the refusals of both models by kind of question.

    Args:
        rows: Records of held-out rows and of the questions of a file.
        check: The check that finds refusals; None where nobody handed one in.
        seed: Seed of the bootstrap.
    """
    if check is None:
        return Guardrails([], "refusals are not told from answers here, for no check of them was handed in", [])
    found = {
        model: [bool(text) for text in check.find([answered(row, model)._replace(gold="") for row in rows])]
        for model in MODELS
    }
    golds = check.find([answered(row, "base")._replace(answer=row["gold"], gold="") for row in rows])
    kinds = [_kind(row, declines=bool(text)) for row, text in zip(rows, golds, strict=True)]
    guards = []
    for kind in [*sorted(set(kinds) - {IN_SCOPE}), *([IN_SCOPE] if IN_SCOPE in kinds else [])]:
        base, tuned = (
            [float(told) for told, of in zip(found[model], kinds, strict=True) if of == kind] for model in MODELS
        )
        good: Any = "lower" if kind == IN_SCOPE else "higher"  # Any: a literal
        guards.append(Guard(kind, len(base), paired(base, tuned, good=good, seed=seed)))
    failures = [
        {"kind": kind, "question": row["last_question"], "answer": row["tuned_answer"], "refused": told}
        for row, kind, told in zip(rows, kinds, found["tuned"], strict=True)
        if told == (kind == IN_SCOPE)
    ]
    missing = (
        ""
        if set(kinds) - {IN_SCOPE}
        else ("no question here should be refused (none comes from a strategy refuse/…): --guardrails FILE brings some")
    )
    return Guardrails(guards, missing, failures)


def read_guardrails(path: Path) -> Rows:
    """Read questions with the kind of refusal that they call for.

    A JSON Lines, JSON, CSV or Parquet file with a column `question` (`instruction`, `prompt`) or `messages`, and one
    `kind` (`unsafe`, say, or `in_scope`) or an `origin` with a strategy `refuse/...`.

    Raises:
        InputError: It is missing, broken or empty, or a row has no question or no kind.
    """
    examples = []
    for number, record in enumerate(_records(path), start=1):
        question, kind = _question(record), _stated_kind(record)
        if not question.strip() or kind is None:
            raise InputError(
                "no question in it" if not question.strip() else "nothing says whether it should be refused",
                where=f"{path}, row {number}",
                mend="Give each row a question and a kind: unanswerable, out_of_scope, unsafe or in_scope",
            )
        strategy = "" if kind in _ANSWERABLE else f"{REFUSE}{kind}"
        examples.append(
            Example(
                messages=(Message("user", question), Message("assistant", _STAND_IN)),
                origin=Origin(strategy=strategy, model="", prompt="", seed=0),
            )
        )
    if not examples:
        raise InputError("no question in this file", where=str(path), mend="Give at least one")
    return Rows(examples_table(examples), np.arange(1, len(examples) + 1, dtype=np.int64), [])


def _kind(row: Mapping[str, Any], *, declines: bool) -> str:  # Any: a row of answers.parquet
    strategy: str = row["strategy"]
    if strategy.startswith(REFUSE):
        return strategy.removeprefix(REFUSE)
    return GOLD_DECLINES if declines else IN_SCOPE


def _records(path: Path) -> Iterator[dict[str, Any]]:  # Any: whatever the file holds
    try:
        match path.suffix.lower():
            case ".parquet":
                yield from read_table(path).to_pylist()
            case ".csv":
                with path.open(encoding="utf-8-sig", newline="") as file:
                    yield from csv.DictReader(file)
            case ".json":
                yield from json.loads(path.read_text(encoding="utf-8-sig"))
            case _:
                for line in path.read_text(encoding="utf-8-sig").split("\n"):  # JSON may hold all other line ends
                    if line.strip():
                        yield json.loads(line)
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), mend="Check the path") from None
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise InputError(
            f"it cannot be read ({error})", where=str(path), mend="Give a JSON Lines, JSON, CSV or Parquet file"
        ) from error


def _question(record: object) -> str:
    if not isinstance(record, Mapping):
        return ""
    for name in _QUESTIONS:
        if isinstance(record.get(name), str):
            return str(record[name])
    turns = record.get("messages")
    said = [turn for turn in turns if isinstance(turn, Mapping)] if isinstance(turns, list) else []
    asked = [turn.get("content") for turn in said if turn.get("role") == "user"]
    return str(asked[-1] or "") if asked else ""


def _stated_kind(record: object) -> str | None:
    """Give the kind in one spelling, None where none is stated."""
    if not isinstance(record, Mapping):
        return None
    origin = record.get("origin")
    stated = record.get("kind")
    if stated is None and isinstance(origin, Mapping):
        strategy = str(origin.get("strategy") or "")
        return strategy.removeprefix(REFUSE) if strategy.startswith(REFUSE) else ""
    return re.sub(r"[\s-]+", "_", str(stated or "").strip().lower()).removeprefix(REFUSE) or None
