from pathlib import Path

import pytest

from generate.prompt import load_prompt
from generate.strategies import Question, Rejection
from schemas import ChatResponse
from tests.generate.makers import candidate

PASSAGE = "one two three four five six\n\nseven eight nine ten"
QUESTION = "How long does it last?"


def strategy(**settings: int) -> Question:
    return Question(template=load_prompt("question"), seed=5, **settings)


def parse(text: str, finish: str = "stop") -> str | Rejection:
    response = ChatResponse(text=text, finish_reason=finish, prompt_tokens=1, completion_tokens=1)
    return strategy().parse(candidate(PASSAGE), response)


def test_the_request_holds_passage_headings_and_settings() -> None:
    request = strategy(max_tokens=9).request(candidate(PASSAGE, "Use"))
    assert PASSAGE in request.messages[-1].content
    assert "Gateway guide > Use" in request.messages[-1].content
    assert (request.max_tokens, request.seed, request.temperature) == (9, 5, 0.0)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (1, "one"),
        (6, "one two three four five six"),
        (7, "one two three four five six\n\nseven"),
        (10, PASSAGE),
        (99, PASSAGE),
    ],
)
def test_no_more_than_the_first_words_are_shown(words: int, shown: str) -> None:
    content = strategy(shown_words=words).request(candidate(PASSAGE)).messages[-1].content
    assert f"\n{shown}\n\nWrite" in content


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        f"  {QUESTION}\n",
        f"Question: {QUESTION}",
        f"**Question:** {QUESTION}",
        f"Question 1: {QUESTION}",
        f"Q: {QUESTION}",
        f"1. {QUESTION}",
        f"- {QUESTION}",
        f'"{QUESTION}"',
        f"**{QUESTION}**",
        f"\u201c{QUESTION}\u201d",
        f"{QUESTION}\n\nAnswer: A year.",
        f"{QUESTION} And how much does it cost?",
        f"Question:\n\n{QUESTION}",
        f"<think>Let me see. Is it long?</think>\n\n{QUESTION}",
        "How long  does it\tlast?",
        f"{QUESTION} | | | |",
    ],
)
def test_the_question_is_taken_out_of_what_stands_around_it(text: str) -> None:
    assert parse(text) == QUESTION


@pytest.mark.parametrize(
    ("text", "finish", "reason"),
    [
        ("", "stop", "no_answer"),
        ("   \n", "stop", "no_answer"),
        ("<think>hm", "length", "no_answer"),
        ("The battery lasts a year.", "stop", "not_a_question"),
        ("How long does the battery of the", "length", "cut_off"),
        ("", "content_filter", "filtered"),
        ("Sure! Here it is:\nHow long does it last?", "stop", "not_a_question"),
    ],
    ids=["empty", "blank", "only thoughts", "statement", "cut off", "filtered", "talk first"],
)
def test_what_is_no_question_is_rejected_with_a_reason(text: str, finish: str, reason: str) -> None:
    found = parse(text, finish)
    assert isinstance(found, Rejection)
    assert found.reason == reason


def test_a_question_in_another_script_ends_in_its_own_mark() -> None:
    question = "電池はどのくらい持ちますか\uff1f"
    assert parse(question) == question


def test_the_prompt_s_hash_is_the_strategy_s(tmp_path: Path) -> None:
    (tmp_path / "question.jinja").write_text("{% call user() %}{{ passage }}{% endcall %}")
    other = Question(template=load_prompt("question", tmp_path), seed=0)
    assert other.prompt != strategy().prompt
    assert len(other.prompt) == 12
