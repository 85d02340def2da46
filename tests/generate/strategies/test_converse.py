import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import Converse, GenerateConfig, generate
from generate.candidates import Candidate
from generate.strategies import Draft, Unit
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError, Section
from tests.generate.makers import AWAY, brief, document, reply, work

TEXT = (
    "# Gateway guide\n\n## Reset\n\nThe gateway is reset with the **pin** at its back, held down for ten seconds. "
    "The lamp then blinks orange for two minutes.\n\n## After a reset\n\nThe gateway asks for its password again. "
    "It is printed on the label under the lid.\n"
)
CUT = TEXT.index("## After")


def section(number: int, start: int, end: int, *path: str, passage: str, name: str = "guide.md") -> Candidate:
    cut = Section(document=name, path=path, start=start, end=end, kinds=("prose",))
    return Candidate(number, document(TEXT, name=name), cut, passage)


RESET = section(
    0,
    0,
    CUT,
    "Reset",
    passage="The gateway is reset with the pin at its back, held down for ten seconds. "
    "The lamp then blinks orange for two minutes.",
)
AFTER = section(
    1,
    CUT,
    len(TEXT),
    "After a reset",
    passage="The gateway asks for its password again. It is printed on the label under the lid.",
)
TURNS = [
    {
        "question": "How do I reset the gateway?",
        "answer": "Hold the pin at its back down for ten seconds.",
        "quote": "reset with the pin at its back, held down for ten seconds",
    },
    {
        "question": "And what does the lamp do then?",
        "answer": "It blinks orange for two minutes.",
        "quote": "The lamp then blinks orange for two minutes.",
    },
    {
        "question": "It asks for a password. Where do I find that?",
        "answer": "The password is printed on the label under the lid.",
        "quote": "It is printed on the label under the lid.",
    },
]


def talk(*changes: dict[str, str]) -> str:
    """The talk with changes to its turns, in their order."""
    return json.dumps(
        {"items": [{**turn, **change} for turn, change in zip(TURNS, (*changes, {}, {}, {}), strict=False)]}
    )


def held(*answers: str | LLMError, repair: bool = False, **settings: Any) -> tuple[Draft, list[ChatRequest]]:
    unit = Unit(name="here", candidates=(RESET, AFTER))
    [draft], asked = work(Converse(**settings).write(unit, brief(RESET, AFTER, repair=repair)), *answers)
    return draft, asked


def test_a_talk_is_one_example_of_all_its_turns() -> None:
    draft, asked = held(talk())
    assert draft.fault is None
    assert [role for role, _ in draft.messages] == ["user", "assistant"] * 3
    assert [text for role, text in draft.messages if role == "user"] == [turn["question"] for turn in TURNS]
    assert len(asked) == 1


def test_the_source_spans_the_evidence_of_all_answers() -> None:
    draft, _ = held(talk())
    assert draft.source is not None
    assert draft.source.quote == TEXT[draft.source.start : draft.source.end]
    assert draft.source.quote.startswith("reset with the **pin**")
    assert draft.source.quote.endswith("under the lid.")
    assert draft.source.section == "Reset"
    assert draft.context == (
        f"# Gateway guide > Reset\n\n{RESET.passage}\n\n# Gateway guide > After a reset\n\n{AFTER.passage}"
    )


def test_the_request_holds_the_passages_and_the_number_of_turns() -> None:
    _, [asked] = held(talk())
    text = asked.messages[-1].content
    assert f"# 1. Gateway guide > Reset\n\n{RESET.passage}" in text
    assert "a conversation of 3 questions" in text
    items = json.loads(asked.schema)["properties"]["items"]
    assert (items["minItems"], items["maxItems"]) == (2, 3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quote": "The lamp is broken."}, "quote_not_found"),
        ({"question": "What does the text say about the lamp?"}, "dangling_reference"),
        ({"question": "How do I reset the gateway?"}, "repeated_turn"),
        ({"answer": "Hold the pin at its back down for ten seconds."}, "repeated_turn"),
        ({"question": "And after 48 hours of that?"}, "foreign_number"),
        ({"question": "Then?"}, "question_length"),
    ],
)
def test_a_faulty_turn_ends_the_talk_before_it(change: dict[str, str], reason: str) -> None:
    draft, _ = held(talk({}, change), least_turns=1)
    assert draft.fault is None
    assert len(draft.messages) == 2
    assert draft.source is not None
    assert "lamp" not in draft.source.quote
    short, _ = held(talk({}, change))
    assert short.fault is not None
    assert short.fault.reason == reason
    assert short.fault.detail.startswith("turn 2: ")


def test_what_stands_before_a_faulty_turn_is_kept_if_it_is_enough() -> None:
    draft, _ = held(talk({}, {}, {"quote": "It stands on the lid."}))
    assert draft.fault is None
    assert len(draft.messages) == 4


def test_an_answer_that_the_passages_do_not_hold_is_a_fault() -> None:
    draft, _ = held(talk({}, {"answer": "It blinks orange for 95 minutes."}))
    assert draft.fault is not None
    assert "95" in draft.fault.detail


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("How do I reset this?", "dangling_reference"),
        ("How do I bake a good bread?", "off_topic"),
        ("Why now?", "question_length"),
    ],
)
def test_the_first_question_stands_alone(question: str, reason: str) -> None:
    draft, _ = held(talk({"question": question}))
    assert draft.fault is not None
    assert draft.fault.reason == reason
    assert draft.source is None


def test_a_later_question_may_point_back() -> None:
    draft, _ = held(talk({}, {"question": "And how does this lamp show that?"}))
    assert len(draft.messages) == 6


def test_no_more_turns_are_taken_than_asked_for() -> None:
    draft, _ = held(talk(), turns=2)
    assert len(draft.messages) == 4


def test_a_talk_that_is_too_short_is_rejected() -> None:
    draft, _ = held(json.dumps({"items": TURNS[:1]}))
    assert draft.fault is not None
    assert (draft.fault.reason, draft.fault.detail) == ("too_few_turns", "1, not 2")


def test_a_talk_that_broke_off_is_kept_as_far_as_it_goes() -> None:
    unit = Unit(name="here", candidates=(RESET, AFTER))
    cut = reply(talk()[:-60], finish_reason="length")
    [draft], _ = work(Converse().write(unit, brief(RESET, AFTER)), cut)
    assert draft.fault is None
    assert len(draft.messages) == 4


def test_no_json_is_rejected_with_what_was_written() -> None:
    draft, asked = held("User: hello", "Assistant: hello")
    assert draft.fault is not None
    assert (draft.fault.reason, draft.response, len(asked)) == ("no_json", "Assistant: hello", 2)


def test_a_talk_that_does_not_hold_is_asked_for_once_more_where_the_run_repairs() -> None:
    bad = talk({"quote": "none of it"})
    draft, asked = held(bad, talk(), repair=True)
    assert draft.fault is None
    assert "quote not found" in asked[1].messages[-1].content
    for second in (bad, AWAY):
        draft, asked = held(bad, second, repair=True)
        assert draft.fault is not None
        assert (draft.fault.reason, len(asked)) == ("quote_not_found", 2)


def numbers(sections: int) -> dict[int, tuple[int, ...]]:
    others = [section(2, 0, 5, "Other", passage="x", name="other.md")]
    third = section(3, CUT, len(TEXT), "Third", passage="x")
    units = Converse(sections=sections).units(brief(RESET, AFTER, *others, third))
    return {unit.candidates[0].number: tuple(each.number for each in unit.candidates) for unit in units}


def test_a_section_goes_with_those_behind_it_in_its_document() -> None:
    assert numbers(1) == {0: (0,), 1: (1,), 2: (2,), 3: (3,)}
    assert numbers(2) == {0: (0, 1), 1: (1, 3), 2: (2,), 3: (3, 1)}
    assert numbers(3) == {0: (0, 1, 3), 1: (1, 3), 2: (2,), 3: (3, 0, 1)}


@pytest.mark.parametrize("settings", [{"turns": 0}, {"least_turns": 0}, {"turns": 1}, {"sections": 0}])
def test_a_wrong_setting_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="converse"):
        Converse(**settings)


class Scripted:
    """Always says the same talk."""

    route, model, price_factor = "http://here/v1", "scripted", 1.0

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, _ in enumerate(requests):
            yield Answer(
                position, ChatResponse(text=talk(), finish_reason="stop", prompt_tokens=9, completion_tokens=9)
            )


def test_a_run_writes_the_talk_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "guide.md").write_text(TEXT)
    report = generate(
        [tmp_path / "guide.md"],
        tmp_path / "out/pairs.parquet",
        config=GenerateConfig(strategies=(Converse(),)),
        client=Scripted(),
    )
    [row] = pq.read_table(tmp_path / "out/pairs.parquet").to_pylist()
    assert len(row["messages"]) == 6
    assert TEXT[row["source"]["start"] : row["source"]["end"]] == row["source"]["quote"]
    assert report.rejected == {"repeated_question": 1}  # the other section's talk is the same
