import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import Across, GenerateConfig, generate
from generate.brief import Brief
from generate.candidates import Candidate
from generate.strategies import Draft, Unit
from schemas import Answer, ChatRequest, ChatResponse, InputError
from tests.generate.makers import AWAY, brief, candidate, work

COST = candidate(
    "A torque wrench for the mooring shackle costs 180 euros and is ordered by the workshop.",
    "Torque wrench",
    title="Tool catalogue",
    name="tools.md",
    number=0,
)
USE = candidate(
    "The mooring shackle is tightened with the torque wrench to 45 newton metres before each launch.",
    "Mooring",
    title="Launch checklist",
    name="launch.md",
    number=1,
)
LEAVE = candidate("Annual leave is asked for in the calendar.", "Leave", title="Handbook", name="leave.md", number=2)
GOOD = {
    "question": "What does the tool for tightening the mooring shackle cost, and how tight must it be?",
    "answer": "The torque wrench costs 180 euros. The shackle is tightened to 45 newton metres before each launch.",
    "first_quote": "costs 180 euros",
    "second_quote": "tightened with the torque wrench to 45 newton metres before each launch",
}


def pairs(run: Brief, **settings: Any) -> list[tuple[int, ...]]:  # Any: settings of all types
    return [tuple(each.number for each in unit.candidates) for unit in Across(**settings).units(run)]


def draft(*changes: dict[str, str], **settings: Any) -> tuple[Draft, list[ChatRequest]]:  # Any: as above
    unit = Unit(name="here", candidates=(COST, USE))
    answers = [json.dumps({"items": [{**GOOD, **change}]}) for change in changes or ({},)]
    [made], asked = work(Across().write(unit, brief(COST, USE, **settings)), *answers)
    return made, asked


def test_sections_of_different_documents_that_share_rare_words_go_together() -> None:
    assert pairs(brief(COST, USE, LEAVE)) in ([(0, 1)], [(1, 0)])


def test_sections_of_one_document_do_not() -> None:
    here = candidate(USE.passage, "Mooring", title="Tool catalogue", name="tools.md", number=1)
    assert pairs(brief(COST, here, LEAVE)) == []


def test_two_that_say_the_same_do_not() -> None:
    again = candidate(COST.passage, "Torque wrench", title="Tool catalogue", name="again.md", number=1)
    assert pairs(brief(COST, again, LEAVE)) == []
    assert len(pairs(brief(COST, again, LEAVE), most=1.0)) == 1


def test_too_few_shared_words_make_no_pair() -> None:
    assert pairs(brief(COST, USE, LEAVE), shared=5) == []  # torque, wrench, mooring, shackle
    assert len(pairs(brief(COST, USE, LEAVE), shared=4)) == 1


@pytest.mark.parametrize("uses", [1, 2])
def test_a_section_is_used_so_many_times_at_most(uses: int) -> None:
    others = [
        candidate(f"{COST.passage} Fact {word}.", word, title="Tools", name=f"{word}.md", number=number)
        for number, word in enumerate(["amber", "beacon", "cedar", "delta", "ember"])
    ]
    found = pairs(brief(*others), uses=uses, least=0.0, most=1.0)
    assert max(Counter(number for pair in found for number in pair).values()) <= uses
    assert len(found) >= 1


def test_nothing_gives_no_units() -> None:
    assert pairs(brief()) == []


def test_the_request_holds_both_passages_under_their_headings() -> None:
    _, [asked] = draft()
    text = asked.messages[-1].content
    assert f"# 1. Tool catalogue > Torque wrench\n\n{COST.passage}" in text
    assert f"# 2. Launch checklist > Mooring\n\n{USE.passage}" in text
    assert text.index(USE.passage) < text.index("Write one question")
    assert json.loads(asked.schema)["properties"]["items"]["maxItems"] == 1


def test_a_question_that_needs_both_is_an_example() -> None:
    made, _ = draft()
    assert made.fault is None
    assert (made.question, made.answer) == (GOOD["question"], GOOD["answer"])
    assert made.source is not None
    assert (made.source.document, made.source.quote) == ("tools.md", "costs 180 euros")
    assert made.context is not None
    assert COST.passage in made.context
    assert USE.passage in made.context


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first_quote": "costs 200 euros"}, "quote_not_found"),
        ({"second_quote": "costs 180 euros"}, "quote_not_found"),  # stands in the other one
        ({"answer": "The torque wrench for the mooring shackle costs 180 euros."}, "one_document_is_enough"),
        ({"question": "What do these two passages say about it?"}, "dangling_reference"),
        ({"question": "How do I bake a good bread?"}, "off_topic"),
    ],
)
def test_what_is_not_grounded_in_both_is_rejected(change: dict[str, str], reason: str) -> None:
    made, _ = draft(change)
    assert made.fault is not None
    assert made.fault.reason == reason


def test_a_made_up_figure_is_rejected() -> None:
    made, _ = draft(
        {"answer": "The torque wrench costs 180 euros and tightens to 95 newton metres before each launch."}
    )
    assert made.fault is not None
    assert "95" in made.fault.detail


def test_a_fault_is_mended_once_where_the_run_repairs() -> None:
    made, asked = draft({"first_quote": "costs 200 euros"}, {}, repair=True)
    assert made.fault is None
    assert "quote not found" in asked[1].messages[-1].content
    made, asked = draft({"first_quote": "costs 200 euros"}, {"first_quote": "costs 1 euro"}, repair=True)
    assert made.fault is not None
    assert len(asked) == 2


def test_a_repair_that_fails_for_good_leaves_the_draft_with_its_fault() -> None:
    unit = Unit(name="here", candidates=(COST, USE))
    bad = json.dumps({"items": [{**GOOD, "first_quote": "costs 200 euros"}]})
    [made], _ = work(Across().write(unit, brief(COST, USE, repair=True)), bad, AWAY)
    assert made.fault is not None
    assert (made.fault.reason, made.answer) == ("quote_not_found", GOOD["answer"])


def test_an_answer_without_items_is_kept_with_its_fault() -> None:
    unit = Unit(name="here", candidates=(COST, USE))
    [made], _ = work(Across().write(unit, brief(COST, USE)), "I would ask about the wrench.", "Really.")
    assert made.fault is not None
    assert (made.fault.reason, made.response) == ("no_json", "Really.")


@pytest.mark.parametrize("settings", [{"shared": 0}, {"uses": 0}, {"least": 0.7}, {"most": 1.1}, {"least": -0.1}])
def test_a_wrong_setting_is_named(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="across"):
        Across(**settings)


class Scripted:
    """Answers as it should, for whichever of the two passages stands first."""

    route, model, price_factor = "http://here/v1", "scripted", 1.0

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            text = request.messages[-1].content
            turned = text.index(USE.passage) < text.index(COST.passage)
            quotes = (GOOD["second_quote"], GOOD["first_quote"])
            item = {**GOOD, "first_quote": quotes[0], "second_quote": quotes[1]} if turned else GOOD
            yield Answer(
                position,
                ChatResponse(
                    text=json.dumps({"items": [item]}), finish_reason="stop", prompt_tokens=9, completion_tokens=9
                ),
            )


def write(folder: Path, each: Candidate) -> None:
    text = f"# {each.document.title}\n\n## {each.section.heading}\n\n{each.passage}\n"
    (folder / each.document.id).write_text(text)


def test_a_run_makes_an_example_of_a_pair(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for each in (COST, USE, LEAVE):
        write(docs, each)
    report = generate(
        [docs], tmp_path / "out/pairs.parquet", config=GenerateConfig(strategies=(Across(),)), client=Scripted()
    )
    [row] = pq.read_table(tmp_path / "out/pairs.parquet").to_pylist()
    assert (report.accepted, report.covered) == (1, 2)
    assert row["origin"]["strategy"] == "across"
    text = (docs / row["source"]["document"]).read_text()
    assert text[row["source"]["start"] : row["source"]["end"]] == row["source"]["quote"]
