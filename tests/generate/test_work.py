import queue
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from generate.clients import OpenAICompatible
from generate.journal import Journal, journalled
from generate.rejection import Rejection
from generate.spending.budget import Budget, Purse
from generate.spending.metered import Metered
from generate.spending.prices import FREE
from generate.strategies import Draft, Steps, ToJudge
from generate.work import Work
from schemas import Answer, ChatRequest, ChatResponse, Client, InputError, LLMError, Message
from tests.generate.chat_server import ChatServer, Reaction
from tests.generate.makers import Fake


def ask(text: str) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=5)


def hold(server: ChatServer, slow: str, *, until: str) -> list[bool]:
    """Have a server keep one answer back until it is asked something else, and note whether that came."""
    asked, waited = threading.Event(), list[bool]()

    def react(body: dict[str, Any], _: int) -> Reaction:
        text = body["messages"][-1]["content"]
        if text == slow:
            waited.append(asked.wait(30))
        if text == until:
            asked.set()
        return Reaction(text=text)

    server.react = react
    return waited


def both(writer: Client, judge: Client) -> Mapping[bool, Client]:
    return {False: writer, True: judge}


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


@pytest.mark.parametrize("beside", [False, True], ids=["in turn", "side by side"])
def test_a_client_that_leaves_requests_unanswered_is_an_error(beside: bool) -> None:
    class Forgetful(Fake):
        side_by_side = beside

        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            return iter(list(super().complete(list(requests)))[1:])

    with pytest.raises(LLMError, match="1 of 3 requests were left unanswered"):
        ends([talk(name, 1) for name in "abc"], Forgetful(), Forgetful())


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


def test_a_slow_answer_keeps_no_other_task_from_its_next_step(server: ChatServer) -> None:
    waited = hold(server, "slow0", until="quick3")
    client = OpenAICompatible("small", base_url=server.url, concurrency=4)
    found = ends([talk("slow", 2), talk("quick", 4)], client)
    assert found == {0: ["slow0", "slow1"], 1: ["quick0", "quick1", "quick2", "quick3"]}
    assert waited == [True]


def test_a_reader_that_waits_goes_when_the_run_ends(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(text=body["messages"][-1]["content"])

    def wrong() -> Steps:
        yield ask("a0")
        raise InputError("the prompt is wrong")

    client = OpenAICompatible("small", base_url=server.url, concurrency=4)
    before = set(threading.enumerate())
    with pytest.raises(InputError, match="the prompt is wrong"):
        ends([wrong(), talk("b", 50)], client)
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "gristmill-requests"]


@pytest.mark.parametrize("own", [True, False], ids=["ours", "not ours"])
def test_a_reader_that_waits_does_not_wait_for_what_the_journal_has(
    own: bool, server: ChatServer, tmp_path: Path
) -> None:
    class Threaded(Fake):
        """Reads in a thread of its own, and its answers cannot be told that others lie ready."""

        def complete(self, requests: Iterable[ChatRequest], /) -> Iterator[Answer]:
            arrived: queue.Queue[Answer | None] = queue.Queue()

            def read() -> None:
                for answer in Fake.complete(self, requests):
                    arrived.put(answer)
                arrived.put(None)

            threading.Thread(target=read, daemon=True).start()
            return iter(arrived.get, None)

    server.react = lambda body, number: Reaction(text=body["messages"][-1]["content"])
    asker = OpenAICompatible("small", base_url=server.url, concurrency=4) if own else Threaded()
    with Journal(tmp_path / "journal.sqlite") as journal:
        ends([talk(name, 3) for name in "bcd"], journalled(asker, journal))
        found: dict[int, list[str] | str] = {}
        work = [talk(name, 5) for name in "abcde"]
        run = threading.Thread(target=lambda: found.update(ends(work, journalled(asker, journal))), daemon=True)
        run.start()
        run.join(60)
    assert found == {place: [f"{name}{turn}" for turn in range(5)] for place, name in enumerate("abcde")}


def test_the_judge_is_asked_what_is_for_the_judge() -> None:
    def judged() -> Steps:
        first: ChatResponse = yield ask("write")
        second: ChatResponse = yield ToJudge(ask("judge"))
        third: ChatResponse = yield ask("write again")
        return [Draft(response=f"{first.text}, {second.text}, {third.text}")]

    writer, judge = Fake(), Fake()
    assert ends([judged()], writer, judge) == {0: ["write, judge, write again"]}
    assert (writer.asked, judge.asked) == (["write", "write again"], ["judge"])


def judged(name: str) -> Steps:
    """Write, and have it judged."""
    first: ChatResponse = yield ask(f"write {name}")
    second: ChatResponse = yield ToJudge(ask(f"judge {name}"))
    return [Draft(response=f"{first.text}, {second.text}")]


def test_one_server_judges_while_the_other_still_writes(server: ChatServer) -> None:
    waited = hold(server, "write slow", until="judge b")
    names = ["slow", "a", "b"]
    clients = [OpenAICompatible("small", base_url=server.url, concurrency=4) for _ in range(2)]
    assert ends(map(judged, names), *clients) == {
        place: [f"write {name}, judge {name}"] for place, name in enumerate(names)
    }
    assert waited == [True]


def test_a_judge_that_refuses_everything_ends_the_run_while_the_other_writes(server: ChatServer) -> None:
    def react(body: dict[str, Any], _: int) -> Reaction:
        judging = body["messages"][-1]["content"].startswith("judge")
        return Reaction(status=401, body={"error": {"message": "bad key"}}) if judging else Reaction(delay=0.05)

    server.react = react
    clients = [OpenAICompatible("small", base_url=server.url, concurrency=2) for _ in range(2)]
    with pytest.raises(LLMError, match="refused the key"):
        ends((judged(str(number)) for number in range(1000)), *clients)
    assert len(server.asked) < 200


def test_a_run_that_is_left_half_way_ends_all_that_is_in_flight(server: ChatServer, tmp_path: Path) -> None:
    server.react = lambda body, number: Reaction(
        text=body["messages"][-1]["content"], delay=0 if body["messages"][-1]["content"].endswith("0") else 60
    )
    before = set(threading.enumerate())
    with Journal(tmp_path / "journal.sqlite") as journal:
        clients = [journalled(OpenAICompatible("small", base_url=server.url, concurrency=3), journal) for _ in range(2)]
        work = Work((judged(str(number)) for number in range(50)), both(*clients)).run()
        begun = time.monotonic()
        assert next(work).drafts[0].response == "write 0, judge 0"
        assert isinstance(work, Generator)
        work.close()
        assert time.monotonic() - begun < 30
        assert len(journal) == 2
    ours = [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("gristmill")]
    assert ours == []


def test_a_task_that_still_makes_a_step_is_waited_for(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(text=body["messages"][-1]["content"])
    stepping = threading.Event()

    def thoughtful() -> Steps:
        yield ask("a0")
        stepping.set()
        time.sleep(0.3)  # a check of a long answer; meanwhile no request is under way
        yield ask("a1")
        return []

    clients = [OpenAICompatible("small", base_url=server.url, concurrency=4) for _ in range(2)]
    found = []
    for ended in Work([talk("b", 1), thoughtful()], both(*clients)).run():
        found.append(ended.task)
        assert stepping.wait(30)
    assert found == [0, 1]


def test_wrong_input_in_the_last_step_of_the_last_task_ends_the_run_though_two_servers_answer(
    server: ChatServer,
) -> None:
    def wrong() -> Steps:
        yield ask("a0")
        raise InputError("the prompt is wrong")

    clients = [OpenAICompatible("small", base_url=server.url, concurrency=4) for _ in range(2)]
    with pytest.raises(InputError, match="the prompt is wrong"):
        ends([wrong()], *clients)


def test_a_judge_that_is_faster_than_the_writer_is_asked_in_one_call(server: ChatServer) -> None:
    refused = []

    def react(body: dict[str, Any], _: int) -> Reaction:
        text = body["messages"][-1]["content"]
        if text.startswith("judge") and "temperature" in body:
            refused.append(text)
            return Reaction(status=400, body={"error": {"message": "Unsupported: temperature"}})
        return Reaction(text=text, delay=0.1 if text.startswith("write") else 0)

    server.react = react
    clients = [OpenAICompatible("small", base_url=server.url, concurrency=1) for _ in range(2)]
    assert len(ends(map(judged, "abcde"), *clients)) == 5
    assert refused == ["judge a"]  # each call learns anew what a server does not take


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_two_servers_leave_nothing_out_however_few_may_wait(most: int, server: ChatServer) -> None:
    def steps(number: int) -> Steps:
        for turn in range(number % 4):
            yield ask(f"write {number} {turn}")
            yield ToJudge(ask(f"judge {number} {turn}"))
        return [Draft(response=str(number))]

    clients = [OpenAICompatible("small", base_url=server.url, concurrency=4) for _ in range(2)]
    heard = []
    work = Work(map(steps, range(60)), both(*clients), most_unjudged=most, answered=lambda: heard.append(1))
    assert sorted(ended.task for ended in work.run()) == list(range(60))
    assert len(heard) == len(server.asked) == 2 * sum(number % 4 for number in range(60))


def test_a_budget_holds_for_two_servers_together(server: ChatServer) -> None:
    purse = Purse(Budget(requests=40))
    clients = [Metered(OpenAICompatible("small", base_url=server.url, concurrency=4), purse, FREE) for _ in range(2)]
    work = Work(map(judged, map(str, range(500))), both(*clients), most_unjudged=5)
    good = [ended for ended in work.run() if not ended.errors]
    assert len(server.asked) == purse.spent.requests == 40
    assert len(good) >= 15


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
