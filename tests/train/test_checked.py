"""What becomes known of rows later is put into the record, and the counts follow."""

from typing import TYPE_CHECKING

import pytest

from schemas import Message
from train import Checked, PartCounts, Renderer, check_rows
from train.checked import Remark

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@pytest.fixture
def checked(tokenizer: "PreTrainedTokenizerBase") -> Checked:
    """Give three rows, the second of which holds the text of a control token and the third of which is empty."""
    rows = [
        (1, "a", [Message("user", "q"), Message("assistant", "a")]),
        (2, "b", [Message("user", "<|im_start|>"), Message("assistant", "a")]),
        (3, "c", [Message("user", "q"), Message("assistant", "")]),
    ]
    return check_rows(rows, Renderer(tokenizer), context=512)


def test_nothing_new_changes_nothing(checked: Checked) -> None:
    assert checked.amended({}, leaks={}, parts=(), held_out=()) is checked


def test_a_reason_takes_a_row_out_and_its_notes_are_no_longer_counted(checked: Checked) -> None:
    assert (checked.report.kept, checked.report.noted) == (2, {"control_token": 1})
    found = checked.amended(
        {2: Remark(reason="not_drawn", detail="the weight is 0.5")}, leaks={}, parts=(), held_out=()
    )
    assert (found.report.kept, found.report.noted) == (1, {})
    assert found.report.left_out == {"empty_answer": 1, "not_drawn": 1}
    assert (checked.report.completion_tokens, found.report.completion_tokens) == (4, 2)  # `a` and the end of its turn
    assert 0 < found.report.prompt_tokens < checked.report.prompt_tokens
    assert found.report.completion_quantiles == {"p50": 2, "p95": 2, "p99": 2}
    assert found.report.examples == {"empty_answer": [3], "not_drawn": [2]}
    record = found.table.to_pylist()[1]
    assert (record["action"], record["reason"], record["detail"]) == ("dropped", "not_drawn", "the weight is 0.5")
    assert record["notes"] == ["control_token"]


def test_held_out_rows_are_neither_read_nor_learnt(checked: Checked) -> None:
    found = checked.amended({}, leaks={}, parts=(), held_out=[2])
    first, second = checked.table.to_pylist()[:2]
    assert (found.report.kept, found.report.held_out) == (2, 1)
    assert (found.report.prompt_tokens, found.report.completion_tokens) == (
        first["prompt_tokens"],
        first["completion_tokens"],
    )
    assert found.report.held_out_tokens == second["prompt_tokens"] + second["completion_tokens"]
    assert found.table.equals(checked.table)


def test_a_note_leaves_a_row_where_it_is(checked: Checked) -> None:
    found = checked.amended(
        {1: Remark(note="leaks_into_training", detail="answer of 2")}, leaks={"answer": 1}, parts=(), held_out=()
    )
    assert (found.report.kept, found.report.leaks) == (2, {"answer": 1})
    assert found.report.noted == {"control_token": 1, "leaks_into_training": 1}
    record = found.table.to_pylist()[0]
    assert (record["action"], record["reason"], record["detail"]) == ("kept", None, "answer of 2")


def test_rows_of_a_mix_say_which_dataset_they_are_of(checked: Checked) -> None:
    counts = {"rows": 1, "trained": 1, "held_out": 0, "rows_an_epoch": 1, "tokens_an_epoch": 9}
    parts = [PartCounts(name="x", weight=1, first=1, **counts), PartCounts(name="y", weight=2, first=3, **counts)]
    found = checked.amended({}, leaks={}, parts=parts, held_out=())
    assert found.table["mix"].to_pylist() == ["x", "x", "y"]
    assert found.table["mix_row"].to_pylist() == [1, 2, 1]
    assert found.report.parts == parts


def test_what_was_found_is_not_changed_in_place(checked: Checked) -> None:
    before = checked.table.to_pylist()
    checked.amended({2: Remark(reason="not_drawn", note="x")}, leaks={}, parts=(), held_out=())
    assert checked.table.to_pylist() == before
    assert checked.report.kept == 2
