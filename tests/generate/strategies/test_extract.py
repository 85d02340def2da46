import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import GenerateConfig, generate
from generate.grounding import find_quote
from generate.strategies import Draft, Extract, Unit
from generate.strategies.extract import Facts, in_form, render
from schemas import Answer, ChatRequest, ChatResponse, InputError
from tests.generate.makers import AWAY, brief, candidate, reply, work

PASSAGE = """The house has three meeting rooms.

- **Heron** seats 12 and has a screen.
- **Plover** seats 6.
- **Dunlin** seats 4; book it with `rooms book dunlin`."""
SEATS: dict[str, Any] = {
    "instruction": "List the meeting rooms with their seats as a table.",
    "columns": ["Room", "Seats"],
    "rows": [["Heron", "12"], ["Plover", 6], ["Dunlin", "4"]],
}
FACTS = Facts(SEATS["instruction"], ("Room", "Seats"), (("Heron", "12"), ("Plover", "6")))


def unit() -> Unit:
    return Unit.about(candidate(PASSAGE, "Meeting rooms", title="The house"))


def made(form: str = "table", **change: object) -> Draft:
    strategy = Extract(forms=(form,))  # type: ignore[arg-type]  # any of the forms
    [draft], _ = work(strategy.write(unit(), brief()), json.dumps({**SEATS, **change}))
    return draft


def test_the_user_s_turn_ends_with_the_passage_and_the_answer_has_the_form() -> None:
    draft = made()
    assert draft.fault is None
    assert draft.question == f"{SEATS['instruction']}\n\n{PASSAGE}"
    assert draft.context == PASSAGE
    assert draft.answer == "| Room | Seats |\n| --- | --- |\n| Heron | 12 |\n| Plover | 6 |\n| Dunlin | 4 |"
    assert draft.source is not None
    assert PASSAGE[draft.source.start : draft.source.end] == draft.source.quote
    assert "Heron" in draft.source.quote
    assert "4" in draft.source.quote


@pytest.mark.parametrize(
    ("form", "facts", "told"),
    [
        ("json", FACTS, [{"Room": "Heron", "Seats": "12"}, {"Room": "Plover", "Seats": "6"}]),
        ("json", FACTS._replace(rows=(("Heron", "12"),)), {"Room": "Heron", "Seats": "12"}),
    ],
    ids=["rows", "one row"],
)
def test_json_can_be_read_back(form: Any, facts: Facts, told: object) -> None:
    assert json.loads(render(facts, form)) == told


def test_lists_name_what_needs_a_name() -> None:
    assert render(FACTS, "list") == "- Room: Heron; Seats: 12\n- Room: Plover; Seats: 6"
    assert render(FACTS._replace(rows=(("Heron", "12"),)), "list") == "- Room: Heron\n- Seats: 12"
    names = Facts("", ("Room",), (("Heron",), ("Plover",)))
    assert render(names, "list") == "- Heron\n- Plover"


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    assert render(Facts("", ("a|b",), (("c|d",),)), "table") == "| a\\|b |\n| --- |\n| c\\|d |"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": [["Heron", "12"], ["Plover", "8"]]}, "foreign_value"),
        ({"rows": [["Heron", "12"], ["Curlew", "6"]]}, "foreign_value"),
        ({"rows": [["Heron", "12"], ["Plover", ""]]}, "empty_value"),
        ({"rows": [["Heron", "12"], ["Plover", None]]}, "empty_value"),
        ({"rows": [["Heron", "12"], ["Plover"]]}, "broken_table"),
        ({"rows": [["Heron", "12"], ["Heron", "12"]]}, "repeated_row"),
        ({"rows": [["Heron", "12"]]}, "too_few_values"),
        ({"rows": []}, "too_few_values"),
        ({"columns": ["Room", "room"]}, "broken_table"),
        ({"columns": ["Room", " "]}, "broken_table"),
        ({"columns": []}, "broken_table"),
        ({"rows": [[PASSAGE, "12"], ["Heron", "6"]]}, "long_value"),
        ({"rows": ["Heron", "12"]}, "broken_item"),
        ({"rows": {"Heron": 12}}, "broken_item"),
        ({"instruction": " "}, "broken_item"),
        ({"instruction": 7}, "broken_item"),
        ({"instruction": "Give me the planets of the sun as a table."}, "off_topic"),
    ],
)
def test_what_does_not_stand_in_the_passage_is_rejected(change: dict[str, object], reason: str) -> None:
    # A passage as a value is long only where it has many words.
    long = {"rows": [[PASSAGE + " word" * 20, "12"], ["Heron", "6"]]} if reason == "long_value" else change
    draft = made(**long)
    assert draft.fault is not None
    assert (draft.fault.reason, draft.response is not None) == (reason, True)


def test_values_are_found_in_other_clothes_but_not_with_slips() -> None:
    assert made(rows=[["heron", "12"], ["PLOVER", "6"], ["Dunlin", "`rooms book dunlin`"]]).fault is None
    fault = made(rows=[["Heron", "12"], ["Plover", "rooms boook dunlin"]]).fault
    assert fault is not None
    assert fault.reason == "foreign_value"


def test_every_accepted_value_stands_in_the_passage() -> None:
    draft = made("json")
    assert draft.answer is not None
    for record in json.loads(draft.answer):
        assert all(find_quote(PASSAGE, value) for value in record.values())


@pytest.mark.parametrize(
    ("instruction", "form", "told"),
    [
        ("List the rooms as JSON.", "json", "List the rooms as JSON."),
        ("Give all rooms.", "json", "Give all rooms, as JSON."),
        ("Which rooms are there?", "table", "Which rooms are there? Answer as a table."),
        ("Name all rooms", "list", "Name all rooms, as a list."),
    ],
)
def test_an_instruction_names_the_form_of_its_answer(instruction: str, form: Any, told: str) -> None:
    assert in_form(instruction, form) == told


def test_a_reply_that_cannot_be_read_is_corrected_once_and_kept() -> None:
    strategy = Extract(forms=("table",))
    drafts, asked = work(strategy.write(unit(), brief()), "There are three rooms.", json.dumps(SEATS))
    assert [draft.fault and draft.fault.reason for draft in drafts] == ["no_json", None]
    assert len(asked) == 2
    [draft], _ = work(strategy.write(unit(), brief()), reply('{"instruction": "List', finish_reason="length"))
    assert draft.fault is not None
    assert draft.fault.reason == "cut_off"


def test_wrong_values_are_asked_for_once_more_where_repair_is_on() -> None:
    wrong = json.dumps({**SEATS, "rows": [["Heron", "12"], ["Curlew", "6"]]})
    strategy = Extract(forms=("table",))
    drafts, asked = work(strategy.write(unit(), brief(repair=True)), wrong, json.dumps(SEATS))
    assert [draft.fault and draft.fault.reason for draft in drafts] == ["foreign_value", None]
    assert "Curlew" in asked[1].messages[-1].content
    assert len(work(strategy.write(unit(), brief()), wrong)[1]) == 1
    drafts, _ = work(strategy.write(unit(), brief(repair=True)), wrong, AWAY)
    assert [draft.fault and draft.fault.reason for draft in drafts] == ["foreign_value"]


@pytest.mark.parametrize("settings", [{"forms": ()}, {"forms": ("xml",)}, {"least_values": 0}, {"max_tokens": 0}])
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Extract(**settings)


class Scripted:
    route, model = "http://here/v1", "scripted"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, _ in enumerate(requests):
            text = f"```json\n{json.dumps(SEATS)}\n```"
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def test_a_run_writes_the_passage_as_context(tmp_path: Path) -> None:
    (tmp_path / "house.md").write_text(f"# Meeting rooms\n\n{PASSAGE}\n")
    out = tmp_path / "out/pairs.parquet"
    config = GenerateConfig(strategies=(Extract(forms=("json",)),))
    report = generate([tmp_path / "house.md"], out, config=config, client=Scripted())
    assert report.accepted == 1
    [row] = pq.read_table(out).to_pylist()
    assert row["messages"][0]["content"].endswith(f"\n\n{row['context']}")
    assert json.loads(row["messages"][1]["content"])[1] == {"Room": "Plover", "Seats": "6"}
