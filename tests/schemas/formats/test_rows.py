import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.formats.layout import Layout, canonical
from schemas.formats.rows import convert_rows, read_row
from schemas.formats.twins import UnfitError, Values, parse

ASKED, ANSWERED = [{"role": "user", "content": "q"}], [{"role": "assistant", "content": "a"}]
MESSAGES = Layout(format="messages", columns={"messages": "messages"})


@pytest.mark.parametrize(
    ("name", "values", "kept"),
    [
        ("messages", {"messages": [{"role": "user", "content": "q"}]}, False),
        ("messages", {"messages": [{"role": "user", "content": "q", "name": None}]}, False),
        ("messages", {"messages": [{"role": "user", "content": "q", "name": "x"}]}, True),
        ("messages", {"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]}]}, True),
        ("sharegpt", {"conversations": [{"from": "human", "value": "q"}]}, False),
        ("sharegpt", {"conversations": [{"from": "observation", "value": "q"}]}, True),
        ("sharegpt", {"conversations": [{"from": "human", "value": "q", "weight": 0}]}, True),
        ("question_answer", {"question": "q", "answer": "a", "context": "c"}, False),
        ("question_answer", {"question": "q", "answer": "a", "system": "s"}, True),
        ("instruction_response", {"instruction": "q", "input": "x", "response": "a"}, True),
        ("prompt_completion", {"prompt": ASKED, "completion": ANSWERED}, True),
        (
            "prompt_completion",
            {"prompt": [{"role": "system", "content": "s"}, *ASKED], "completion": ANSWERED},
            False,
        ),
    ],
)
def test_a_row_keeps_its_columns_only_where_its_messages_do_not_give_them_back(
    name: str, values: Values, kept: bool
) -> None:
    original = read_row(canonical(name), values).original
    assert (original is not None) == kept
    if original is not None:
        assert json.loads(original) == {"format": name, "row": values}


pair = st.fixed_dictionaries({"question": st.none() | st.text(max_size=3), "answer": st.text(max_size=3)})
chat = st.fixed_dictionaries(
    {
        "messages": st.lists(
            st.fixed_dictionaries({"role": st.sampled_from(["", "user"]), "content": st.text(max_size=3)})
        )
    }
)


@given(st.lists(pair | chat, max_size=8))
def test_rows_of_several_formats_stay_in_order(rows: list[Values]) -> None:
    layouts = {name: canonical(name) for name in ("question_answer", "messages")}
    given_rows = [(layouts["messages" if "messages" in row else "question_answer"], row) for row in rows]
    found = convert_rows(given_rows)
    assert sorted([*found.kept.tolist(), *(position for position, _ in found.faults)]) == list(range(len(rows)))
    messages = found.messages.to_pylist()
    for index, position in enumerate(found.kept.tolist()):
        turns, _ = parse(*given_rows[position])
        assert [(each["role"], each["content"]) for each in messages[index]] == turns


def test_no_rows_are_no_examples() -> None:
    assert len(convert_rows([]).messages) == 0


def test_a_row_without_role_is_not_read() -> None:
    with pytest.raises(UnfitError):
        read_row(MESSAGES, {"messages": [{"role": "", "content": "x"}]})
