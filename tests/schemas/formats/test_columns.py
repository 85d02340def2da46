import re
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.example import MESSAGES_TYPE, example_id
from schemas.formats.columns import convert, ids, is_plain_messages, is_simple, is_text, messages_array
from schemas.formats.layout import Layout
from schemas.formats.twins import PAIRS, UnfitError, parse

texts = st.none() | st.text(max_size=5)
LAYOUTS = [
    *({"format": name, "columns": {role: role for role in roles}} for name, roles in PAIRS.items()),
    {"format": "alpaca", "columns": {role: role for role in ("instruction", "input", "output")}},
    {"format": "question_answer", "columns": {role: role for role in ("question", "answer", "context")}},
    {"format": "text", "columns": {"text": "text"}},
    {"format": "text", "columns": {"text": "text", "context": "context"}},
]


def turns_of(column: Any) -> list[list[tuple[str, str]]]:
    return [[(turn["role"], turn["content"]) for turn in row] for row in column.to_pylist()]


@pytest.mark.parametrize("layout", [Layout(**each) for each in LAYOUTS], ids=lambda each: "+".join(each.columns))  # type: ignore[arg-type]  # cases
@given(data=st.data())
def test_whole_columns_are_read_as_row_by_row(layout: Layout, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(layout.columns, texts)), max_size=6))
    expected, faults = {}, {}
    for position, row in enumerate(rows):
        try:
            expected[position] = parse(layout, row)
        except UnfitError as error:
            faults[position] = str(error)
    types = dict.fromkeys(layout.columns, pa.string())
    assert is_simple(layout, types)
    found = convert(layout, {role: pa.array([row[role] for row in rows], pa.string()) for role in layout.columns})
    assert found.kept.tolist() == list(expected)
    assert turns_of(found.messages) == [turns for turns, _ in expected.values()]
    assert found.context.to_pylist() == [context for _, context in expected.values()]
    assert dict(found.faults) == faults


message = st.none() | st.fixed_dictionaries({"role": st.none() | st.sampled_from(["", "user"]), "content": texts})


@given(st.lists(st.none() | st.lists(message, max_size=3), max_size=5), st.integers(0, 2))
def test_messages_are_checked_as_row_by_row(rows: list[Any], start: int) -> None:
    layout = Layout(format="messages", columns={"messages": "m"})
    column = pa.array(rows, MESSAGES_TYPE).slice(start)
    found = convert(layout, {"messages": column})
    faults, kept = dict(found.faults), found.kept.tolist()
    for position, row in enumerate(rows[start:]):
        reason, turns = "", list[tuple[str, str]]()
        try:
            turns, _ = parse(layout, {"messages": row})
        except UnfitError as error:
            reason = str(error)
        if reason:
            # In a column, a null message is one without a role.
            assert faults[position] == re.sub("is null, not an object", "has no role", reason)
        else:
            assert turns_of(found.messages)[kept.index(position)] == turns
    assert sorted([*faults, *kept]) == list(range(len(column)))


@given(st.lists(st.tuples(st.lists(st.tuples(st.text(), st.text()), max_size=3), texts), max_size=5))
def test_ids_are_those_of_the_record(rows: list[tuple[list[tuple[str, str]], str | None]]) -> None:
    found = ids(messages_array([turns for turns, _ in rows]), pa.array([context for _, context in rows], pa.string()))
    assert found.to_pylist() == [example_id(turns, context) for turns, context in rows]


def test_bytes_that_are_not_utf8_fault_their_row() -> None:
    broken = pa.array([b"ok", b"\xff", None]).view(pa.string())
    layout = Layout(format="question_answer", columns={"question": "q", "answer": "a"})
    found = convert(layout, {"question": broken, "answer": pa.array(["a", "b", "c"])})
    assert found.faults == [(1, "q holds bytes that are not UTF-8"), (2, "q is null, not text")]
    assert turns_of(found.messages) == [[("user", "ok"), ("assistant", "a")]]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (pa.string(), True),
        (pa.large_string(), True),
        (pa.string_view(), True),
        (pa.null(), True),
        (pa.dictionary(pa.int32(), pa.string()), True),
        (pa.dictionary(pa.int32(), pa.int64()), False),
        (pa.binary(), False),
        (pa.int64(), False),
        (pa.list_(pa.string()), False),
    ],
    ids=str,
)
def test_which_types_are_text(kind: pa.DataType, text: bool) -> None:
    assert is_text(kind) == text


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["q"], pa.large_string()),
        pa.array(["q"], pa.string_view()),
        pa.array(["q"]).dictionary_encode(),
    ],
    ids=["large", "view", "dictionary"],
)
def test_every_kind_of_text_is_read(column: Any) -> None:
    layout = Layout(format="question_answer", columns={"question": "question", "answer": "answer"})
    found = convert(layout, {"question": column, "answer": column})
    assert turns_of(found.messages) == [[("user", "q"), ("assistant", "q")]]


def test_plain_messages_have_role_and_content_and_nothing_else() -> None:
    assert is_plain_messages(MESSAGES_TYPE)
    assert is_plain_messages(pa.large_list(pa.struct([("content", pa.large_string()), ("role", pa.string())])))
    assert not is_plain_messages(pa.list_(pa.struct([("role", pa.string()), ("content", pa.int64())])))
    assert not is_plain_messages(
        pa.list_(pa.struct([("role", pa.string()), ("content", pa.string()), ("name", pa.string())]))
    )
    assert not is_plain_messages(pa.string())


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("alpaca", ["instruction", "output", "context"]),
        ("instruction_response", ["instruction", "input", "response"]),
        ("question_answer", ["question", "answer", "system"]),
        ("sharegpt", ["conversations"]),
    ],
)
def test_what_would_not_come_back_is_not_simple(name: str, roles: list[str]) -> None:
    layout = Layout(format=name, columns={role: role for role in roles})
    assert not is_simple(layout, dict.fromkeys(roles, pa.string()))
