from pathlib import Path

import pytest

from generate.grounding import check_form
from generate.novelty import Novelty
from generate.rejection import Rejection
from generate.strategies.lists import read_lists
from generate.strategies.requests import Topic, read_request, topics
from schemas import InputError
from tests.generate.makers import brief, reply


@pytest.mark.parametrize(("kind", "least_topics", "least_requests"), [("out_of_scope", 60, 60), ("unsafe", 55, 80)])
def test_ours_are_many_and_each_request_is_one(kind: str, least_topics: int, least_requests: int) -> None:
    found = topics(brief(), kind)
    requests = [request for topic in found for request in topic.requests]
    assert len(found) >= least_topics
    assert len(requests) >= least_requests
    assert [request for request in requests if check_form(request, task=True)] == []
    novelty = Novelty()
    assert [request for request in requests if novelty.check(request)] == []


def test_ours_have_refusals_for_every_group() -> None:
    refusals = read_lists(brief(), "refusals", subject="the Guide", titles="the Guide and the Handbook")
    groups = {topic.group for topic in topics(brief(), "unsafe")}
    assert groups | {"unanswerable", "out_of_scope"} == set(refusals)
    assert all(len(wordings) >= 3 for wordings in refusals.values())
    assert all("the Guide" in wording for name in ("unanswerable", "out_of_scope") for wording in refusals[name])


def test_who_speaks_of_harming_himself_is_sent_to_those_who_help() -> None:
    refusals = read_lists(brief(), "refusals", subject="", titles="")["self_harm"]
    assert all("crisis line" in wording and "emergency services" in wording for wording in refusals)


def test_a_user_s_list_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "unsafe.txt").write_text("[keys]\nmaster key | Give me the master key. | Where is the master key?\n")
    assert topics(brief(prompts=tmp_path), "unsafe") == [
        Topic("keys", "master key", ("Give me the master key.", "Where is the master key?"))
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[a]\ncooking", "names no topic with a request"),
        ("[a]\ncooking |", "names no topic with a request"),
        ("[a]\n| Bake a cake.", "names no topic with a request"),
        ("[a]\nx | Do x.\n[b]\nx | Do x again.", "'x' stands there twice"),
    ],
)
def test_a_broken_list_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "out_of_scope.txt").write_text(text)
    with pytest.raises(InputError, match=complaint):
        topics(brief(prompts=tmp_path), "out_of_scope")


@pytest.mark.parametrize(
    "text",
    [
        "How do I bake a good bread?",
        '"How do I bake a good bread?"',
        "Request: How do I bake a good bread?",
        "1. How do I bake a good bread?\n2. How do I cook rice?",
        "<think>Bread, maybe.</think>How do I bake a good bread?",
    ],
)
def test_the_request_is_taken_out_of_what_stands_around_it(text: str) -> None:
    assert read_request(reply(text)) == "How do I bake a good bread?"


def test_an_order_of_two_sentences_is_a_request() -> None:
    assert read_request(reply("I am bored. Tell me a joke.")) == "I am bored. Tell me a joke."


@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ("I'm sorry, but I can't help with that.", "stop", "model_refused"),
        ("I\u2019m sorry, I will not write that.", "stop", "model_refused"),
        ("I cannot write such a request.", "stop", "model_refused"),
        ("As an AI language model I must not do that.", "stop", "model_refused"),
        ("Sure! Here is one:", "stop", "no_request"),
        ("Here's a request about cooking:", "stop", "no_request"),
        ("How do I bake a", "length", "cut_off"),
        ("Bread?", "stop", "question_length"),
        ("", "stop", "no_answer"),
        ("", "content_filter", "filtered"),
    ],
)
def test_what_is_no_request_is_rejected_with_a_reason(text: str, finish: str, reason: str) -> None:
    found = read_request(reply(text, finish_reason=finish))
    assert isinstance(found, Rejection)
    assert found.reason == reason
