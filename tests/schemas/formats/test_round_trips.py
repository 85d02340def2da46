"""The laws that hold for every format and every kind of file."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.example import Example, Message, Origin, Source, examples_table
from schemas.formats import open_examples, write_examples
from schemas.formats.twins import without_nulls

FORMATS = [
    "example",
    "messages",
    "sharegpt",
    "prompt_completion",
    "alpaca",
    "instruction_response",
    "question_answer",
    "input_output",
    "text",
]
SUFFIXES = [".jsonl", ".json", ".csv", ".parquet"]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "",
        "\n\n",
        "a\n\nb",
        "b",
        '"',
        ",",
        "x\r\ny",
        "\r",
        "[",
        '[{"role": "user", "content": "x"}]',
        "null",
        "\ufeff",
        "\0",
        " ",
    ]
)
# A role that ShareGPT knows under another name, such as `human`, cannot come back from it.
roles = st.sampled_from(["system", "user", "assistant", "tool", "critic"])
pair = st.builds(lambda asked, answered: (Message("user", asked), Message("assistant", answered)), texts, texts)
turns = st.lists(st.builds(Message, roles, texts), min_size=1, max_size=5).map(tuple)
asked = st.builds(lambda before, last: (*before, Message("assistant", last)), turns, texts)
numbers = st.integers(-(2**62), 2**62)
sources = st.none() | st.builds(Source, document=texts, section=texts, start=numbers, end=numbers, quote=texts)
origins = st.none() | st.builds(Origin, strategy=texts, model=texts, prompt=texts, seed=numbers)


@st.composite
def examples(draw: st.DrawFn, name: str) -> Example:
    """Draw an example that a format can hold."""
    shapes = {
        "example": turns,
        "messages": turns,
        "sharegpt": turns,
        "prompt_completion": asked | pair,
        "text": st.builds(lambda text: (Message("assistant", text),), texts),
    }
    context = draw(st.none() | texts)
    messages: tuple[Message, ...] = draw(shapes.get(name, pair))
    if context and draw(st.booleans()) and messages[0].role == "user":
        first = Message("user", f"{messages[0].content}\n\n{context}")
        messages = (first, *messages[1:])
    return Example(messages=messages, context=context, source=draw(sources), origin=draw(origins))


def read(path: Path, **options: Any) -> pa.Table:
    opened = open_examples(path, **options)
    batches = list(opened.batches(3))
    assert not [reject for each in batches for reject in each.rejects]
    return pa.Table.from_batches([each.examples for each in batches], schema=opened.schema)


def lines(path: Path) -> list[Any]:
    return [without_nulls(json.loads(line)) for line in path.read_bytes().decode().split("\n") if line]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_example_comes_back_from_every_format_and_file(name: str, suffix: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(examples(name), min_size=1, max_size=5))
    table = examples_table(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        write_examples(table, path, format=name)
        found = read(path, format=None if name != "messages" else "messages")
    assert found.select(table.column_names).to_pylist() == table.to_pylist()


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
names = st.sampled_from(
    [
        "id",
        "score",
        "source",
        "origin",
        "original",
        "original_id",
        "context",
        "tags",
        "meta",
        "näme",
        "",
        "system",
        "messages",
    ]
)
parts = st.builds(lambda text: {"type": "text", "text": text}, texts)
odd_message = st.fixed_dictionaries(
    {"role": roles, "content": texts | st.lists(parts, max_size=2)},
    optional={"name": texts, "weight": st.integers(0, 1), "tool_call_id": texts},
)
call = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none(), "tool_calls": st.lists(json_values, min_size=1, max_size=2)}
)
odd_messages = st.lists(odd_message | call, min_size=1, max_size=4)
odd_turns = st.lists(
    st.fixed_dictionaries(
        {
            "from": st.sampled_from(
                ["human", "gpt", "system", "function_call", "observation", "tool", "user", "bing", "x"]
            ),
            "value": texts,
        },
        optional={"weight": st.floats(0, 1)},
    ),
    min_size=1,
    max_size=4,
)
Columns = dict[str, st.SearchStrategy[Any]]  # Any: whatever JSON holds
plain: dict[str, tuple[Columns, Columns]] = {
    "alpaca": ({"instruction": texts, "output": texts}, {"input": texts}),
    "instruction_response": ({"instruction": texts, "response": texts}, {"input": texts}),
    "question_answer": ({"question": texts, "answer": texts}, {}),
    "input_output": ({"input": texts, "output": texts}, {}),
    "prompt_completion": ({"prompt": texts, "completion": texts}, {}),
    "text": ({"text": texts}, {}),
    "messages": ({"messages": odd_messages}, {}),
    "sharegpt": ({"conversations": odd_turns}, {"system": texts, "tools": texts}),
}
spoken = st.fixed_dictionaries({"prompt": odd_messages, "completion": odd_messages})


@st.composite
def rows_of(draw: st.DrawFn, name: str) -> list[dict[str, Any]]:
    """Draw the rows of a file that somebody else wrote."""
    required, optional = plain[name]
    others = draw(st.lists(names, max_size=3, unique=True))
    own = {*required, *optional}
    row = st.fixed_dictionaries(required, optional=optional)
    if name == "prompt_completion" and draw(st.booleans()):
        row = spoken
    columns = st.fixed_dictionaries(
        {},
        optional={
            each: json_values for each in others if each not in own and not (each == "messages" and name != "messages")
        },
    )
    return draw(st.lists(st.builds(lambda one, two: {**one, **two}, row, columns), min_size=1, max_size=4))


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
@pytest.mark.parametrize("name", plain)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_file_comes_back_as_it_was(name: str, suffix: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(name))
    with tempfile.TemporaryDirectory() as folder:
        path, through, last = (Path(folder) / each for each in ("in.jsonl", f"through{suffix}", "out.jsonl"))
        path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")
        write_examples(read(path, format=name), through, format=name)
        write_examples(read(through, format=name), last, format=name)
        assert lines(last) == [without_nulls(each) for each in rows]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_batches_change_nothing(name: str, suffix: str, data: st.DataObject) -> None:
    table = examples_table(data.draw(st.lists(examples(name), min_size=1, max_size=7)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        write_examples(table, path, format=name)
        opened = open_examples(path, path)
        found = []
        for size in (1, 2, 8192):
            batches = list(opened.batches(size))
            whole = pa.Table.from_batches([each.examples for each in batches], schema=opened.schema)
            found.append((whole.to_pylist(), [row for each in batches for row in each.numbers.to_pylist()]))
        assert found[0] == found[1] == found[2]
        assert found[0][1] == list(range(1, 2 * table.num_rows + 1))
