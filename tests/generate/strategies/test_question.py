from pathlib import Path

import pytest

from generate.brief import Brief
from generate.rejection import Rejection
from generate.strategies import Question, Unit
from generate.strategies.question import read_question
from schemas import ChatRequest
from tests.generate.makers import brief, candidate, reply, work

PASSAGE = "one two three four five six\n\nseven eight nine ten"
QUESTION = "How long does it last?"


def request(strategy: Question, run: Brief, *path: str, sample: int = 0) -> ChatRequest:
    unit = Unit(name="here", candidates=(candidate(PASSAGE, *path),), sample=sample)
    _, [asked] = work(strategy.write(unit, run), QUESTION)
    return asked


def parse(text: str, finish: str = "stop") -> str | Rejection:
    return read_question(reply(text, finish_reason=finish))


def test_the_request_holds_passage_headings_and_settings() -> None:
    asked = request(Question(max_tokens=9), brief(seed=5), "Use")
    assert PASSAGE in asked.messages[-1].content
    assert "Gateway guide > Use" in asked.messages[-1].content
    assert (asked.max_tokens, asked.seed, asked.temperature, asked.sample) == (9, 5, 0.0, 0)


def test_a_second_sample_is_drawn_at_a_temperature() -> None:
    asked = request(Question(), brief(), sample=1)
    assert (asked.sample, asked.temperature) == (1, 0.7)


def test_the_passage_is_the_answer() -> None:
    passage = "The gateway is reset with the pin at its back, held down for ten seconds."
    unit = Unit.about(candidate(passage, "Reset"))
    [draft], _ = work(Question().write(unit, brief()), "How is the gateway reset?")
    assert draft.fault is None
    assert (draft.question, draft.answer, draft.context) == ("How is the gateway reset?", passage, passage)
    assert draft.source is not None
    assert draft.source.quote == passage


def test_a_bad_question_is_kept_with_its_fault() -> None:
    unit = Unit.about(candidate(PASSAGE))
    [draft], _ = work(Question().write(unit, brief()), "It lasts a year.")
    assert draft.fault == Rejection("not_a_question", "It lasts a year.")
    assert (draft.question, draft.answer, draft.response) == (None, PASSAGE, "It lasts a year.")


def test_there_is_a_unit_for_each_section_spread_over_the_documents() -> None:
    places = [candidate(PASSAGE, name=name, number=number) for number, name in enumerate(["a", "a", "b", "c"])]
    units = Question().units(brief(*places))
    assert sorted(unit.candidates[0].number for unit in units) == [0, 1, 2, 3]
    assert {unit.candidates[0].document.id for unit in units[:3]} == {"a", "b", "c"}


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
    content = request(Question(), brief(shown_words=words)).messages[-1].content
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
        ("<think>hm", "length", "cut_off"),
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
    ours, theirs = (brief(prompts=folder).version(Question().prompts) for folder in (None, tmp_path))
    assert ours != theirs
    assert len(ours) == 12
