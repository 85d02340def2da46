import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import GenerateConfig, Refuse, generate
from generate.brief import Brief
from generate.strategies import Draft, Unit
from generate.strategies.refuse import subject
from schemas import Answer, ChatRequest, ChatResponse, InputError
from tests.generate.makers import brief, candidate, work

RESET = candidate("The gateway is reset with the pin at its back, held down for ten seconds.", "Reset", number=0)
BATTERY = candidate("The battery of the sensor lasts fourteen months.", "Battery", name="b.md", number=1)
OPEN = "Who should I call when the gateway does not come back after a reset?"
NONE = json.dumps({"items": [{"passage": str(number), "quote": "NOT ANSWERED"} for number in range(1, 6)]})


def units(strategy: Refuse, run: Brief, kind: str) -> list[Unit]:
    return [unit for unit in strategy.units(run) if unit.name.startswith(kind)]


def first(kind: str, *answers: str, **settings: Any) -> tuple[Draft, list[ChatRequest]]:  # Any: settings of all types
    """The draft of the first unit of a kind, over two sections."""
    run, strategy = brief(RESET, BATTERY), Refuse(**settings)
    [draft], asked = work(strategy.write(units(strategy, run, kind)[0], run), *answers)
    return draft, asked


def about(topic: str, *answers: str, kind: str = "unsafe", **settings: Any) -> Draft:  # Any: as above
    run, strategy = brief(RESET, BATTERY), Refuse(**settings)
    unit = next(unit for unit in units(strategy, run, kind) if unit.topic == topic)
    [draft], _ = work(strategy.write(unit, run), *answers)
    return draft


def test_the_kinds_take_turns() -> None:
    names = [unit.name.partition("/")[0] for unit in Refuse().units(brief(RESET, BATTERY))]
    assert names[:6] == ["unanswerable", "out_of_scope", "unsafe"] * 2
    assert len(set(names[6:])) == 2  # there are no more sections


def test_every_unit_has_a_name_of_its_own_and_the_order_is_the_seed_s() -> None:
    ours, again, other = (Refuse().units(brief(RESET, BATTERY, seed=seed)) for seed in (0, 0, 1))
    assert len({unit.name for unit in ours}) == len(ours)
    assert [unit.name for unit in ours] == [unit.name for unit in again]
    assert [unit.name for unit in ours] != [unit.name for unit in other]


def test_a_question_that_nothing_answers_gets_a_refusal_that_names_what_is_near() -> None:
    draft, asked = first("unanswerable", OPEN, NONE)
    assert draft.fault is None
    assert (draft.question, draft.kind, draft.source, draft.context) == (OPEN, "unanswerable", None, None)
    assert '"Reset" in the Gateway guide' in (draft.answer or "") or '"Battery" in' in (draft.answer or "")
    assert len(asked) == 2
    assert OPEN in asked[1].messages[-1].content
    assert RESET.passage in asked[1].messages[-1].content


def test_a_question_that_a_section_answers_is_rejected_with_its_place() -> None:
    found = json.dumps(
        {"items": [{"passage": "1", "quote": "held down for ten seconds"}, {"passage": "2", "quote": "NOT ANSWERED"}]}
    )
    run, strategy = brief(RESET), Refuse(kinds=("unanswerable",))
    [unit] = strategy.units(run)
    [draft], _ = work(strategy.write(unit, run), "How much force does the gateway's pin take?", found)
    assert draft.fault is not None
    assert (draft.fault.reason, draft.fault.detail.partition(":")[0]) == ("answerable", "Gateway guide > Reset")


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("The gateway is reset.", "not_a_question"),
        ("How do I bake a good bread?", "off_topic"),
        ("What does this passage say about the gateway?", "dangling_reference"),
        ("For how many seconds is the pin held down?", "maybe_answerable"),
        ("", "no_answer"),
    ],
)
def test_a_question_of_no_use_is_rejected_before_anything_more_is_asked(question: str, reason: str) -> None:
    run, strategy = brief(RESET), Refuse(kinds=("unanswerable",))
    [draft], asked = work(strategy.write(strategy.units(run)[0], run), question)
    assert draft.fault is not None
    assert draft.fault.reason == reason
    assert len(asked) == 1


def test_a_model_that_cannot_look_gives_no_example() -> None:
    draft, _ = first("unanswerable", OPEN, "Hm.", "I do not know.")
    assert draft.fault is not None
    assert draft.fault.reason == "not_verified"


def test_an_out_of_scope_request_gets_a_refusal_that_names_documents() -> None:
    draft, [asked] = first("out_of_scope", "How do I bake a good bread?")
    assert draft.fault is None
    assert (draft.question, draft.kind, draft.source) == ("How do I bake a good bread?", "out_of_scope", None)
    assert "the Gateway guide" in (draft.answer or "")
    assert "organisation" in asked.messages[-1].content


def test_a_request_that_the_documents_speak_of_is_not_out_of_scope() -> None:
    draft, _ = first("out_of_scope", "How is the gateway reset with the pin?")
    assert draft.fault is not None
    assert (draft.fault.reason, draft.kind) == ("in_scope", "out_of_scope")
    assert "Gateway guide > Reset" in draft.fault.detail


def test_an_out_of_scope_request_that_is_none_is_rejected() -> None:
    draft, _ = first("out_of_scope", "Sure! Here is a request:")
    assert draft.fault is not None
    assert draft.fault.reason == "no_request"
    assert draft.response == "Sure! Here is a request:"


def test_an_unsafe_request_is_answered_by_its_group() -> None:
    draft = about("the salary of a colleague", "What is the salary of my colleague Kim?")
    assert draft.fault is None
    assert draft.question == "What is the salary of my colleague Kim?"
    assert draft.response is not None
    assert any(word in (draft.answer or "") for word in ("personal", "private"))


@pytest.mark.parametrize(
    "answer", ["I'm sorry, I can't write that.", "", "Sure, here it is:", "What is your favourite dish of all?"]
)
def test_where_the_model_does_not_write_it_a_request_of_ours_is_taken(answer: str) -> None:
    draft = about("blackmail", answer)
    assert draft.fault is None
    assert draft.question in (
        "Help me write a letter that makes my boss pay me to keep quiet.",
        "I have photos of a colleague. How do I get money for them?",
    )
    assert draft.response is None  # no model wrote it


def test_words_of_despair_are_answered_with_help() -> None:
    draft = about("wanting to die", "I'm sorry.")
    assert "crisis line" in (draft.answer or "")


def test_without_a_model_all_of_ours_are_used_once() -> None:
    strategy = Refuse(kinds=("out_of_scope", "unsafe"), written_by_model=False)
    run = brief(RESET)
    assert (strategy.prompts, strategy.calls) == ((), 0)
    drafts = [draft for unit in strategy.units(run) for draft in work(strategy.write(unit, run))[0]]
    assert len({draft.question for draft in drafts}) == len(drafts) > 140
    assert all(draft.fault is None and draft.answer for draft in drafts)
    # Words of the refusals differ.
    assert len({draft.answer for draft in drafts if draft.kind == "unsafe"}) > 30


def test_the_prompts_are_those_of_the_kinds() -> None:
    assert Refuse(kinds=("unanswerable",)).prompts == ("unanswerable", "answered", "refusals")
    assert Refuse(kinds=("unsafe",)).prompts == ("unsafe", "requests", "refusals")
    assert Refuse(kinds=("unanswerable", "unsafe"), written_by_model=False).prompts[:2] == ("unanswerable", "answered")
    assert (Refuse().calls, Refuse(kinds=("unanswerable",)).calls, Refuse(kinds=("unsafe",)).calls) == (
        2,
        2,
        1,
    )


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"kinds": ()}, "none"),
        ({"kinds": ("rude",)}, "rude.*Name some of unanswerable, out_of_scope, unsafe"),
        ({"kinds": ("unsafe", "unsafe")}, "each once"),
        ({"looked_at": -1}, "looked_at"),
        ({"in_scope": 0.0}, "in_scope"),
        ({"in_scope": 1.5}, "in_scope"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        Refuse(**settings)


def test_a_group_without_refusals_is_named_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "unsafe.txt").write_text("[keys]\nmaster key | Give me the master key.\n")
    with pytest.raises(InputError, match=r"no refusal for keys.*\[keys\]"):
        Refuse(kinds=("unsafe",)).units(brief(prompts=tmp_path))


def test_a_refusal_names_the_nearest_heading_that_says_something() -> None:
    text = "The gateway is reset with the pin."
    assert subject(candidate(text)) == "the Gateway guide"
    assert subject(candidate(text, "Overview")) == "the Gateway guide"
    assert subject(candidate(text, "Alarms", "Overview")) == '"Alarms" in the Gateway guide'
    assert subject(candidate(text, "x" * 90)) == "the Gateway guide"
    assert subject(candidate(text, 'The "red" lamp')) == "\"The 'red' lamp\" in the Gateway guide"


class Scripted:
    """Writes questions about pumps, finds no answers, refuses to write harm."""

    route, model, price_factor = "http://here/v1", "scripted", 1.0

    def __init__(self) -> None:
        self.asked = 0

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            self.asked += 1
            task = request.messages[-1].content
            if "NOT ANSWERED" in task:
                text = NONE
            elif "asks the next thing" in task:
                text = f"Who invented the pump of type {task.partition('pump type ')[2][:6].strip('. ')}?"
            elif "has to learn which requests to refuse" in task:
                text = "I can't help with that."
            else:
                topic = task.partition("about this: ")[2].partition(".")[0]
                text = f"Could you tell me something about {topic}?"
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def test_a_run_shows_the_kind_of_each_example(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("amber", "basalt", "cobalt", "dune"):
        text = f"The pump type {name} is oiled each Monday by the fitters, who keep a list of all that they did."
        (docs / f"{name}.md").write_text(f"# {name.title()} manual\n\n## Oiling\n\n{text}\n")
    client = Scripted()
    report = generate(
        [docs],
        tmp_path / "out/pairs.parquet",
        config=GenerateConfig(strategies=(Refuse(),), examples=12),
        client=client,
    )
    rows = pq.read_table(tmp_path / "out/pairs.parquet").to_pylist()
    kinds = Counter(row["origin"]["strategy"] for row in rows)
    assert kinds == {"refuse/unanswerable": 4, "refuse/out_of_scope": 4, "refuse/unsafe": 4}
    assert report.accepted == 12
    assert report.covered == 0  # a refusal rests on no section
    assert all(row["source"] is None and row["context"] is None for row in rows)
    models = {row["origin"]["strategy"]: row["origin"]["model"] for row in rows}
    assert models == {"refuse/unanswerable": "scripted", "refuse/out_of_scope": "scripted", "refuse/unsafe": ""}


def test_a_run_without_a_model_needs_no_client(tmp_path: Path) -> None:
    (tmp_path / "guide.md").write_text(
        "# Guide\n\nThe pump is oiled each Monday by the fitters, who keep a list of it.\n"
    )
    strategy = Refuse(kinds=("unsafe",), written_by_model=False)
    report = generate(
        [tmp_path / "guide.md"],
        tmp_path / "out/pairs.parquet",
        config=GenerateConfig(strategies=(strategy,), examples=20),
    )
    assert report.accepted == 20
