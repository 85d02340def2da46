from collections.abc import Callable

import pyarrow as pa
import pytest

from curate.exact import Exact
from curate.pipeline import Pipeline
from schemas.example import Example, Message, Origin, examples_table


def test_case_and_punctuation_do_not_hide_a_copy(table_of: Callable[..., pa.Table]) -> None:
    result = Pipeline([Exact()]).table(
        table_of([("Name a fruit", "Fig"), ("name a FRUIT!", "fig."), ("Name a fruit", "Date")])
    )
    assert result.report.kept == 2
    dropped = result.dropped.to_pylist()[0]
    assert (dropped["row"], dropped["stage"], dropped["reason"]) == (1, "exact", "exact_duplicate")


def test_the_longest_answer_stays_wherever_it_stands(table_of: Callable[..., pa.Table]) -> None:
    for texts in ([("q", "fig"), ("q", "fig!!")], [("q", "fig!!"), ("q", "fig")]):
        kept = Pipeline([Exact()]).table(table_of(texts)).kept.to_pylist()
        assert [row["messages"][1]["content"] for row in kept] == ["fig!!"]


def test_of_equal_rows_the_first_stays_and_the_others_name_it(table_of: Callable[..., pa.Table]) -> None:
    decisions = Pipeline([Exact()]).table(table_of([("q", "a")] * 3)).decisions.to_pylist()
    assert [line["action"] for line in decisions] == ["kept", "dropped", "dropped"]
    assert [line["matched_row"] for line in decisions] == [None, 1, 1]
    assert len({line["id"] for line in decisions} | {decisions[1]["matched_id"]}) == 1


@pytest.mark.parametrize(
    "texts", [[("q", "3.5"), ("q", "35")], [("q", "a b"), ("q a", "b")], [("q", "-5"), ("q", "5")]]
)
def test_what_says_something_else_stays(table_of: Callable[..., pa.Table], texts: list[tuple[str, str]]) -> None:
    assert Pipeline([Exact()]).table(table_of(texts)).report.kept == 2


def test_the_same_question_over_another_context_stays(table_of: Callable[..., pa.Table]) -> None:
    assert Pipeline([Exact()]).table(table_of([("q", "a", "one"), ("q", "a", "two")])).report.kept == 2
    assert (
        Pipeline([Exact(of=("prompt", "response"))]).table(table_of([("q", "a", "one"), ("q", "a", "two")])).report.kept
        == 1
    )


def test_the_preferred_source_wins_a_tie() -> None:
    def row(text: str, strategy: str) -> Example:
        origin = Origin(strategy=strategy, model="", prompt="", seed=0)
        return Example(messages=(Message("user", text), Message("assistant", "a")), origin=origin)

    table = examples_table([row("q", "pairs"), row("Q", "human"), row("q!", "other")])
    kept = Pipeline([Exact(prefer=("human", "pairs"))]).table(table).kept.to_pylist()
    assert [line["origin"]["strategy"] for line in kept] == ["human"]
