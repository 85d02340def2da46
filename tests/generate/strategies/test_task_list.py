import pytest

from generate.rejection import Rejection
from generate.strategies.seed_tasks import OURS, Task, read_seeds
from generate.strategies.task_list import Item, read_tasks, write_tasks
from tests.generate.makers import reply


def read(text: str, finish: str = "stop") -> list[Item]:
    found = read_tasks(reply(text, finish_reason=finish), first=4, last=6)
    assert not isinstance(found, Rejection)
    return found


def block(number: int, name: str = "Say") -> str:
    return f"{number}. Instruction: {name} it\n{number}. Input:\nthis\n{number}. Output:\nthat"


WANTED = Task("Say it", "this", "that")


def test_the_form_that_is_shown_is_the_form_that_is_read() -> None:
    seeds = read_seeds(OURS)[:3]
    found = read_tasks(reply(write_tasks(seeds)), first=1, last=3)
    assert isinstance(found, list)
    assert [item.task for item in found] == list(seeds)
    assert all(item.whole and not item.surplus for item in found)


@pytest.mark.parametrize(
    "text",
    [
        block(4),
        f"###\n{block(4)}\n###",
        f"Here is the list:\n\n{block(4)}\n\n###\n\n",
        "**4. Instruction:** Say it\n**4. Input:** this\n**4. Output:** that",
        "4. **Instruction**: Say it\n4. **Input**: this\n4. **Output**: that",
        "Instruction: Say it\nInput: this\nOutput: that",
        "### Instruction:\nSay it\n\n### Input:\nthis\n\n### Output:\nthat",
        '[{"instruction": "Say it", "input": "this", "output": "that"}]',
        '```json\n{"tasks": [{"Instruction": "Say it", "Input": "this", "Output": "that"}]}\n```',
        f"<think>Which? 1. Instruction: no</think>{block(4)}",
    ],
    ids=["plain", "parted", "talk", "bold", "bold words", "bare", "headings", "JSON", "fenced JSON", "thoughts"],
)
def test_an_item_is_read_in_the_forms_that_models_write(text: str) -> None:
    [item] = read(text)
    assert item.task == WANTED
    assert item.whole
    assert not item.last
    assert not item.surplus


@pytest.mark.parametrize("nothing", ["<noinput>", "<No input>", "None", "N/A", "", "(none)"])
def test_a_word_for_no_input_is_none(nothing: str) -> None:
    [item] = read(f"4. Instruction: Say it\n4. Input:\n{nothing}\n4. Output:\nthat")
    assert item.task == Task("Say it", "", "that")


def test_an_output_may_hold_headings_lists_and_the_number_20() -> None:
    output = "### Steps\n\n1. Input: the code\n2. Output: none\n\nDone in 20. Or 20.5 minutes."
    [first, second] = read(f"4. Instruction: Say it\n4. Input:\nthis\n4. Output:\n{output}\n###\n{block(5)}")
    assert first.task.output == output
    assert second.task == WANTED


def test_items_behind_the_last_number_are_surplus_whatever_they_are_numbered() -> None:
    assert [item.surplus for item in read("\n###\n".join(map(block, (5, 6, 7))))] == [False, False, True]
    assert [item.surplus for item in read("\n###\n".join(map(block, (1, 2, 3, 4))))] == [False, False, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "4. Instruction: Say it\n4. Output:\nthat",
        "4. Instruction: Say it\n4. Input:\nthis",
        "4. Instruction: Say it\n4. Output:\nthat\n4. Input:\nthis",
        "4. Instruction: Say it\n4. Input:\nthis\n4. Output:\nthat\n4. Output:\nmore",
        "4. Input:\nthis\n4. Output:\nthat",
    ],
    ids=["no input", "no output", "another order", "two outputs", "no instruction"],
)
def test_other_than_three_parts_is_not_whole_and_spoils_no_other_item(text: str) -> None:
    first, second = read(f"{text}\n###\n{block(5)}")
    assert not first.whole
    assert second.task == WANTED


def test_the_last_item_of_a_reply_that_broke_off_is_known() -> None:
    items = read(f"{block(4)}\n###\n5. Instruction: Say i", "length")
    assert [(item.last, item.whole) for item in items] == [(False, True), (True, False)]
    items = read('[{"instruction": "Say it", "input": "this", "output": "that"}, {"instruction": "Sa', "length")
    assert [item.last for item in items] == [False, True]


def test_an_object_without_an_instruction_is_an_item_that_is_not_whole() -> None:
    items = read('[{"instruction": "Say it", "output": "that"}, {"task": "Say it"}]')
    assert [item.whole for item in items] == [True, False]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no_answer"), ("I cannot do that.", "no_list"), ("4. Say it: that", "no_list"), ("{]{[", "no_list")],
)
def test_a_reply_without_items_is_rejected(text: str, reason: str) -> None:
    found = read_tasks(reply(text), first=4, last=20)
    assert isinstance(found, Rejection)
    assert found.reason == reason
