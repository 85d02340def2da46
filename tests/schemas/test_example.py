import hashlib
from dataclasses import fields

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.example import (
    EXAMPLE_SCHEMA,
    ORIGIN_TYPE,
    SOURCE_TYPE,
    Example,
    Message,
    Origin,
    Source,
    example_id,
    examples_table,
    last_answer,
)

ASKED = (Message("user", "Why?"), Message("assistant", "So."))


def test_records_have_the_columns_of_their_tables() -> None:
    assert list(Example(messages=ASKED).row()) == EXAMPLE_SCHEMA.names
    assert [each.name for each in fields(Source)] == [each.name for each in SOURCE_TYPE]
    assert [each.name for each in fields(Origin)] == [each.name for each in ORIGIN_TYPE]


def test_an_example_comes_back_from_its_row() -> None:
    example = Example(
        messages=ASKED,
        context="c",
        source=Source(document="a.md", section="S", start=1, end=2, quote="q"),
        origin=Origin(strategy="pairs", model="m", prompt="p", seed=7),
    )
    [row] = examples_table([example]).to_pylist()
    assert Example.from_row(row) == example


def test_no_examples_are_an_empty_table_of_the_schema() -> None:
    assert examples_table([]).schema == EXAMPLE_SCHEMA


def test_the_id_is_the_hash_that_the_docstring_promises() -> None:
    raw = b"4:user4:Why?9:assistant3:So.|c"
    assert example_id(ASKED, "c") == hashlib.blake2b(raw, digest_size=16).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((("user", "ab"), ("assistant", "c")), (("user", "a"), ("assistant", "bc"))),
        ((("user", "a"),), (("user", "a"), ("user", ""))),
        ((("user", "a"),), (("usera", ""),)),
    ],
    ids=["moved letter", "empty turn", "role and content"],
)
def test_rows_that_say_different_things_have_different_ids(
    one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]
) -> None:
    assert example_id(one, None) != example_id(other, None)


def test_no_context_and_an_empty_one_differ() -> None:
    assert example_id(ASKED, None) != example_id(ASKED, "")


def test_half_a_surrogate_pair_has_an_id_too() -> None:
    assert len(example_id([("user", "\ud83d")], None)) == 32


@given(st.lists(st.tuples(st.text(), st.text())), st.none() | st.text())
def test_equal_rows_share_an_id(messages: list[tuple[str, str]], context: str | None) -> None:
    assert example_id(messages, context) == example_id(tuple(messages), context)


def test_source_and_origin_do_not_change_the_id() -> None:
    origin = Origin(strategy="pairs", model="", prompt="", seed=1)
    assert Example(messages=ASKED, origin=origin).id == Example(messages=ASKED).id


def test_the_columns_of_the_schema_that_must_be_there_refuse_null() -> None:
    assert [each.name for each in EXAMPLE_SCHEMA if not each.nullable] == ["id", "messages"]
    assert pa.types.is_list(EXAMPLE_SCHEMA.field("messages").type)


@pytest.mark.parametrize(
    ("roles", "place"),
    [((), 0), (("user",), 0), (("user", "assistant"), 1), (("user", "assistant", "user", "assistant", "user"), 3)],
    ids=["nothing", "no answer", "one", "several"],
)
def test_the_last_answer_is_found(roles: tuple[str, ...], place: int) -> None:
    assert last_answer([Message(role, "x") for role in roles]) == place
