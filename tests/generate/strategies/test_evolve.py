import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import Evolve, GenerateConfig, Question, generate
from generate.strategies import Draft, Unit
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError
from tests.generate.makers import AWAY, brief, candidate, work

PASSAGE = (
    "Staff may carry over up to five days of leave into the next year. Days that are not used by 31 March are lost. "
    "Part-time staff may carry over two days."
)
PLACE = candidate(PASSAGE, "Leave", title="Staff handbook")
UNIT = Unit.about(PLACE)
FIRST = "How many days of leave can staff carry over?"
DEEPER = "How many days of leave can part-time staff carry over into the next year?"
DEEPEST = "How many days of leave can part-time staff carry over into the next year, and when are they lost?"
QUOTE = "Part-time staff may carry over two days."
DEEP = ("constraint", "deepen", "concrete", "reasoning")


def answer(text: str = "Part-time staff may carry over two days.", quote: str = QUOTE) -> str:
    return json.dumps({"answer": text, "quote": quote})


def evolve(
    *answers: str | LLMError, unit: Unit = UNIT, repair: bool = False, **settings: Any
) -> tuple[list[Draft], list[str]]:
    strategy = Evolve(**{"operations": DEEP, **settings})
    drafts, asked = work(strategy.write(unit, brief(PLACE, repair=repair)), *answers)
    return drafts, [request.messages[-1].content for request in asked]


def reasons(drafts: list[Draft]) -> list[str | None]:
    return [draft.fault and draft.fault.reason for draft in drafts]


def test_the_last_question_is_answered_with_its_evidence() -> None:
    [draft], asked = evolve(FIRST, DEEPER, DEEPEST, answer("Two days; what is not used by 31 March is lost."))
    assert draft.fault is None
    assert (draft.question, draft.context) == (DEEPEST, PASSAGE)
    assert draft.source is not None
    assert (draft.source.quote, PASSAGE[draft.source.start : draft.source.end]) == (QUOTE, QUOTE)
    assert FIRST in asked[1]
    assert DEEPER in asked[2]
    assert DEEPEST in asked[3]


def test_the_first_request_is_that_of_the_question_strategy() -> None:
    _, [ours, *_] = work(Evolve().write(UNIT, brief(PLACE)), FIRST, DEEPER, DEEPEST, answer())
    _, [theirs] = work(Question().write(UNIT, brief(PLACE)), FIRST)
    assert ours == theirs


def test_an_eliminated_round_is_put_down_and_the_last_good_question_stays() -> None:
    drafts, asked = evolve(FIRST, DEEPER, "NOT ANSWERABLE", answer())
    assert reasons(drafts) == ["unanswerable", None]
    assert drafts[1].question == DEEPER
    drafts, asked = evolve(FIRST, FIRST, DEEPER, answer())
    assert reasons(drafts) == ["no_gain", None]
    assert FIRST in asked[2]
    assert drafts[1].question == DEEPER


def test_a_question_without_a_good_answer_gives_way_to_the_one_before() -> None:
    drafts, _ = evolve(FIRST, DEEPER, DEEPEST, answer("NOT ANSWERABLE", ""), answer("Sorry, I do not know."), answer())
    assert reasons(drafts) == ["unanswerable", "sorry", None]
    assert [draft.question for draft in drafts] == [DEEPEST, DEEPER, FIRST]


def test_nothing_good_leaves_the_reasons_alone() -> None:
    drafts, _ = evolve(
        FIRST,
        DEEPER,
        answer("Two days.", "Nobody ever said this in the handbook."),
        "NOT ANSWERABLE",
        "NOT ANSWERABLE",
        rounds=1,
    )
    assert reasons(drafts) == ["quote_not_found", "unanswerable"]


def test_a_first_question_that_is_none_ends_it() -> None:
    [draft], asked = evolve("Tell me more.")
    assert draft.fault is not None
    assert (draft.fault.reason, len(asked)) == ("not_a_question", 1)


def test_an_invented_answer_is_rejected_and_mended_once_where_the_run_says_so() -> None:
    invented = answer("Part-time staff may carry over nine days.")
    drafts, _ = evolve(FIRST, DEEPER, invented, answer(), rounds=1)
    assert len(drafts) == 2
    assert drafts[0].fault is not None
    assert drafts[1].question == FIRST
    [mended], asked = evolve(FIRST, DEEPER, invented, answer(), rounds=1, repair=True)
    assert mended.fault is None
    assert mended.question == DEEPER
    assert drafts[0].fault.reason.replace("_", " ") in asked[-1]


def test_what_was_written_before_a_request_fails_for_good_is_put_down() -> None:
    invented = answer("Part-time staff may carry over nine days.")
    drafts, _ = evolve(FIRST, DEEPER, invented, AWAY, answer(), rounds=1, repair=True)
    assert [draft.question for draft in drafts] == [DEEPER, FIRST]
    assert drafts[0].fault is not None
    drafts, _ = evolve(FIRST, "NOT ANSWERABLE", AWAY, rounds=2)
    assert reasons(drafts) == ["unanswerable"]
    assert evolve(FIRST, AWAY)[0] == []


def test_the_model_can_be_asked_whether_anything_was_gained() -> None:
    drafts, asked = evolve(FIRST, DEEPER, "EQUAL", answer(), rounds=1, gain="model")
    assert reasons(drafts) == ["no_gain", None]
    assert FIRST in asked[2]
    assert DEEPER in asked[2]
    drafts, _ = evolve(FIRST, DEEPER, "NOT EQUAL", answer(), rounds=1, gain="model")
    assert reasons(drafts) == [None]
    assert drafts[0].question == DEEPER


def test_operations_are_drawn_by_seed_unit_and_sample() -> None:
    def prompts(seed: int, sample: int) -> list[str]:
        unit = Unit(name="here", candidates=(PLACE,), sample=sample)
        _, asked = work(Evolve(rounds=2).write(unit, brief(PLACE, seed=seed)), FIRST, DEEPER, DEEPEST, answer())
        return [request.messages[-1].content for request in asked]

    assert prompts(0, 0) == prompts(0, 0)
    assert len({tuple(prompts(seed, sample)[1:]) for seed in range(4) for sample in range(2)}) > 2
    [_], asked = evolve(FIRST, "When are unused days of leave lost?", answer(), rounds=1, operations=("breadth",))
    assert "another user" in asked[1]


def rows(path: Path, *given: dict[str, Any]) -> Path:
    path.write_text("\n".join(map(json.dumps, given)))
    return path


def test_rows_of_the_user_s_are_evolved_against_their_context_or_answer(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "faq.jsonl",
        {"instruction": FIRST, "input": PASSAGE, "output": "Five."},
        {"instruction": FIRST, "input": "", "output": PASSAGE},
    )
    strategy = Evolve(start=path, rounds=1, operations=DEEP)
    units = strategy.units(brief())
    assert sorted(unit.topic for unit in units) == ["row 1 of faq.jsonl", "row 2 of faq.jsonl"]
    for unit in units:
        [draft], asked = work(strategy.write(unit, brief()), DEEPER, answer())
        assert draft.fault is None
        assert (draft.question, draft.context, draft.source) == (DEEPER, PASSAGE, None)
        assert PASSAGE in asked[0].messages[-1].content
    assert "question" not in strategy.prompts


def test_a_row_s_own_source_is_kept(tmp_path: Path) -> None:
    source = {"document": "a.md", "section": "Staff handbook", "start": 3, "end": 9, "quote": "Leave."}
    turns = [{"role": "user", "content": FIRST}, {"role": "assistant", "content": PASSAGE}]
    path = rows(tmp_path / "own.jsonl", {"messages": turns, "context": PASSAGE, "source": source})
    strategy = Evolve(start=path, rounds=1, operations=DEEP)
    [draft], _ = work(strategy.write(strategy.units(brief())[0], brief()), DEEPER, answer())
    assert draft.source is not None
    assert draft.source.document == "a.md"


def test_a_row_without_anything_to_rest_on_is_rejected(tmp_path: Path) -> None:
    path = rows(tmp_path / "faq.jsonl", {"question": FIRST, "answer": ""})
    strategy = Evolve(start=path)
    [draft], asked = work(strategy.write(strategy.units(brief())[0], brief()))
    assert draft.fault is not None
    assert (draft.fault.reason, asked) == ("no_passage", [])


@pytest.mark.parametrize(
    "settings", [{"rounds": 0}, {"operations": ("twist",)}, {"operations": ()}, {"most_words": 0}], ids=str
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Evolve(**settings)


class Evolver:
    """Answers each kind of request with what it calls for."""

    route, model = "http://here/v1", "evolver"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, request in enumerate(requests):
            shown = request.messages[-1].content
            text = FIRST
            if request.schema:
                text = answer()
            elif "Make this question harder" in shown:
                text = DEEPER
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def test_a_run_writes_evolved_examples_and_what_was_eliminated(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/leave.md").write_text(f"# Staff handbook\n\n{PASSAGE}\n")
    config = GenerateConfig(strategies=(Evolve(operations=("deepen",)),))
    report = generate([tmp_path / "docs"], tmp_path / "out/pairs.parquet", config=config, client=Evolver())
    [made] = pq.read_table(tmp_path / "out/pairs.parquet").to_pylist()
    assert [turn["content"] for turn in made["messages"]] == [DEEPER, "Part-time staff may carry over two days."]
    text = (tmp_path / "docs/leave.md").read_text()
    assert text[made["source"]["start"] : made["source"]["end"]] == QUOTE
    assert report.rejected == {"no_gain": 1}
