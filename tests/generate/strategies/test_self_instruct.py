import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from generate import GenerateConfig, GenerationReport, Question, SelfInstruct, generate
from generate.strategies import Draft, Unit
from generate.strategies.seed_tasks import OURS, read_seeds
from generate.strategies.self_instruct import Requests
from schemas import Answer, ChatRequest, ChatResponse, InputError
from tests.generate.makers import brief, candidate, reply, work

PASSAGE = (
    "Visitors wear a yellow badge and are accompanied at all times. The badge is handed out at reception between "
    "8:00 and 17:00, and it has to be given back on the same day. A lost badge costs 15 euros."
)
PLACE = candidate(PASSAGE, "Badges", title="Visitor guide")
UNIT = Unit.about(PLACE)


def items(*tasks: tuple[str, str, str]) -> str:
    return "\n###\n".join(
        f"{number}. Instruction: {instruction}\n{number}. Input:\n{given}\n{number}. Output:\n{output}"
        for number, (instruction, given, output) in enumerate(tasks, start=4)
    )


GOOD = ("What does a lost visitor badge cost?", "<noinput>", "A lost badge costs 15 euros.")


def drafts(strategy: SelfInstruct, text: str, unit: Unit = UNIT, finish: str = "stop") -> list[Draft]:
    found, _ = work(strategy.write(unit, brief(PLACE)), reply(text, finish_reason=finish))
    return found


def reasons(strategy: SelfInstruct, *tasks: tuple[str, str, str], unit: Unit = UNIT) -> list[str | None]:
    return [draft.fault and draft.fault.reason for draft in drafts(strategy, items(*tasks), unit)]


def test_the_request_is_alpaca_s_about_a_passage() -> None:
    _, [asked] = work(SelfInstruct().write(UNIT, brief(PLACE, seed=3)), "")
    assert (asked.max_tokens, asked.temperature, asked.top_p, asked.stop, asked.seed) == (3072, 1.0, 1.0, (), 3)
    shown = asked.messages[-1].content
    assert PASSAGE in shown
    assert "a list of 20 tasks" in shown
    assert "Go on with number 4 and end with number 20" in shown
    assert shown.index(PASSAGE) < shown.index("a list of 20")
    seeds = [seed for seed in read_seeds(OURS) if f". Instruction: {seed.instruction}\n" in shown]
    assert len(seeds) == 3


def test_the_tasks_shown_follow_from_seed_unit_and_sample_alone() -> None:
    def shown(seed: int, unit: Unit) -> str:
        _, [asked] = work(SelfInstruct().write(unit, brief(PLACE, seed=seed)), "")
        return asked.messages[-1].content

    other = Unit(name=UNIT.name, candidates=UNIT.candidates, sample=1)
    assert shown(0, UNIT) == shown(0, UNIT)
    assert len({shown(0, UNIT), shown(1, UNIT), shown(0, other)}) == 3


def test_tasks_are_grounded_examples_with_their_source() -> None:
    given = "Visitors wear a yellow badge and are accompanied at all times."
    task = ("Turn the rule about the visitor badge into a short order.", given, "Wear a yellow badge.")
    plain, with_input = drafts(SelfInstruct(), items(GOOD, task))
    assert plain.fault is None
    assert (plain.question, plain.answer, plain.context) == (GOOD[0], GOOD[2], PASSAGE)
    assert plain.source is not None
    assert plain.source.quote == PASSAGE
    assert with_input.fault is None
    assert (with_input.question, with_input.context) == (f"{task[0]}\n\n{given}", given)
    assert plain.response is not None
    assert plain.response.startswith("4. Instruction: What does")


def test_what_the_passage_does_not_bear_out_is_rejected_and_the_check_can_be_switched_off() -> None:
    invented = (GOOD[0], "", "A lost badge costs 40 euros.")
    elsewhere = ("Sort the animal into a class.", "A whale swims in the ocean and feeds its calves milk.", "mammal")
    assert None not in reasons(SelfInstruct(), invented, elsewhere)
    assert reasons(SelfInstruct(grounded=False), invented, elsewhere) == [None, None]


@pytest.mark.parametrize(
    ("task", "reason", "switch"),
    [
        (("Badge price now?", "", "15 euros"), "short_instruction", "length"),
        (("Write a program that prints the price of a badge", "", "15 euros"), "asks_for_program", "program"),
        (("* name the price of a badge", "", "15 euros"), "begins_with_sign", "punctuation"),
        (("Name the price of a lost badge", "", ""), "empty_output", "empty"),
        (("Name the price of a lost badge", "a badge", "a badge"), "output_is_input", "echo"),
        (("Name the price of a lost badge", "", "The price is:"), "ends_with_colon", "colon"),
        (("Draw the badge of a visitor", "", "A yellow badge"), "blacklisted_word", "blacklist"),
        (("Überlege, was ein Badge kostet", "", "15 euros"), "begins_with_non_ascii", "non_ascii"),
    ],
)
def test_each_filter_has_its_reason_and_its_switch(task: tuple[str, str, str], reason: str, switch: str) -> None:
    on: dict[str, Any] = {switch: True}
    off: dict[str, Any] = {switch: False}
    assert reasons(SelfInstruct(grounded=False, **on), task) == [reason]
    assert reasons(SelfInstruct(grounded=False, **off), task) == [None]


def test_words_and_letters_are_looked_at_only_without_topics_unless_told_otherwise() -> None:
    tasks = (("Open the file of the visitor", "", "done"), ("Überlege, was ein Badge kostet", "", "15 euros"))
    plain = Unit(name="request 1")
    assert reasons(SelfInstruct(grounded=False), *tasks) == [None, None]
    assert reasons(SelfInstruct(topics=False), *tasks, unit=plain) == ["blacklisted_word", "begins_with_non_ascii"]


def test_parts_that_lack_and_an_end_that_was_cut_off_have_their_switches() -> None:
    lacking = "4. Instruction: Name the price of a badge\n4. Output:\n15 euros"
    assert [draft.fault and draft.fault.reason for draft in drafts(SelfInstruct(), lacking)] == ["not_three_parts"]
    assert [draft.fault for draft in drafts(SelfInstruct(parts=False, grounded=False), lacking)] == [None]
    for last, reason in ((True, "cut_off"), (False, None)):
        (*_, end) = drafts(SelfInstruct(last=last), items(GOOD), finish="length")
        assert (end.fault and end.fault.reason) == reason


def test_tasks_at_odds_with_each_other_are_all_rejected() -> None:
    tasks = (("Sort the visitor badge", "yellow", "visitor"), ("Sort the visitor badge", "yellow", "staff"))
    assert reasons(SelfInstruct(grounded=False), *tasks) == ["conflicting_outputs"] * 2
    assert reasons(SelfInstruct(grounded=False, conflicts=False), *tasks) == [None, None]


def test_no_more_than_were_asked_for_are_taken() -> None:
    tasks = [(f"Name the price of badge {number}", "", "15 euros") for number in range(20)]
    found = reasons(SelfInstruct(grounded=False), *tasks)
    assert found == [None] * 17 + ["too_many"] * 3


def test_a_reply_without_a_list_is_kept_with_its_reason() -> None:
    [draft] = drafts(SelfInstruct(), "I would rather not.")
    assert draft.fault is not None
    assert (draft.fault.reason, draft.response) == ("no_list", "I would rather not.")


def test_memory_names_the_nearest_seed_or_kept_task() -> None:
    memory = SelfInstruct().memory()
    [seed_like, new, near] = [
        Draft(messages=reading.messages, context=reading.context)
        for reading in drafts(
            SelfInstruct(grounded=False),
            items(
                ("Put all the steps into the right order.", "b, a", "a, b"),
                ("Name the price of a lost visitor badge", "", "15 euros"),
                ("Name the price of a lost yellow visitor badge", "here", "15 euros"),
            ),
        )
    ]
    fault = memory.check(seed_like)
    assert fault is not None
    # 7 of 8 and 7 of 7 tokens: 2 * 7 / 15.
    assert fault == ("not_novel", "ROUGE-L 0.93 with: Put the steps into the right order.")
    assert memory.check(new) is None
    assert memory.check(near) is None, "what is looked at is not yet kept"
    memory.keep(new)
    fault = memory.check(near)
    assert fault is not None
    assert fault.detail.endswith("with: Name the price of a lost visitor badge")
    assert SelfInstruct(rouge=False).memory().check(seed_like) is None


def test_without_topics_there_are_as_many_requests_as_can_be_wanted() -> None:
    strategy = SelfInstruct(topics=False)
    assert len(strategy.units(brief(PLACE))) == 100
    assert len(strategy.units(brief(PLACE, wanted=5000))) == 5000
    assert len(SelfInstruct(topics=False, requests=7).units(brief(wanted=5000))) == 7
    units = Requests(10**9)
    assert units[-1].name == "request 1000000000"
    assert [unit.name for unit in units[1:3]] == ["request 2", "request 3"]
    with pytest.raises(IndexError):
        units[10**9]


def test_without_topics_no_document_is_shown() -> None:
    strategy = SelfInstruct(topics=False)
    _, [asked] = work(strategy.write(Unit(name="request 1"), brief(PLACE)), "")
    assert PASSAGE not in asked.messages[-1].content
    assert strategy.prompts != SelfInstruct().prompts


@pytest.mark.parametrize(
    "settings", [{"shown": 0}, {"at_a_time": 3}, {"requests": 0}, {"novelty": 0.0}, {"novelty": 1.1}], ids=str
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=next(iter(settings))):
        SelfInstruct(**settings)


def test_too_few_seeds_are_refused_before_anything_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "seeds.jsonl"
    path.write_text('{"instruction": "Say it", "input": "", "output": "that"}')
    with pytest.raises(InputError, match="1 seed tasks, of which 3 are to be shown"):
        SelfInstruct(seeds=path).units(brief(PLACE))


class Lister:
    """Gives every request the same three tasks and one of its own; answers come last request first."""

    route, model = "http://here/v1", "lister"

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        requests = list(requests)
        for position in reversed(range(len(requests))):
            name = "".join(word for word in ("Copper", "Meadow") if word in requests[position].messages[-1].content)
            own = {
                "Copper": "Tell where the copper label is written",
                "Meadow": "Say what kind of ink a meadow uses",
            }[name]
            text = items(
                (own, "", "At the back, in ink."),
                ("List what is on the label at the back", "", "The price."),
                ("List all that is on the label at the back", "", "The price."),
                ("Draw it", "", "The price."),
            )
            yield Answer(position, ChatResponse(text=text, finish_reason="stop", prompt_tokens=9, completion_tokens=9))


def run(folder: Path, **settings: Any) -> tuple[GenerationReport, list[dict[str, Any]], list[dict[str, Any]]]:
    docs = folder / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    for name in ("Copper", "Meadow"):
        text = f"The price of every {name.lower()} label is written at the back of it, in ink that does not fade away."
        (docs / f"{name}.md").write_text(f"# {name} guide\n\n{text}\n")
    out = folder / "out"
    config = GenerateConfig(strategies=(SelfInstruct(**settings),), samples=1)
    report = generate([docs], out / "pairs.parquet", config=config, client=Lister())
    kept, rejected = (pq.read_table(out / name).to_pylist() for name in ("pairs.parquet", "rejected.parquet"))
    return report, kept, rejected


def test_a_run_keeps_what_is_new_in_the_order_in_which_it_asked(tmp_path: Path) -> None:
    report, made, rejected = run(tmp_path / "one", grounded=False)
    asked = {row["messages"][0]["content"] for row in made}
    assert asked == {
        "Tell where the copper label is written",
        "Say what kind of ink a meadow uses",
        "List what is on the label at the back",
    }
    assert report.rejected == {"not_novel": 3, "short_instruction": 2}
    assert report.accepted + sum(report.rejected.values()) == 8
    assert {row["reason"] for row in rejected if row["strategy"]} == {"not_novel", "short_instruction"}
    again, made_again, rejected_again = run(tmp_path / "two", grounded=False)
    assert (made, rejected, report.recipe) == (made_again, rejected_again, again.recipe)


def test_the_recipe_hash_follows_the_seeds_and_not_their_place(tmp_path: Path) -> None:
    def recipe(name: str, output: str) -> str:
        path = tmp_path / name
        path.write_text(json.dumps({"instruction": "Say it", "input": "", "output": output}))
        return GenerateConfig(strategies=(Question(), SelfInstruct(seeds=path))).recipe()

    assert recipe("a.jsonl", "x") == recipe("b.jsonl", "x") != recipe("c.jsonl", "y")
