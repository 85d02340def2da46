import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import GenerateConfig, generate
from generate.strategies import Draft, Summarise, Unit
from generate.strategies.summarise import check_form, set_in_form, whole
from schemas import Answer, ChatRequest, ChatResponse, InputError
from tests.generate.makers import AWAY, brief, candidate, work

PASSAGE = (
    "Every laptop is encrypted before it leaves the depot. The depot hands laptops out on Tuesdays and Thursdays, from "
    "nine to eleven. Bring your staff card, without which nothing is handed out. A laptop is kept for four years and "
    "then goes back to the depot, which wipes it and gives it to a school. Lost laptops are reported to the depot "
    "within one day. Whoever reports a loss later pays 200 EUR towards the next laptop."
)
QUESTION = "Sum up the rules for laptops."
SENTENCE = "Laptops are encrypted, kept for four years, and a loss is reported to the depot within one day."
PARAGRAPH = "Laptops are handed out on Tuesdays and Thursdays. A laptop is kept for four years."
BULLETS = "- Laptops are encrypted.\n- A lost laptop is reported within one day."


def unit(passage: str = PASSAGE) -> Unit:
    return Unit.about(candidate(passage, "Laptops", title="Equipment"))


def made(answer: object, form: str = "sentence", question: str = QUESTION, **settings: Any) -> list[Draft]:
    strategy = Summarise(forms=(form,), **settings)  # type: ignore[arg-type]  # any of the forms
    return work(strategy.write(unit(), brief()), json.dumps({"question": question, "answer": answer}))[0]


def reason(answer: object, form: str = "sentence", question: str = QUESTION, **settings: Any) -> str:
    [draft] = made(answer, form, question, **settings)
    return draft.fault.reason if draft.fault else ""


@pytest.mark.parametrize(("answer", "form"), [(SENTENCE, "sentence"), (BULLETS, "bullets"), (PARAGRAPH, "paragraph")])
def test_a_summary_in_its_form_is_accepted(answer: str, form: str) -> None:
    [draft] = made(answer, form)
    assert draft.fault is None
    assert (draft.question, draft.answer, draft.context) == (QUESTION, answer, PASSAGE)
    assert draft.source is not None
    assert draft.source.quote == PASSAGE


@pytest.mark.parametrize(
    ("answer", "form", "expected"),
    [
        (PARAGRAPH, "sentence", "wrong_form"),
        (BULLETS, "paragraph", "wrong_form"),
        (SENTENCE, "bullets", "wrong_form"),
        (SENTENCE, "paragraph", "wrong_form"),
        ("Laptops are encrypted always.", "sentence", "summary_too_short"),
        ("Laptops are kept for six years and lost ones are reported within one day.", "sentence", "foreign_number"),
        (PASSAGE, "paragraph", "summary_too_long"),
        ("The passage says that laptops are kept for four years.", "sentence", "dangling_reference"),
    ],
)
def test_a_summary_that_does_not_fit_is_rejected(answer: str, form: str, expected: str) -> None:
    assert reason(answer, form) == expected


def test_a_wrong_statement_in_any_sentence_is_found() -> None:
    assert reason(f"{PARAGRAPH} Losses are reported within three weeks.", "paragraph") != ""


@pytest.mark.parametrize(
    "question",
    [
        "Summarise in three bullet points what the documentation says about laptops.",
        "What is there to know about laptops, in one sentence?",
        "Give me a brief overview of the depot as a paragraph.",
    ],
)
def test_words_that_name_the_form_need_not_stand_in_the_passage(question: str) -> None:
    assert reason(SENTENCE, question=question) == ""


def test_a_request_that_names_nothing_but_the_form_is_off_topic() -> None:
    assert reason(SENTENCE, question="Give me a short summary in one sentence.") == "off_topic"


def test_a_list_of_points_gets_its_marks() -> None:
    assert set_in_form("Encrypted laptops.\nFour years.", "bullets") == "- Encrypted laptops.\n- Four years."
    assert set_in_form("* One.\n\n2) Two.\n\u2022 Three.", "bullets") == "- One.\n- Two.\n- Three."
    assert set_in_form("One sentence\nover two lines.", "sentence") == "One sentence over two lines."
    [draft] = made(["Laptops are encrypted.", "A lost laptop is reported within one day."], "bullets")
    assert (draft.fault, draft.answer) == (None, BULLETS)


def test_one_point_is_no_list() -> None:
    fault = check_form("- Only one.", "bullets")
    assert fault is not None
    assert fault.reason == "wrong_form"


def test_short_and_overlong_sections_are_not_asked_about() -> None:
    short = candidate("Eight words are too few to sum up.", "Short", number=1)
    run = brief(candidate(PASSAGE, "Laptops"), short)
    assert [each.candidates[0].passage for each in Summarise(least_words=40).units(run)] == [PASSAGE]
    assert Summarise().units(run) == []  # fewer than 80 words
    assert Summarise(least_words=1, most_words=10).units(run)[0].candidates == (short,)


def test_a_document_is_summed_up_whole() -> None:
    text = f"# Laptops\n\n{PASSAGE}\n\n# Phones\n\nPhones are kept for three years. Nobody needs two of them.\n"
    first = candidate(text, title="Equipment")
    end = text.index("# Phones")
    parts = [
        type(first)(
            0, first.document, type(first.section)(document="guide.md", path=("Laptops",), start=0, end=end), PASSAGE
        ),
        type(first)(
            1,
            first.document,
            type(first.section)(document="guide.md", path=("Phones",), start=end, end=len(text)),
            "Phones are kept for three years. Nobody needs two of them.",
        ),
    ]
    strategy = Summarise(of="document", forms=("sentence",))
    [one] = strategy.units(brief(*reversed(parts)))
    assert [each.number for each in one.candidates] == [0, 1]
    reply = {
        "question": "Sum up how long laptops and phones are kept.",
        "answer": "Laptops are kept for four years and phones for three years.",
    }
    [draft], [asked] = work(strategy.write(one, brief(*parts)), json.dumps(reply))
    assert draft.fault is None
    assert draft.source is not None
    assert draft.source.quote == text.strip()
    assert draft.context == whole(parts).passage
    assert "## Phones\n\nPhones are kept" in asked.messages[-1].content


def test_what_is_written_beside_the_summary_is_kept() -> None:
    reply = [
        {"question": "Nothing?", "answer": "?"},
        {"question": QUESTION, "answer": SENTENCE},
        {"question": QUESTION},
    ]
    drafts, _ = work(Summarise(forms=("sentence",)).write(unit(), brief()), json.dumps({"items": reply}))
    assert drafts[0].fault is None
    assert [draft.fault.reason for draft in drafts if draft.fault] == ["question_length", "broken_item"]
    twice = json.dumps({"items": [{"question": QUESTION, "answer": SENTENCE}] * 2})
    drafts, _ = work(Summarise(forms=("sentence",)).write(unit(), brief()), twice)
    assert [draft.fault and draft.fault.reason for draft in drafts] == [None, "too_many_items"]


def test_a_faulty_summary_is_asked_for_once_more() -> None:
    bad, good = ({"question": QUESTION, "answer": text} for text in (PARAGRAPH, SENTENCE))
    strategy = Summarise(forms=("sentence",))
    drafts, asked = work(strategy.write(unit(), brief(repair=True)), json.dumps(bad), json.dumps(good))
    assert [draft.fault and draft.fault.reason for draft in drafts] == ["wrong_form", None]
    assert "wrong form" in asked[1].messages[-1].content


def test_a_second_try_that_fails_for_good_costs_nothing() -> None:
    bad = json.dumps({"question": QUESTION, "answer": PARAGRAPH})
    drafts, _ = work(Summarise(forms=("sentence",)).write(unit(), brief(repair=True)), bad, AWAY)
    assert [draft.fault and draft.fault.reason for draft in drafts] == ["wrong_form"]


def test_forms_are_drawn_for_each_unit() -> None:
    told: set[str] = set()
    for number in range(20):
        one = Unit(name=str(number), candidates=unit().candidates)
        _, [asked] = work(Summarise().write(one, brief()), json.dumps({"question": QUESTION, "answer": SENTENCE}))
        told.add(asked.messages[-1].content.partition("Sum the passage up in ")[2].split("\n")[0])
    assert len(told) == 3


@pytest.mark.parametrize(
    "settings",
    [
        {"of": "page"},
        {"forms": ()},
        {"forms": ("poem",)},
        {"least_words": 0},
        {"most_words": 5},
        {"most_share": 0.0},
        {"max_tokens": 0},
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Summarise(**settings)


class Scripted:
    route, model = "http://here/v1", "scripted"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, _ in enumerate(requests):
            text = json.dumps({"question": QUESTION, "answer": SENTENCE})
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def test_a_run_sums_documents_up(tmp_path: Path) -> None:
    (tmp_path / "equipment.md").write_text(
        f"# Equipment\n\n{PASSAGE}\n\n## Repair\n\nA broken laptop goes to the depot.\n"
    )
    strategy = Summarise(of="document", forms=("sentence",), least_words=40)
    report = generate(
        [tmp_path / "equipment.md"],
        tmp_path / "out/pairs.parquet",
        config=GenerateConfig(strategies=(strategy,)),
        client=Scripted(),
    )
    assert report.accepted == 1
    [row] = pq.read_table(tmp_path / "out/pairs.parquet").to_pylist()
    text = (tmp_path / "equipment.md").read_text()
    assert text[row["source"]["start"] : row["source"]["end"]] == row["source"]["quote"]
