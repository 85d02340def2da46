import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.clients.prefix_order import by_prefix
from schemas import ChatRequest, Message


def ask(*texts: str) -> ChatRequest:
    return ChatRequest(messages=tuple(Message("user", text) for text in texts), max_tokens=5)


def test_requests_about_one_document_stand_together() -> None:
    requests = [ask(f"{letter * 200} task {number}") for number in range(3) for letter in "cab"]
    order = by_prefix(requests)
    letters = [requests[place].messages[0].content[0] for place in order]
    assert letters == list("aaabbbccc")


def test_an_order_that_is_good_already_is_kept() -> None:
    requests = [ask(f"{letter * 200} {task}") for letter in "cab" for task in ("Sum it up.", "Ask.", "Name it.")]
    assert by_prefix(requests) == list(range(9))


def test_what_all_begin_with_moves_nothing() -> None:
    requests = [ask("One prompt for all of them. " * 20, letter) for letter in "cab"]
    assert by_prefix(requests) == [0, 1, 2]


def test_the_role_is_part_of_the_beginning() -> None:
    one = ChatRequest(messages=(Message("system", "x" * 90), Message("user", "a")), max_tokens=5)
    other = ChatRequest(messages=(Message("user", "x" * 90), Message("user", "a")), max_tokens=5)
    assert by_prefix([one, other, one]) == [0, 2, 1]


@pytest.mark.parametrize("count", [0, 1])
def test_there_is_nothing_to_order(count: int) -> None:
    assert by_prefix([ask("a")] * count) == list(range(count))


@given(st.lists(st.text(max_size=8), max_size=20))
def test_every_request_keeps_its_place_in_the_count(texts: list[str]) -> None:
    assert sorted(by_prefix([ask(text) for text in texts])) == list(range(len(texts)))


def test_shuffling_costs_nothing() -> None:
    requests = [ask(f"{document} " * 50 + f"task {task}") for document in range(20) for task in range(4)]
    random.Random(1).shuffle(requests)
    order = by_prefix(requests)
    documents = [requests[place].messages[0].content.split()[0] for place in order]
    assert sum(one != other for one, other in pairwise(documents)) == 19
