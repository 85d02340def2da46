import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.rejection import Rejection
from generate.structured import Items, ask_items, read_items, schema_of
from schemas import ChatRequest, Message
from tests.generate.makers import brief, reply

FIELDS = ("question", "answer")
ONE = '{"question": "Why?", "answer": "So."}'
WHY = {"question": "Why?", "answer": "So."}


def found(text: str, *, finish_reason: str = "stop") -> list[dict[str, str]]:
    items = read_items(reply(text, finish_reason=finish_reason), FIELDS)
    assert isinstance(items, Items), items
    return items.found


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        f"[{ONE}]",
        f'{{"items": [{ONE}]}}',
        f'{{"pairs": [{ONE}], "count": 1}}',
        f"```json\n{ONE}\n```",
        f"Here you are:\n```\n[{ONE}]\n```\nGood luck!",
        f"Sure! {ONE} Anything else?",
        f"<think>A question {{hm}}?</think>{ONE}",
        '{"Question": "Why?", " ANSWER ": "So."}',
        "{'question': 'Why?', 'answer': 'So.'}",
        '{"question": "Why?", "answer": "So.",}',
        '{question: "Why?", answer: "So."}',
        '{"question": "Why?" "answer": "So."}',
        '{"question": "Why?", "answer": ["So."]}',
        '{"question": " Why? ", "answer": "So.\\n"}',
    ],
)
def test_an_item_is_read_out_of_what_stands_around_it(text: str) -> None:
    assert found(text) == [WHY]


def test_line_breaks_inside_a_text_stay() -> None:
    assert found('{"question": "Why?", "answer": "One\ntwo"}') == [{"question": "Why?", "answer": "One\ntwo"}]


def test_of_a_list_that_broke_off_the_whole_items_stay_and_the_half_one_goes() -> None:
    text = f'{{"items": [{ONE}, {ONE}, {{"question": "How?", "answer": "Li'
    assert found(text, finish_reason="length") == [WHY, WHY]


def test_half_an_item_alone_is_cut_off() -> None:
    items = read_items(reply('{"question": "How?", "answer": "Li', finish_reason="length"), FIELDS)
    assert isinstance(items, Rejection)
    assert items.reason == "cut_off"


def test_items_that_lack_a_field_are_counted() -> None:
    text = json.dumps([WHY, {"question": "How?"}, {"question": "When?", "answer": ""}, 7])
    items = read_items(reply(text), FIELDS)
    assert isinstance(items, Items)
    assert (items.found, items.broken) == ([WHY], 3)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_answer"),
        ("I cannot do that.", "no_json"),
        ("{}", "no_json"),
        ("[]", "no_json"),
        ('"text"', "no_json"),
        ("{" * 5000, "no_json"),
        ("[" * 100_000, "no_json"),
        ('{"question": {"a": "b"}, "answer": "c"}', "no_json"),
        ("null", "no_json"),
        ("NaN", "no_json"),
    ],
    ids=["empty", "prose", "no field", "no item", "text", "braces", "brackets", "nested", "null", "nan"],
)
def test_what_holds_no_item_is_rejected(text: str, reason: str) -> None:
    items = read_items(reply(text), FIELDS)
    assert isinstance(items, Rejection)
    assert items.reason == reason


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_items(reply(text), FIELDS)


@given(st.lists(st.fixed_dictionaries({name: st.text(min_size=1).filter(str.strip) for name in FIELDS}), min_size=1))
def test_json_as_it_was_asked_for_is_read_as_it_is(items: list[dict[str, str]]) -> None:
    assert found(json.dumps({"items": items})) == [
        {name: text.strip() for name, text in item.items()} for item in items
    ]


def test_prose_is_asked_for_once_more_with_what_was_wrong() -> None:
    request = ChatRequest(messages=(Message("user", "Write."),), max_tokens=9)
    steps = ask_items(request, FIELDS, brief())
    assert next(steps) == request
    second = steps.send(reply("Gladly."))
    assert isinstance(second, ChatRequest)
    assert [role for role, _ in second.messages] == ["user", "assistant", "user"]
    assert "question, answer" in second.messages[-1].content
    with pytest.raises(StopIteration) as end:
        steps.send(reply(ONE))
    assert isinstance(end.value.value, Items)


def test_a_second_failure_is_the_end() -> None:
    steps = ask_items(ChatRequest(messages=(Message("user", "Write."),), max_tokens=9), FIELDS, brief())
    next(steps)
    steps.send(reply("Gladly."))
    with pytest.raises(StopIteration) as end:
        steps.send(reply("Here it comes."))
    fault, last = end.value.value
    assert (fault.reason, last.text) == ("no_json", "Here it comes.")


def test_the_schema_names_every_field_and_allows_no_other() -> None:
    schema = json.loads(schema_of({"question": "What a user asks", "answer": "The answer"}, most=3))
    item = schema["properties"]["items"]["items"]
    assert item["required"] == ["question", "answer"]
    assert item["additionalProperties"] is False
    assert schema["properties"]["items"]["maxItems"] == 3
