"""What is asked, and what a row says of itself."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from schemas import Example, InputError, Message, Origin, Source, examples_table
from train import Renderer, Rows
from train.evaluation.asked import Facts, held_out, last_question, of_file, question_type, select
from train.folder import load_tokenizer


def rows_of(*examples: Example) -> Rows:
    return Rows(examples_table(examples), np.arange(1, len(examples) + 1), [])


@pytest.fixture(scope="module")
def renderer(tiny_folder: Path) -> Renderer:
    return Renderer(load_tokenizer(tiny_folder))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is it?", "what"),
        ("  how so", "how"),
        ("“Where?” he asked", "where"),
        ("Can I go?", "yes or no"),
        ("Isn't it?", "other"),
        ("I am here. Why is that?", "why"),
        ("Name three.", "other"),
        ("", "other"),
        ("???", "other"),
        ("Что это?", "other"),
    ],
)
def test_a_question_is_typed_by_the_word_that_asks(question: str, kind: str) -> None:
    assert question_type(question) == kind


def test_the_last_question_comes_without_its_passage() -> None:
    turns = [Message("user", "First?"), Message("assistant", "Yes."), Message("user", "Then?\n\nThe passage.")]
    assert last_question(turns, "The passage.") == "Then?"
    assert last_question(turns) == "Then?\n\nThe passage."
    assert last_question([Message("user", "The passage.")], "The passage.") == "The passage."
    assert last_question([]) == ""


def test_a_row_tells_its_source_its_strategy_and_its_turns(renderer: Renderer) -> None:
    source = Source(document="a.md", section="A", start=0, end=3, quote="abc")
    whole = Example(
        messages=(Message("user", "a?"), Message("assistant", "b"), Message("user", "c?"), Message("assistant", "d")),
        source=source,
        origin=Origin(strategy="refuse/unsafe", model="", prompt="", seed=0),
    )
    bare = Example(messages=(Message("user", "a?"), Message("assistant", "b")))
    given = Example(messages=(Message("user", "x?"), Message("assistant", "b")), context="given", source=source)
    found = select(rows_of(whole, bare, given), renderer, context=512, most=None, seed=0)
    assert [each.facts for each in found.asked] == [
        Facts("a.md", "A", "refuse/unsafe", "abc", 2), Facts("", "", "", "", 1), Facts("a.md", "A", "", "given", 1),
    ]  # fmt: skip
    assert [each.facts.refusal for each in found.asked] == ["unsafe", "", ""]


def test_what_cannot_be_asked_is_counted(renderer: Renderer) -> None:
    long = Example(messages=(Message("user", "a " * 400), Message("assistant", "b")))
    empty = Example(messages=(Message("user", "a?"), Message("assistant", "")))
    fine = Example(messages=(Message("user", "a?"), Message("assistant", "b")))
    found = select(rows_of(long, empty, fine), renderer, context=512, most=None, seed=0)
    assert ([each.question.row for each in found.asked], found.left_out) == ([3], 2)


def test_a_line_that_cannot_be_read_is_counted(renderer: Renderer, tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text('{"question": "a?", "answer": "b"}\n{"question": "cut\n')
    found = select(of_file(tmp_path / "mine.jsonl"), renderer, context=512, most=None, seed=0)
    assert ([each.question.row for each in found.asked], found.left_out) == ([1], 1)


def test_the_rows_that_are_drawn_do_not_depend_on_their_order(renderer: Renderer, facts: pa.Table) -> None:
    numbers = np.arange(facts.num_rows)
    first = select(Rows(facts, numbers, []), renderer, context=512, most=5, seed=1)
    turned = select(Rows(facts.take(numbers[::-1]), numbers[::-1], []), renderer, context=512, most=5, seed=1)
    other = select(Rows(facts, numbers, []), renderer, context=512, most=5, seed=2)
    assert [each.question.row for each in first.asked] == [each.question.row for each in turned.asked]
    assert [each.question.row for each in first.asked] != [each.question.row for each in other.asked]
    assert len(first.asked) == 5


def test_a_users_file_is_read_in_any_format(tmp_path: Path) -> None:
    (tmp_path / "faq.jsonl").write_text('{"question": "a?", "answer": "b"}\n')
    assert of_file(tmp_path / "faq.jsonl").table.num_rows == 1
    with pytest.raises(InputError):
        of_file(tmp_path / "none.jsonl")


def test_a_run_that_held_nothing_out_says_so(tmp_path: Path, table_of: Any) -> None:  # Any: a fixture
    from schemas.parquet import write_table

    write_table(tmp_path / "heldout.parquet", table_of([("a", "b")]).slice(0, 0))
    with pytest.raises(InputError, match="this run held no rows out"):
        held_out(tmp_path)
