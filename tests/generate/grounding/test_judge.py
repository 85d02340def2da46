import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.grounding import Unreadable, judge_request, read_judgement
from generate.prompt import load_prompt
from generate.rejection import Rejection
from schemas import ChatResponse
from tests.generate.makers import candidate


def reply(text: str, finish_reason: str = "stop") -> ChatResponse:
    return ChatResponse(text=text, finish_reason=finish_reason, prompt_tokens=1, completion_tokens=1)


def verdict(*, supported: object = True, answers: object = True, reason: object = "") -> str:
    return json.dumps({"reason": reason, "supported": supported, "answers_question": answers})


def test_the_request_begins_with_the_passage_and_ends_with_the_task() -> None:
    here = candidate("Loans last four weeks.", "Loans")
    prompt = load_prompt("judge")
    one = judge_request(prompt, here, "How long?", "Four weeks.", seed=1)
    two = judge_request(prompt, here, "How much?", "Nothing.", seed=1)
    text = one.messages[-1].content
    assert [message.role for message in one.messages] == ["system", "user"]
    assert text.index(here.passage) < text.index("How long?") < text.index("Four weeks.") < text.index('"supported"')
    shared = text.index("How long?")
    assert text[:shared] == two.messages[-1].content[:shared]
    assert set(json.loads(one.schema)["required"]) == {"reason", "supported", "answers_question"}
    assert one.temperature == 0


@pytest.mark.parametrize(
    "text",
    [
        verdict(),
        f"```json\n{verdict()}\n```",
        f"<think>Is it supported: false? No.</think>{verdict()}",
        f"Here it is: {verdict()} Good luck!",
        verdict(supported="yes", answers="True"),
        "{'reason': '', 'supported': True, 'answers_question': True}",
        '{"supported": true, "answers_question": true, "reason": "it is',
        "supported: yes\nanswers question: yes",
        '{"note": {}} ' + verdict(),
    ],
)
def test_an_answer_passes_whatever_the_verdict_is_wrapped_in(text: str) -> None:
    assert read_judgement(reply(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (verdict(supported=False, reason="It says\nfive."), Rejection("judged_unsupported", "It says five.")),
        (verdict(answers=False), Rejection("judged_off_question", "")),
        (verdict(supported=False, answers=False, reason=7), Rejection("judged_unsupported", "")),
        ('{"reason": "No such day", "supported": false, "answ', Rejection("judged_unsupported", "No such day")),
    ],
)
def test_what_speaks_against_an_answer_is_its_reason(text: str, expected: Rejection) -> None:
    assert read_judgement(reply(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is fine.",
        '{"supported": true',
        '{"supported": true, "reason": ""}',
        '{"supported": "perhaps", "answers_question": true}',
        "supported: yes, supported: no, answers question: yes",
        "[" * 5000 + '{"a":' * 3000,
    ],
)
def test_half_a_verdict_accepts_nothing(text: str) -> None:
    assert isinstance(read_judgement(reply(text)), Unreadable)


def test_a_judgement_that_was_held_back_is_unreadable() -> None:
    assert isinstance(read_judgement(reply(verdict(), "content_filter")), Unreadable)


@given(st.text(max_size=200))
def test_any_reply_is_read(text: str) -> None:
    found = read_judgement(reply(text))
    assert found is None or isinstance(found, Rejection | Unreadable)
