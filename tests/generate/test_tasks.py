from collections.abc import Iterable, Iterator
from contextlib import suppress

import pytest

from generate.rejection import Rejection
from generate.spending.budget import Budget, Purse
from generate.spending.metered import Metered
from generate.spending.prices import FREE
from generate.strategies import Draft, Steps, ToJudge
from generate.tasks import Work
from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, LLMError, Message
from tests.generate.makers import Fake


def ask(text: str) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=5)


def talk(name: str, turns: int, seen: list[str] | None = None) -> Steps:
    """Ask `turns` times and give one draft for each answer."""
    drafts = []
    for turn in range(turns):
        response: ChatResponse = yield ask(f"{name}{turn}")
        if seen is not None:
            seen.append(response.text)
        drafts.append(Draft(response=response.text))
    return drafts


def ends(tasks: Iterable[Steps], writer: Client | None, judge: Client | None = None) -> dict[int, list[str] | str]:
    found: dict[int, list[str] | str] = {}
    for ended in Work(tasks, {False: writer, True: judge}).run():
        assert ended.task not in found
        given = [draft.response or "" for draft in ended.drafts]
        found[ended.task] = "; ".join(map(str, ended.errors)) if ended.errors and not given else given
    return found


def test_every_task_is_worked_out_to_its_end() -> None:
    tasks = [talk("a", 1), talk("b", 3), talk("c", 0), talk("d", 2)]
    assert ends(tasks, Fake()) == {0: ["a0"], 1: ["b0", "b1", "b2"], 2: [], 3: ["d0", "d1"]}


def test_what_a_task_asks_next_goes_out_before_new_tasks_are_begun() -> None:
    class OneByOne(Fake):
        """Pulls a request only after the answer to the one before has been taken."""

    fake = OneByOne()
    ends([talk("a", 2), talk("b", 2)], fake)
    assert fake.asked == ["a0", "a1", "b0", "b1"]


def test_a_client_that_reads_everything_first_is_asked_in_waves() -> None:
    class Batch(Fake):
        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            return super().complete(list(requests))

    fake = Batch()
    assert ends([talk("a", 2), talk("b", 2)], fake) == {0: ["a0", "a1"], 1: ["b0", "b1"]}
    assert fake.asked == ["a0", "b0", "a1", "b1"]


def test_the_judge_is_asked_what_is_for_the_judge() -> None:
    def judged() -> Steps:
        first: ChatResponse = yield ask("write")
        second: ChatResponse = yield ToJudge(ask("judge"))
        third: ChatResponse = yield ask("write again")
        return [Draft(response=f"{first.text}, {second.text}, {third.text}")]

    writer, judge = Fake(), Fake()
    assert ends([judged()], writer, judge) == {0: ["write, judge, write again"]}
    assert (writer.asked, judge.asked) == (["write", "write again"], ["judge"])


class Half(Fake):
    """Answers all but one request."""

    def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
        for position, outcome in super().complete(requests):
            assert isinstance(outcome, ChatResponse)
            yield Answer(position, LLMError("no", retryable=True) if outcome.text == "a0" else outcome)


def test_an_error_ends_its_task_alone() -> None:
    closed = []

    def careful() -> Steps:
        try:
            yield ask("a0")
        finally:
            closed.append("a")
        return []

    assert ends([careful(), talk("b", 2)], Half()) == {0: "no", 1: ["b0", "b1"]}
    assert closed == ["a"]


def test_what_a_task_has_without_the_failed_request_is_given_with_the_error() -> None:
    def patient() -> Steps:
        first: ChatResponse = yield ask("b0")
        with suppress(LLMError):
            yield ask("a0")
        last: ChatResponse = yield ask("b1")
        return [Draft(response=first.text), Draft(response=last.text)]

    [ended] = Work([patient()], {False: Half(), True: None}).run()
    assert [draft.response for draft in ended.drafts] == ["b0", "b1"]
    assert [str(error) for error in ended.errors] == ["no"]


def test_no_task_is_begun_after_the_budget_is_spent() -> None:
    begun = []

    def noted(name: str) -> Steps:
        begun.append(name)
        return (yield from talk(name, 1))

    fake = Fake()
    client = Metered(fake, Purse(Budget(requests=2)), FREE)
    found = ends((noted(str(number)) for number in range(50)), client)
    assert fake.asked == ["00", "10"]
    assert len(begun) < 10
    assert found[0] == ["00"]


def test_a_budget_is_not_spent_on_writing_what_nobody_is_left_to_judge() -> None:
    def judged() -> Steps:
        first: ChatResponse = yield ask("write")
        second: ChatResponse = yield ToJudge(ask("judge"))
        return [Draft(response=f"{first.text}, {second.text}")]

    purse = Purse(Budget(requests=100))
    writer, judge = Metered(Fake(), purse, FREE), Metered(Fake(), purse, FREE)
    work = Work((judged() for _ in range(500)), {False: writer, True: judge}, most_unjudged=10)
    good = [ended for ended in work.run() if not ended.errors]
    assert len(good) == 50


@pytest.mark.parametrize("units", [0, 1, 10, 11, 35])
def test_every_task_is_judged_however_few_may_wait(units: int) -> None:
    def judged(number: int) -> Steps:
        yield ask(f"write {number}")
        for turn in range(number % 3):
            yield ToJudge(ask(f"judge {number} {turn}"))
        yield ask(f"write again {number}")
        return []

    work = Work(map(judged, range(units)), {False: Fake(), True: Fake()}, most_unjudged=10)
    assert sorted(ended.task for ended in work.run()) == list(range(units))


def test_a_task_that_asks_needs_somebody_to_ask() -> None:
    assert ends([talk("a", 0)], None) == {0: []}
    with pytest.raises(InputError, match="Name a client"):
        ends([talk("a", 1)], None)


def test_a_text_that_a_check_cannot_take_costs_no_other() -> None:
    def broken() -> Steps:
        response: ChatResponse = yield ask("a0")
        raise ValueError(f"cannot take {response.text}")

    tasks = [broken(), talk("b", 2)]
    [first, second] = sorted(Work(tasks, {False: Fake(), True: None}).run(), key=lambda ended: ended.task)
    assert first.drafts[0].fault == Rejection("check_failed", "ValueError: cannot take a0")
    assert first.drafts[0].response == "a0"
    assert len(second.drafts) == 2


def test_wrong_input_ends_the_run() -> None:
    def wrong() -> Steps:
        yield ask("a0")
        raise InputError("the prompt is wrong")

    with pytest.raises(InputError, match="the prompt is wrong"):
        ends([wrong()], Fake())


def test_drafts_may_have_faults() -> None:
    def faulty() -> Steps:
        yield from ()
        return [Draft(response="x", fault=Rejection("bad"))]

    assert ends([faulty()], None) == {0: ["x"]}
