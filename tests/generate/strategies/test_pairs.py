import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import GenerateConfig, generate
from generate.strategies import Pairs, Unit
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError
from tests.generate.makers import AWAY, brief, candidate, reply, work

PASSAGE = """Hotels cost no more than 140 EUR a night in Germany. Claims above 500 EUR are checked by **Jonas Feld**.

- Hand in receipts within 30 days through the Kontor app.
- Taxis are paid between 22:00 and 6:00 only."""
HOTEL = {
    "quote": "Hotels cost no more than 140 EUR a night in Germany.",
    "question": "How much may a hotel in Germany cost?",
    "answer": "A hotel in Germany may cost no more than 140 EUR a night.",
}
CHECKS = {
    "quote": "Claims above 500 EUR are checked by Jonas Feld.",
    "question": "Who checks claims above 500 EUR?",
    "answer": "Jonas Feld checks claims above 500 EUR.",
}


def unit(sample: int = 0) -> Unit:
    return Unit(name="travel", candidates=(candidate(PASSAGE, "Expenses", title="Travel policy"),), sample=sample)


def items(*found: object) -> str:
    return json.dumps({"items": found})


def reasons(*found: object, **settings: Any) -> list[str]:
    drafts, _ = work(Pairs(**settings).write(unit(), brief()), items(*found))
    return [draft.fault.reason if draft.fault else "" for draft in drafts]


def test_each_pair_points_at_its_evidence_in_the_document() -> None:
    drafts, [asked] = work(Pairs().write(unit(), brief()), items(HOTEL, CHECKS))
    assert [draft.fault for draft in drafts] == [None, None]
    assert [(draft.question, draft.answer) for draft in drafts] == [
        (item["question"], item["answer"]) for item in (HOTEL, CHECKS)
    ]
    for draft in drafts:
        assert draft.context == PASSAGE
        assert draft.source is not None
        assert PASSAGE[draft.source.start : draft.source.end] == draft.source.quote
    assert [draft.source and draft.source.quote for draft in drafts] == [
        HOTEL["quote"],
        "Claims above 500 EUR are checked by **Jonas Feld**.",
    ]
    assert PASSAGE in asked.messages[-1].content
    assert json.loads(asked.schema)["properties"]["items"]["maxItems"] == 2


def test_a_reply_in_labelled_lines_is_as_good_as_json() -> None:
    text = "\n".join(f"{name.title()}: {told}" for item in (HOTEL, CHECKS) for name, told in item.items())
    drafts, [_] = work(Pairs().write(unit(), brief()), text)
    assert [draft.question for draft in drafts if draft.fault is None] == [HOTEL["question"], CHECKS["question"]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quote": "Hotels cost no more than 180 EUR a night in Germany."}, "quote_not_found"),
        ({"quote": "140 EUR"}, "quote_too_short"),
        ({"quote": "Taxis are paid between 22:00 and 6:00 only."}, "quote_off_answer"),
        ({"answer": "A hotel in Germany may cost no more than 160 EUR a night."}, "foreign_number"),
        ({"answer": "Yes, no more than 140 EUR a night."}, "yes_or_no"),
        ({"answer": "A hotel in Germany may cost much."}, "quote_off_answer"),
        ({"answer": "How much may a hotel in Germany cost?"}, "repeats_question"),
        ({"answer": "According to the passage, hotels cost no more than 140 EUR."}, "dangling_reference"),
        ({"question": "Hotels are not to cost too much."}, "not_a_question"),
        ({"question": "What does the passage say about hotels?"}, "dangling_reference"),
        ({"question": "How tall is the Eiffel tower of Paris?"}, "off_topic"),
    ],
)
def test_what_is_not_grounded_is_rejected(change: dict[str, str], reason: str) -> None:
    if reason == "quote_off_answer" and "answer" in change:
        change = {**change, "quote": CHECKS["quote"]}
    assert reasons({**HOTEL, **change}, CHECKS, tasks=False) == [reason, ""]


def test_a_quote_from_another_section_is_no_evidence() -> None:
    text = f"{PASSAGE}\n\n# Meals\n\nA dinner with guests costs no more than 60 EUR a head.\n"
    place = candidate(PASSAGE, "Expenses", title="Travel policy")
    whole = candidate(text, title="Travel policy").document
    here = Unit(name="travel", candidates=(type(place)(0, whole, place.section, PASSAGE),))
    quote = "A dinner with guests costs no more than 60 EUR a head."
    [draft], _ = work(Pairs(per_section=1).write(here, brief()), items({**HOTEL, "quote": quote}))
    assert draft.fault is not None
    assert draft.fault.reason == "quote_not_found"


def test_an_order_is_taken_where_tasks_are_wanted() -> None:
    order = {**HOTEL, "question": "Explain how much a hotel in Germany may cost."}
    assert reasons(order) == [""]
    assert reasons(order, tasks=False) == ["not_a_question"]


def test_nothing_of_a_reply_vanishes() -> None:
    found = reasons(HOTEL, {**HOTEL, "answer": ""}, HOTEL, "words", CHECKS)
    assert found == ["", "repeated_question", "", "broken_item", "broken_item"]


def test_a_broken_reply_is_kept_with_its_text_after_one_correction() -> None:
    [draft], asked = work(Pairs().write(unit(), brief()), "I cannot do that.", "Still not.")
    assert draft.fault is not None
    assert (draft.fault.reason, draft.response) == ("no_json", "Still not.")
    assert len(asked) == 2


def test_faulty_pairs_are_asked_for_again_in_one_turn() -> None:
    wrong = {**CHECKS, "answer": "Mira Stahl checks claims above 500 EUR."}
    worse = {**HOTEL, "quote": "Nothing of the kind."}
    drafts, asked = work(
        Pairs(per_section=3).write(unit(), brief(repair=True)), items(HOTEL, wrong, worse), items(CHECKS, HOTEL)
    )
    assert [draft.fault.reason if draft.fault else "" for draft in drafts] == [
        "",
        drafts[1].fault and drafts[1].fault.reason,
        "quote_not_found",
        "",
        "repeated_question",
    ]
    assert drafts[1].fault is not None
    assert len(asked) == 2
    told = asked[1].messages[-1].content
    assert CHECKS["question"] in told
    assert "quote not found" in told
    assert asked[1].messages[: len(asked[0].messages)] == asked[0].messages


def test_good_pairs_are_asked_for_once() -> None:
    _, asked = work(Pairs().write(unit(), brief(repair=True)), items(HOTEL, CHECKS))
    assert len(asked) == 1


def test_a_repair_that_cannot_be_read_is_kept_too() -> None:
    drafts, _ = work(Pairs().write(unit(), brief(repair=True)), items({**HOTEL, "quote": "Nothing."}), "Sorry.")
    assert [draft.fault and draft.fault.reason for draft in drafts] == ["quote_not_found", "no_json"]
    assert drafts[1].response == "Sorry."


def test_a_repair_that_fails_for_good_costs_no_pair() -> None:
    drafts, _ = work(Pairs().write(unit(), brief(repair=True)), items(HOTEL, {**CHECKS, "quote": "Nothing."}), AWAY)
    assert [draft.fault and draft.fault.reason for draft in drafts] == [None, "quote_not_found"]
    [draft], _ = work(Pairs().write(unit(), brief()), "I cannot do that.", AWAY)
    assert draft.fault is not None
    assert (draft.fault.reason, draft.response) == ("no_json", "I cannot do that.")
    with pytest.raises(LLMError):
        work(Pairs().write(unit(), brief()), AWAY)


def test_one_statement_that_fails_for_good_costs_no_other() -> None:
    strategy = Pairs(few_shot=True, per_section=2)
    drafts, asked = work(strategy.write(unit(), brief()), AWAY, "Answer: no idea\nQuestion: How many stars are there?")
    assert (len(drafts), len(asked)) == (1, 2)


def test_sections_are_asked_for_different_types_and_samples_for_others() -> None:
    def told(sample: int, seed: int = 0) -> str:
        _, [asked] = work(Pairs(per_section=1).write(unit(sample), brief(seed=seed)), items(HOTEL))
        return asked.messages[-1].content

    assert len({told(sample) for sample in range(20)}) > 3
    assert told(3) == told(3)
    assert len({told(0, seed) for seed in range(20)}) > 3


def test_every_type_comes_before_one_comes_twice() -> None:
    _, [asked] = work(Pairs(per_section=7).write(unit(), brief()), items(HOTEL))
    lines = [line[3:] for line in asked.messages[-1].content.splitlines() if line[:1].isdigit()]
    assert len(lines) == len(set(lines)) == 7


def shown(text: str) -> str:
    """What the small model is asked about."""
    return text.split("\n\n")[1]


def test_a_small_model_is_given_a_statement_and_its_copy_is_the_answer() -> None:
    strategy = Pairs(few_shot=True, per_section=2)
    steps = strategy.write(unit(), brief())
    first = next(steps)
    assert isinstance(first, ChatRequest)
    statement = shown(first.messages[-1].content)
    assert statement in PASSAGE.replace("**", "")
    assert [turn.role for turn in first.messages[:2]] == ["user", "assistant"]
    known = {
        "Hotels": "How much may a hotel in Germany cost?",
        "Claims": "Who checks claims above 500 EUR?",
        "Hand": "Where do I hand in receipts?",
        "Taxis": "When are taxis paid?",
    }
    question = known[statement.split()[0]]
    second = steps.send(reply(json.dumps({"answer": statement, "question": question})))
    assert isinstance(second, ChatRequest)
    assert shown(second.messages[-1].content) != statement
    with pytest.raises(StopIteration) as end:
        steps.send(reply("Answer: no idea\nQuestion: How many stars are there in the sky?"))
    good, bad = end.value.value
    assert (good.fault, good.answer, good.question) == (None, statement, question)
    assert good.source.quote.replace("**", "") == statement
    assert bad.fault is not None


def test_further_samples_of_a_small_model_go_on_with_other_statements() -> None:
    strategy = Pairs(few_shot=True, per_section=1)
    asked = [work(strategy.write(unit(sample), brief()), "?")[1][0] for sample in range(5)]
    statements = [shown(each.messages[-1].content) for each in asked]
    assert len(set(statements[:4])) == 4
    assert statements[4] == statements[0]
    assert [each.sample for each in asked] == [0, 0, 0, 0, 1]


def test_a_passage_without_a_statement_is_told() -> None:
    here = Unit.about(candidate("They do. It is. See below: one, two and so on"))
    [draft], asked = work(Pairs(few_shot=True).write(here, brief()))
    assert asked == []
    assert draft.fault is not None
    assert draft.fault.reason == "no_statement"


@pytest.mark.parametrize(
    "settings", [{"per_section": 0}, {"per_section": 11}, {"types": ()}, {"types": ("riddle",)}, {"pair_tokens": 0}]
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Pairs(**settings)


class Scripted:
    """Quotes the first sentence of what it is shown, asks and answers out of it; makes something up beside it."""

    route, model = "http://here/v1", "scripted"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            name = request.messages[-1].content.partition("# ")[2].partition(" guide")[0]
            text = items(
                {
                    "quote": f"The {name} is kept in the cellar beside the stairs.",
                    "question": f"Where is the {name} kept?",
                    "answer": f"The {name} is kept beside the stairs in the cellar.",
                },
                {
                    "quote": f"The {name} costs 12 EUR.",
                    "question": f"How much is the {name}?",
                    "answer": f"The {name} costs 12 EUR.",
                },
            )
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def test_a_run_keeps_what_is_grounded_and_the_rest_with_its_reason(tmp_path: Path) -> None:
    for name in ("Basket", "Lantern", "Saddle"):
        text = f"# {name} guide\n\nThe {name} is kept in the cellar beside the stairs. Bring it back clean and dry.\n"
        (tmp_path / f"{name}.md").write_text(text)
    out = tmp_path / "out/pairs.parquet"
    report = generate([*tmp_path.glob("*.md")], out, config=GenerateConfig(strategies=(Pairs(),)), client=Scripted())
    assert (report.accepted, report.rejected) == (3, {"quote_not_found": 3})
    for row in pq.read_table(out).to_pylist():
        text = (tmp_path / row["source"]["document"]).read_text()
        assert text[row["source"]["start"] : row["source"]["end"]] == row["source"]["quote"]
        assert row["origin"]["strategy"] == "pairs"
