from collections.abc import Callable

import pyarrow as pa

from curate.pipeline import Pipeline
from curate.placeholder import Placeholder, without
from schemas.example import example_id


def test_a_placeholder_leaves_context_and_user_turn(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("Name a fruit.\n\n<noinput>", "Fig.", "<noinput>"), ("Add.\n\n1 2", "3", "1 2")])
    result = Pipeline([Placeholder()]).table(table)
    first, second = result.kept.to_pylist()
    assert first["messages"][0]["content"] == "Name a fruit."
    assert first["context"] == ""
    assert first["id"] == example_id([("user", "Name a fruit."), ("assistant", "Fig.")], "")
    assert second == table.to_pylist()[1]
    changed = result.decisions.to_pylist()[0]
    assert (changed["action"], changed["reason"], changed["evidence"]) == (
        "changed",
        "placeholder_context",
        "<noinput>",
    )
    assert changed["id"] == table["id"][0].as_py()


def test_every_row_still_has_one_fate_with_the_id_it_came_in_with(table_of: Callable[..., pa.Table]) -> None:
    table = table_of([("Name a fruit.\n\nN/A", "Fig.", "N/A")])
    decisions = Pipeline([Placeholder()]).table(table).decisions.to_pylist()
    assert [line["action"] for line in decisions] == ["changed", "kept"]
    assert {line["id"] for line in decisions} == {table["id"][0].as_py()}


def test_only_the_end_of_user_turns_is_cut() -> None:
    turns = [{"role": "user", "content": "Say N/A\n\nN/A"}, {"role": "assistant", "content": "x\n\nN/A"}]
    assert without(turns, "N/A") == [{"role": "user", "content": "Say N/A"}, turns[1]]


def test_mending_twice_changes_nothing_more(table_of: Callable[..., pa.Table]) -> None:
    once = Pipeline([Placeholder()]).table(table_of([("Q\n\nNo input", "A", "No input")]))
    twice = Pipeline([Placeholder()]).table(once.kept)
    assert twice.report.changed == 0
    assert twice.kept.equals(once.kept)
