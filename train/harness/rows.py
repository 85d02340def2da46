"""Rows of the user's own as a task of the harness, without a YAML file: multiple choice, or question and answer."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from schemas import InputError, last_answer, rouge_l
from schemas.parquet import read_table
from train.evaluation.metrics import exact_match, token_f1
from train.run import conversations, read_rows

MEASURES: Mapping[str, Callable[[str, str], float]] = {
    "f1": token_f1,
    "rouge_l": rouge_l,
    "exact_match": exact_match,
}
_MEND = (
    'Write each row as {"question": ..., "choices": [...], "answer": number from 0, letter or text of the right one}'
)


class RowTask(NamedTuple):
    """A file of rows as a task.

    Attributes:
        name: Name of the task, that of the file.
        kind: `choices` where the right one of several texts is to be found likeliest, `answers` where one is written.
        docs: The rows: question, answer, and choices where there are any; the answer is then a number from 0.
        digest: Hash of the rows.
        left_out: Numbers of the rows that cannot be asked, by reason: `no_question`, `no_answer`, `unreadable`.
    """

    name: str
    kind: str
    docs: list[dict[str, Any]]  # Any: texts, and lists of them
    digest: str
    left_out: Mapping[str, Sequence[int]]

    def config(self, *, chat: bool, max_tokens: int) -> dict[str, Any]:  # Any: a task as the harness wants it
        """Give the task as the harness takes it.

        Args:
            chat: Whether the question goes through a chat template; as bare text, it has to be marked as a question.
            max_tokens: Longest answer that is written.
        """
        from datasets import Dataset  # type: ignore[import-untyped] # it ships none

        docs = self.docs
        common = {
            "task": self.name,
            "custom_dataset": lambda **_: {"test": Dataset.from_list(docs)},
            "test_split": "test",
            "doc_to_text": "{{question}}" if chat else "Question: {{question}}\nAnswer:",
            "doc_to_target": "{{answer}}",
            "target_delimiter": "" if chat else " ",
        }
        if self.kind == "choices":
            return common | {
                "output_type": "multiple_choice",
                "doc_to_choice": "{{choices}}",
                "metric_list": _metrics("acc", "acc_norm"),
            }
        return common | {
            "output_type": "generate_until",
            # Without `until` the harness cuts at a blank line.
            "generation_kwargs": {
                "until": [] if chat else ["\nQuestion:"],
                "do_sample": False,
                "max_gen_toks": max_tokens,
            },
            "process_results": _scored,
            "metric_list": _metrics(*MEASURES),
        }


def read_row_task(path: Path) -> RowTask:
    """Read a file of rows: JSONL or Parquet with `choices`, or question and answer in any format that we read.

    Raises:
        InputError: It cannot be read, a row of multiple choice is none, or no row has a question and an answer.
    """
    left_out: dict[str, list[int]] = {}
    docs = _choices(path)
    kind = "choices" if docs else "answers"
    if not docs:
        docs, left_out = _answers(path)
    digest = hashlib.sha256(json.dumps(docs, sort_keys=True).encode()).hexdigest()[:16]
    return RowTask(path.stem, kind, docs, digest, left_out)


def _metrics(*names: str) -> list[dict[str, Any]]:  # Any: the harness' own
    return [{"metric": name, "aggregation": "mean", "higher_is_better": True} for name in names]


def _scored(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:  # Any: as in `docs`
    """Score a written answer as `gristmill evaluate` does."""
    return {name: measure(results[0].strip(), doc["answer"]) for name, measure in MEASURES.items()}


def _choices(path: Path) -> list[dict[str, Any]]:  # Any: as in `docs`
    """Read rows with choices; nothing where the first row has none."""
    rows: list[Any]
    if path.suffix == ".parquet":
        if "choices" not in (table := read_table(path)).column_names:
            return []
        rows = table.to_pylist()
    elif path.suffix in {".jsonl", ".ndjson"}:
        try:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        except FileNotFoundError:
            raise InputError("no such file", where=str(path), mend="Check the path") from None
        except (OSError, ValueError) as error:
            raise InputError(f"it cannot be read ({error})", where=str(path), mend="Mend that line") from error
        if not rows or not isinstance(rows[0], dict) or "choices" not in rows[0]:
            return []
    else:
        return []
    return [_choice(row, f"{path}, row {number}") for number, row in enumerate(rows, 1)]


def _choice(row: Any, where: str) -> dict[str, Any]:  # Any: JSON
    """Read one row of multiple choice."""
    question, choices, answer = (row.get(name) if isinstance(row, dict) else None for name in _NAMES)
    if not isinstance(question, str) or not question.strip():
        raise InputError("it has no question", where=where, mend=_MEND)
    if not isinstance(choices, list) or len(choices) < 2 or not all(isinstance(each, str) and each for each in choices):
        raise InputError("it has not two texts or more as choices", where=where, mend=_MEND)
    right = _right(answer, choices)
    if right is None:
        raise InputError(f"its answer {answer!r} is none of its {len(choices)} choices", where=where, mend=_MEND)
    return {"question": question, "choices": choices, "answer": right}


_NAMES = ("question", "choices", "answer")


def _right(answer: object, choices: Sequence[str]) -> int | None:
    """Give the number of the right choice, out of a number from 0, the choice itself, or a letter."""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return answer if 0 <= answer < len(choices) else None
    if not isinstance(answer, str):
        return None
    if choices.count(answer) == 1:
        return choices.index(answer)
    letter = answer.strip().upper()
    number = ord(letter) - ord("A") if len(letter) == 1 else -1
    return number if 0 <= number < len(choices) else None


def _answers(path: Path) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:  # Any: as in `docs`
    """Read rows of question and answer; of a longer conversation, the question is everything before its last answer."""
    docs: list[dict[str, Any]] = []  # Any: as in `docs`
    left_out: dict[str, list[int]] = defaultdict(list)
    rows = read_rows(path)
    for number, _, messages in conversations(rows):
        last = last_answer(messages)
        question = "\n\n".join(turn.content or "" for turn in messages[:last])
        answer = messages[last].content if last else ""
        if not (answer and answer.strip()):
            left_out["no_answer"].append(number)
        elif not question.strip():
            left_out["no_question"].append(number)
        else:
            docs.append({"question": question, "answer": answer})
    if rows.unreadable:
        left_out["unreadable"] = [number for number, _ in rows.unreadable]
    if not docs:
        raise InputError(_none(left_out), where=str(path), mend="Check the names of its columns")
    return docs, dict(left_out)


def _none(left_out: Mapping[str, Sequence[int]]) -> str:
    """Say that no row can be asked, and why."""
    reasons = ", ".join(f"{len(rows)} {reason.replace('_', ' ')}" for reason, rows in left_out.items())
    return "no row has a question and an answer" + (f" ({reasons})" if reasons else "")
