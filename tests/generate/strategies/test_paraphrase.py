import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import GenerateConfig, generate
from generate.strategies import Paraphrase, Question, Unit
from generate.strategies.paraphrase import check_wording_of
from schemas import Answer, ChatRequest, ChatResponse, InputError
from tests.generate.makers import brief, candidate, work

PASSAGE = (
    "The gateway sends readings to port 8883 of the Perch server. Open this port in your firewall before the gateway "
    "is switched on for the first time. Whoever cannot open it asks the office for a relay."
)
QUESTION = "Which port of the Perch server has to be open for the gateway?"
COLLOQUIAL = "What do I open in my firewall so the gateway gets through to the Perch server?"
TERSE = "firewall port gateway Perch server"


def unit(sample: int = 0) -> Unit:
    return Unit(name="here", candidates=(candidate(PASSAGE, "Network"),), sample=sample)


def items(*wordings: object) -> str:
    return json.dumps({"items": [{"question": wording} for wording in wordings]})


def test_each_wording_has_the_passage_as_its_answer() -> None:
    drafts, asked = work(Paraphrase().write(unit(), brief()), QUESTION, items(COLLOQUIAL, TERSE))
    assert [(draft.question, draft.fault) for draft in drafts] == [(COLLOQUIAL, None), (TERSE, None)]
    for draft in drafts:
        assert (draft.answer, draft.context) == (PASSAGE, PASSAGE)
        assert draft.source is not None
        assert draft.source.quote == PASSAGE
    assert QUESTION in asked[1].messages[-1].content


def test_the_first_question_is_asked_for_as_the_strategy_question_does() -> None:
    _, [theirs] = work(Question().write(unit(), brief(seed=3)), QUESTION)
    _, asked = work(Paraphrase().write(unit(), brief(seed=3)), QUESTION, items(TERSE))
    assert asked[0] == theirs


def test_nothing_is_worded_anew_where_the_question_is_bad() -> None:
    for bad, reason in (("No question.", "not_a_question"), ("How old is the pope in Rome?", "off_topic")):
        [draft], asked = work(Paraphrase().write(unit(), brief()), bad)
        assert draft.fault is not None
        assert (draft.fault.reason, draft.response) == (reason, bad)
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("wording", "reason"),
    [
        ("Which port of the Perch server must be open for the gateway?", "same_words"),
        ("What has to be open in my firewall for the gateway?", "lost_detail"),
        ("Is 8883 what I open for the gateway to reach the Perch server?", "added_detail"),
        ("How do I ask the Perch office for its help?", "drifted"),
        ("Perch?", "question_length"),
        ("Which harbour of the Perch river is best for sailing boats?", "off_topic"),
    ],
)
def test_a_wording_that_asks_for_something_else_is_rejected(wording: str, reason: str) -> None:
    question = "Which port must the gateway reach?" if reason == "drifted" else QUESTION
    drafts, _ = work(Paraphrase().write(unit(), brief()), question, items(wording))
    assert [draft.fault and draft.fault.reason for draft in drafts] == [reason]
    assert drafts[0].question == wording


def test_wordings_differ_from_each_other_too() -> None:
    drafts, _ = work(Paraphrase().write(unit(), brief()), QUESTION, items(TERSE, f"{TERSE}?", COLLOQUIAL))
    assert [draft.fault and draft.fault.reason for draft in drafts] == [None, "same_words", None]


def test_a_name_may_be_written_small_in_a_search() -> None:
    assert check_wording_of(QUESTION, "firewall port gateway perch server") is None


def test_a_number_may_come_out_of_the_question() -> None:
    question = "Why is port 8883 of the Perch server open?"
    assert check_wording_of(question, "Tell me the reason for an open port 8883 on the Perch server.") is None
    fault = check_wording_of(question, "Tell me the reason for an open port on the Perch server.")
    assert fault is not None
    assert fault.detail == "8883"


def test_nothing_of_a_reply_vanishes() -> None:
    drafts, _ = work(Paraphrase().write(unit(), brief()), QUESTION, items(TERSE, "", 7.5, None))
    assert [draft.fault and draft.fault.reason for draft in drafts] == [
        None,
        "question_length",
        "broken_item",
        "broken_item",
    ]
    [draft], asked = work(Paraphrase().write(unit(), brief()), QUESTION, "I cannot.", "Never.")
    assert draft.fault is not None
    assert (draft.fault.reason, draft.response, len(asked)) == ("no_json", "Never.", 3)


def test_styles_are_drawn_without_repetition() -> None:
    told: set[str] = set()
    for sample in range(10):
        _, asked = work(Paraphrase(ways=3).write(unit(sample), brief()), QUESTION, items(TERSE))
        lines = [line for line in asked[1].messages[-1].content.splitlines() if line[:2] in {"1.", "2.", "3."}]
        assert len({line[3:] for line in lines}) == 3
        told.update(line[3:] for line in lines)
    assert len(told) == 5


@pytest.mark.parametrize(
    "settings",
    [
        {"ways": 0},
        {"ways": 6},
        {"styles": ()},
        {"styles": ("rude",)},
        {"styles": ("terse",)},
        {"max_tokens": 0},
        {"question_tokens": 0},
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Paraphrase(**settings)


class Scripted:
    route, model = "http://here/v1", "scripted"

    def __init__(self) -> None:
        self.asked = 0

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            self.asked += 1
            text = items(COLLOQUIAL, TERSE) if request.schema else QUESTION
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def test_beside_question_a_run_pays_for_the_first_question_once(tmp_path: Path) -> None:
    (tmp_path / "gateway.md").write_text(f"# Network\n\n{PASSAGE}\n")
    client = Scripted()
    config = GenerateConfig(strategies=(Question(), Paraphrase()))
    report = generate([tmp_path / "gateway.md"], tmp_path / "out/pairs.parquet", config=config, client=client)
    asked = [row["messages"][0]["content"] for row in pq.read_table(tmp_path / "out/pairs.parquet").to_pylist()]
    assert sorted(asked) == sorted([QUESTION, COLLOQUIAL, TERSE])
    assert report.accepted == 3
    assert client.asked == report.spent.sent
