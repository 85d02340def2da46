from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.empty import Empty
from curate.pipeline import Pipeline
from curate.rows import Rows
from schemas.example import Example, Message, examples_table


@pytest.mark.parametrize(
    ("instruction", "response", "reason"),
    [
        ("Q", "A", None),
        ("", "A", "empty_instruction"),
        (" \n\t", "A", "empty_instruction"),
        ("", "", "empty_instruction"),
        ("Q", "", "empty_response"),
        ("Q", "\x00\u200b\u00a0\u3000", "empty_response"),
        ("Q", "<nooutput>", "placeholder_response"),
        ("Q", "N/A", "placeholder_response"),
        ("Which of them are prime?", "None", None),
        ("Q", "0", None),
        ("\u3000", "A", "empty_instruction"),
        ("Q", " \u200b.", None),
        ("Q", "\u2060\ufeff \x00", "empty_response"),
        ("?", "!", None),
        ("你", "好", None),
    ],
)
def test_rows_without_question_or_answer_go(
    rows_of: Callable[..., Rows], instruction: str, response: str, reason: str | None
) -> None:
    stage = Empty()
    verdicts = stage.decide(pa.table(stage.measure(rows_of([(instruction, response)]))))
    assert verdicts.keep.to_pylist() == [reason is None]
    if reason:
        assert verdicts.reason.to_pylist() == [reason]


def test_a_conversation_that_ends_with_a_question_is_unanswered() -> None:
    turns = (Message("user", "Who?"), Message("assistant", "Me."), Message("user", "And when?"))
    table = examples_table([Example(messages=turns), Example(messages=turns[:2])])
    decisions = Pipeline([Empty()]).table(table).decisions.to_pylist()
    assert [line["reason"] for line in decisions] == ["unanswered", None]
