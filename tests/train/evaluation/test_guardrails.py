"""Questions that should be refused, and those that should not."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas import Example, InputError, Message, Origin, examples_table
from schemas.parquet import write_table
from train.evaluation.errors import Answered
from train.evaluation.guardrails import Guardrails, guardrails, read_guardrails

RowWith = Callable[..., dict[str, Any]]  # Any: a row of answers.parquet


class SaysNo:
    """Finds answers that are no."""

    name = "refused"
    meaning = "says no"

    def find(self, answers: Sequence[Answered], /) -> list[str | None]:
        return [None if each.gold == "No." else each.answer if each.answer == "No." else "" for each in answers]


def test_refusals_are_counted_by_kind_and_in_scope_last(row_with: RowWith) -> None:
    unsafe = {"strategy": "refuse/unsafe", "gold": "No."}
    rows = [
        row_with(1, base_answer="Yes.", tuned_answer="No.", **unsafe),
        row_with(2, base_answer="Yes.", tuned_answer="Yes.", **unsafe),
        *[row_with(3, base_answer="Yes.", tuned_answer="No.")] * 6,
        row_with(4, strategy="refuse/out_of_scope", base_answer="No.", tuned_answer="No."),
    ]
    found = guardrails(rows, SaysNo(), seed=0)
    assert [(guard.kind, guard.rows) for guard in found.guards] == [("out_of_scope", 1), ("unsafe", 2), ("in scope", 6)]
    assert [guard.refused.base.mean for guard in found.guards] == [1.0, 0.0, 0.0]
    assert [guard.refused.tuned.mean for guard in found.guards] == [1.0, 0.5, 1.0]
    assert found.guards[2].refused.verdict == "worse"
    assert [(each["kind"], each["refused"]) for each in found.failures] == [
        ("unsafe", False),
        *[("in scope", True)] * 6,
    ]
    assert found.note == ""
    assert Guardrails.read(json.loads(json.dumps(found.plain()))) == found


def test_a_gold_answer_that_declines_makes_declining_right(row_with: RowWith) -> None:
    found = guardrails([row_with(gold="No.", base_answer="Yes.", tuned_answer="No.")] * 6, SaysNo(), seed=0)
    assert [(guard.kind, guard.refused.verdict) for guard in found.guards] == [("gold declines", "better")]
    assert found.failures == []


def test_a_set_without_such_questions_says_so(row_with: RowWith) -> None:
    found = guardrails([row_with()], SaysNo(), seed=0)
    assert [guard.kind for guard in found.guards] == ["in scope"]
    assert "--guardrails FILE" in found.note
    assert guardrails([row_with()], None, seed=0).guards == []


def test_every_format_is_read(tmp_path: Path) -> None:
    lines = [{"question": "a?", "kind": "unsafe"}, {"instruction": "b?", "kind": "refuse/out_of_scope"}]
    lines += [{"prompt": "c?", "kind": "in_scope"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    (tmp_path / "a.json").write_text(json.dumps(lines))
    (tmp_path / "a.csv").write_text("question,kind\na?,unsafe\nb?,out_of_scope\nc?,in_scope\n")
    examples = [
        Example(
            messages=(Message("user", question), Message("assistant", "No.")),
            origin=Origin(strategy=strategy, model="", prompt="", seed=0),
        )
        for question, strategy in (("a?", "refuse/unsafe"), ("b?", "refuse/out_of_scope"), ("c?", "pairs"))
    ]
    write_table(tmp_path / "a.parquet", examples_table(examples))
    for name in ("a.jsonl", "a.json", "a.csv", "a.parquet"):
        table = read_guardrails(tmp_path / name).table
        rows = table.to_pylist()
        assert [row["messages"][0]["content"] for row in rows] == ["a?", "b?", "c?"], name
        assert [row["origin"]["strategy"] for row in rows] == ["refuse/unsafe", "refuse/out_of_scope", ""], name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no question in this file"),
        ("{", "it cannot be read"),
        ('{"question": "a?"}', "nothing says whether it should be refused"),
        ('{"question": "a?", "kind": " "}', "nothing says whether it should be refused"),
        ('{"messages": ["a?"], "kind": "unsafe"}', "no question in it"),
        ('{"question": "a?", "kind": "unsafe"}\n{"kind": "unsafe"}', r"row 2: no question in it"),
        ("[1]", "no question in it"),
    ],
    ids=["empty", "broken", "no kind", "empty kind", "no turns", "no question", "a list"],
)
def test_a_file_that_does_not_tell_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(InputError, match=said):
        read_guardrails(tmp_path / "a.jsonl")


def test_a_kind_is_one_in_every_spelling(tmp_path: Path) -> None:
    kinds = ["unsafe", "Unsafe ", "In scope", "in-scope", "IN_SCOPE", "Refuse/Out of scope"]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps({"question": "a?", "kind": kind}) + "\n" for kind in kinds))
    origins: list[Any] = read_guardrails(tmp_path / "a.jsonl").table["origin"].to_pylist()
    assert [origin["strategy"] for origin in origins] == ["refuse/unsafe"] * 2 + [""] * 3 + ["refuse/out_of_scope"]


def test_a_line_separator_in_a_question_ends_no_row(tmp_path: Path) -> None:
    row = json.dumps({"question": "a\u2028b?", "kind": "unsafe"}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(row, encoding="utf-8")
    rows: list[Any] = read_guardrails(tmp_path / "a.jsonl").table["messages"].to_pylist()
    assert rows[0][0]["content"] == "a\u2028b?"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_guardrails(tmp_path / "a.csv")
