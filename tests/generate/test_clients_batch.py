import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import generate.clients.batch as batch_client
from generate.clients import OpenAIBatch, OpenAICompatible, batch_desk
from generate.spending.budget import Budget, Purse
from generate.spending.metered import Metered
from generate.spending.prices import FullPrice, Price
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError, Message, OutputError
from tests.generate.batch_server import BatchServer, answered, failed, refused
from tests.generate.chat_server import completion

KEY = "sk-verysecret0123456789abcdef"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchServer]:
    """A server on this machine, the only one that the client knows of."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(batch_client, "_FIRST_LOOK", 0.01)
    monkeypatch.setattr(batch_desk, "_FIRST_PAUSE", 0.01)
    fake = BatchServer()
    yield fake
    fake.stop()


def ask(text: str = "Hello", **more: Any) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=10, **more)


def many(count: int) -> list[ChatRequest]:
    return [ask(str(number)) for number in range(count)]


def client(server: BatchServer, folder: Path, **more: Any) -> OpenAIBatch:
    return OpenAIBatch("small", base_url=server.url, record=folder / "batches.json", **{"poll": 0.02, **more})


def outcomes(answers: Iterator[Answer]) -> dict[int, ChatResponse | LLMError]:
    found: dict[int, ChatResponse | LLMError] = {}
    for position, outcome in answers:
        assert position not in found
        found[position] = outcome
    return found


def texts(answers: Iterator[Answer]) -> list[str]:
    """The answers in the order of the requests; an error's fault in brackets."""
    found = sorted(outcomes(answers).items())
    return [outcome.text if isinstance(outcome, ChatResponse) else f"({outcome.what})" for _, outcome in found]


ECHOES = ["asked at once", *(f"{number}?" for number in range(1, 5))]


def test_the_first_is_asked_at_once_and_the_others_in_a_batch(server: BatchServer, tmp_path: Path) -> None:
    assert texts(client(server, tmp_path).complete(many(5))) == ECHOES
    [batch] = server.batches.values()
    assert len(server.lines(batch)) == 4
    assert len(server.chats) == 1


def test_the_first_counts_at_the_full_price_and_the_others_at_half(server: BatchServer, tmp_path: Path) -> None:
    whole = client(server, tmp_path)
    found = outcomes(whole.complete(many(3)))
    assert [isinstance(found[place], FullPrice) for place in range(3)] == [True, False, False]
    purse, price = Purse(Budget()), Price(input=1e6, cached=1e6, output=1e6).times(whole.price_factor)
    whole = client(server, tmp_path / "other")
    [first, *others] = [outcome for _, outcome in Metered(whole, purse, price).complete(many(3))]
    assert isinstance(first, ChatResponse)
    counted = [each.prompt_tokens + each.completion_tokens for each in others if isinstance(each, ChatResponse)]
    assert purse.spent.usd == first.prompt_tokens + first.completion_tokens + sum(counted) / 2


def test_a_line_says_what_was_asked_for(server: BatchServer, tmp_path: Path) -> None:
    request = ask("Größe?", temperature=0.5, seed=3, stop=("\n",), schema='{"type": "object"}')
    whole = client(server, tmp_path)
    list(whole.complete([ask("first"), request]))
    [line] = server.lines(server.batches["batch_1"])
    assert line["custom_id"] == request.key(route=whole.route, model="small")
    assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
    assert line["body"]["messages"] == [{"role": "user", "content": "Größe?"}]
    assert line["body"]["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (line["body"]["model"], line["body"]["max_tokens"], line["body"]["seed"]) == ("small", 10, 3)


def test_its_answers_and_those_of_the_ordinary_way_share_the_journal(server: BatchServer, tmp_path: Path) -> None:
    ordinary = OpenAICompatible("small", base_url=server.url)
    assert client(server, tmp_path).route == ordinary.route


def test_no_requests_ask_nobody(server: BatchServer, tmp_path: Path) -> None:
    assert list(client(server, tmp_path).complete([])) == []
    assert server.seen == []


def test_equal_requests_are_submitted_once(server: BatchServer, tmp_path: Path) -> None:
    requests = [ask("0"), ask("1"), ask("1"), ask("0")]
    assert texts(client(server, tmp_path).complete(requests)) == ["asked at once", "1?", "1?", "asked at once"]
    assert len(server.submitted()) == 1


@pytest.mark.parametrize("limit", [{"most_requests": 2}, {"most_bytes": 600}], ids=["requests", "bytes"])
def test_what_is_too_much_for_one_batch_is_spread_over_several(
    server: BatchServer, tmp_path: Path, limit: dict[str, int]
) -> None:
    assert texts(client(server, tmp_path, **limit).complete(many(5))) == ECHOES
    assert [len(server.lines(batch)) for batch in server.batches.values()] == [2, 2]


def test_an_answer_may_hold_any_sign_that_ends_a_line(server: BatchServer, tmp_path: Path) -> None:
    text = "one\u2028two\u0085three\x0bfour"
    assert texts(client(server, tmp_path).complete([ask("first"), ask(text)]))[1] == f"{text}?"


def test_a_later_call_collects_what_was_submitted(server: BatchServer, tmp_path: Path) -> None:
    texts(client(server, tmp_path).complete(many(5)))
    again = many(5)[1:]
    assert texts(client(server, tmp_path).complete(again)) == ECHOES[1:]
    assert len(server.batches) == 1
    assert len(server.chats) == 1


def test_only_what_was_not_submitted_yet_is(server: BatchServer, tmp_path: Path) -> None:
    texts(client(server, tmp_path).complete(many(3)))
    found = texts(client(server, tmp_path).complete(many(5)[1:]))
    assert found == ["1?", "2?", "asked at once", "4?"]
    assert [len(server.lines(batch)) for batch in server.batches.values()] == [2, 1]


def test_closing_stops_the_waiting_and_not_the_batch(server: BatchServer, tmp_path: Path) -> None:
    answers = client(server, tmp_path).complete(many(5))
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    assert texts(client(server, tmp_path).complete(many(5))) == ECHOES
    assert sorted(server.submitted()) == sorted(set(server.submitted()))


SCRIPT = """
import sys, pathlib
import generate.clients.batch as batch_client
from generate.clients import OpenAIBatch
from schemas import ChatRequest, Message
batch_client._FIRST_LOOK = 0.01
requests = [ChatRequest(messages=(Message("user", str(n)),), max_tokens=10) for n in range(5)]
client = OpenAIBatch("small", base_url=sys.argv[1], record=pathlib.Path(sys.argv[2]), poll=0.02, most_requests=2)
list(client.complete(requests))
"""


def killed_run(server: BatchServer, folder: Path, when: threading.Event) -> None:
    """Start a run in a process of its own, and kill it once `when` is set."""
    command = [sys.executable, "-c", SCRIPT, server.url, str(folder / "batches.json")]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        try:
            assert when.wait(60)
        finally:  # it waits for ever where nobody ends it
            process.kill()


@pytest.mark.parametrize("made", [1, 2], ids=["while the first batch is asked for", "while the second is"])
def test_a_run_killed_before_it_knows_of_its_batch_pays_only_once(
    server: BatchServer, tmp_path: Path, made: int
) -> None:
    now, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        if len(server.batches) == made:
            now.set()
            go_on.wait(30)

    server.before_create_answers = hold
    killed_run(server, tmp_path, now)
    go_on.set()
    server.before_create_answers = lambda: None
    assert len(texts(client(server, tmp_path, most_requests=2).complete(many(5)[1:]))) == 4
    assert len(server.submitted()) == len(set(server.submitted()))


def test_a_run_killed_while_it_waits_is_taken_up(server: BatchServer, tmp_path: Path) -> None:
    server.looks = None
    now = threading.Event()

    def watch() -> None:
        while not any(seen.startswith("GET /batches/batch_2") for seen in list(server.seen)):
            time.sleep(0.01)
        now.set()

    threading.Thread(target=watch, daemon=True).start()
    killed_run(server, tmp_path, now)
    server.looks = 1
    assert texts(client(server, tmp_path).complete(many(5)[1:])) == ECHOES[1:]
    assert len(server.batches) == 2


def test_an_upload_that_led_to_no_batch_is_used(server: BatchServer, tmp_path: Path) -> None:
    server.troubles["POST /batches"] = [401]
    with pytest.raises(LLMError, match="refused the key"):
        texts(client(server, tmp_path).complete(many(3)))
    assert texts(client(server, tmp_path).complete(many(3)[1:])) == ["1?", "2?"]
    assert server.seen.count("POST /files") == 1


def test_a_batch_that_was_asked_for_without_an_answer_is_looked_for(server: BatchServer, tmp_path: Path) -> None:
    whole = client(server, tmp_path)
    server.troubles["POST /batches"] = [500]
    assert texts(whole.complete(many(3)))[1:] == ["1?", "2?"]
    assert server.seen.count("GET /batches") == 1


def test_a_request_that_was_refused_fails_alone(server: BatchServer, tmp_path: Path) -> None:
    server.outcome = lambda line: (
        refused(line, 400, f"bad {KEY}") if line["body"]["messages"][0]["content"] == "2" else answered(line)
    )
    found = outcomes(client(server, tmp_path).complete(many(4)))
    error = found.pop(2)
    assert isinstance(error, LLMError)
    assert "400: bad [key]" in str(error)
    assert not error.retryable
    assert all(isinstance(outcome, ChatResponse) for outcome in found.values())


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        ("expired", "batch_expired", "the batch expired before its turn came"),
        ("cancelled", "batch_cancelled", "the batch was cancelled before its turn came"),
    ],
)
def test_what_a_batch_did_not_come_to_is_submitted_anew(
    server: BatchServer, tmp_path: Path, status: str, code: str, says: str
) -> None:
    server.ended = status
    server.outcome = lambda line: (
        answered(line) if line["body"]["messages"][0]["content"] == "1" else failed(line, code)
    )
    found = outcomes(client(server, tmp_path).complete(many(3)))
    assert isinstance(found[1], ChatResponse)
    error = found[2]
    assert isinstance(error, LLMError)
    assert error.what == says
    assert error.retryable
    server.ended, server.outcome = "completed", answered
    assert texts(client(server, tmp_path).complete([ask("2"), ask("new")])) == ["asked at once", "new?"]


def test_a_request_without_a_line_is_an_error(server: BatchServer, tmp_path: Path) -> None:
    server.outcome = lambda line: None
    assert texts(client(server, tmp_path).complete(many(2))) == [
        "asked at once", "(the batch batch_1 was completed and holds no answer to it)"
    ]  # fmt: skip


def test_a_batch_that_is_not_accepted_says_why(server: BatchServer, tmp_path: Path) -> None:
    server.ended = "failed"
    found = outcomes(client(server, tmp_path).complete(many(3)))
    for place in (1, 2):
        told = "the batch batch_1 was not accepted (Line 1 is no request). Check the model and the account's limits"
        assert str(found[place]) == f"{server.url}: {told}"
    assert json.loads((tmp_path / "batches.json").read_text())["batches"] == []


def test_lines_that_cannot_be_read_cost_only_themselves(server: BatchServer, tmp_path: Path) -> None:
    server.outcome = lambda line: (
        {"custom_id": 7, "response": {"status_code": 200}} if line["body"]["messages"][0]["content"] == "1"
        else answered(line)
    )  # fmt: skip
    assert texts(client(server, tmp_path).complete(many(3)))[2] == "2?"


def test_an_account_with_room_for_one_batch_gets_one_at_a_time(server: BatchServer, tmp_path: Path) -> None:
    server.most, server.looks = 2, 3
    assert texts(client(server, tmp_path, most_requests=2).complete(many(7)))[1:] == [f"{n}?" for n in range(1, 7)]
    assert len(server.submitted()) == len(set(server.submitted())) == 6


def test_a_batch_that_is_too_much_alone_is_cut_in_two(server: BatchServer, tmp_path: Path) -> None:
    server.most = 12
    assert texts(client(server, tmp_path).complete(many(41)))[1:] == [f"{n}?" for n in range(1, 41)]
    assert len(server.submitted()) == len(set(server.submitted())) == 40


def test_an_account_without_any_room_is_told(server: BatchServer, tmp_path: Path) -> None:
    server.most = 0
    with pytest.raises(LLMError, match=r"no more requests waiting.*Enqueued token limit") as caught:
        texts(client(server, tmp_path).complete(many(5)))
    assert caught.value.retryable


def test_a_parameter_that_the_model_does_not_take_shows_at_once(server: BatchServer, tmp_path: Path) -> None:
    said = {"error": {"message": "Unsupported parameter: 'max_tokens'", "param": "max_tokens", "code": "unsupported"}}
    server.chat = lambda body: (400, said) if "max_tokens" in body else (200, completion("asked at once"))
    texts(client(server, tmp_path).complete(many(2)))
    [line] = server.lines(server.batches["batch_1"])
    assert line["body"]["max_completion_tokens"] == 10
    assert "max_tokens" not in line["body"]


def test_nothing_is_submitted_where_the_first_ones_are_refused(server: BatchServer, tmp_path: Path) -> None:
    server.chat = lambda body: (400, {"error": {"message": "No."}})
    with pytest.raises(LLMError, match="400: No"):
        texts(client(server, tmp_path).complete(many(9)))
    assert len(server.chats) == 3
    assert server.files == {}


@pytest.mark.parametrize("left", [1, 4], ids=["one", "more than are tried"])
def test_what_was_refused_in_a_batch_ends_no_later_run(server: BatchServer, tmp_path: Path, left: int) -> None:
    no = {"error": {"message": "No."}}
    server.outcome = lambda line: (
        refused(line, 400, "No.") if line["body"]["messages"][0]["content"] > "4" else answered(line)
    )
    texts(client(server, tmp_path).complete(many(9)))
    server.chat = lambda body: (400, no) if body["messages"][0]["content"] > "4" else (200, completion("at once"))
    again = [ask(str(number)) for number in range(9 - left, 9)]
    found = outcomes(client(server, tmp_path).complete(again))
    assert sorted(found) == list(range(left))
    assert all(isinstance(outcome, LLMError) and "400: No" in str(outcome) for outcome in found.values())


def test_a_server_without_batches_is_told(server: BatchServer, tmp_path: Path) -> None:
    server.troubles["POST /files"] = [404]
    with pytest.raises(LLMError, match=r"no place for files\. Leave out --batch"):
        texts(client(server, tmp_path).complete(many(2)))


def test_a_batch_that_the_server_does_not_know_is_not_paid_for_again(server: BatchServer, tmp_path: Path) -> None:
    texts(client(server, tmp_path).complete(many(2)))
    server.batches.clear()
    with pytest.raises(LLMError, match="there is no batch batch_1"):
        texts(client(server, tmp_path).complete(many(2)[1:]))
    assert server.batches == {}


def test_answers_that_are_gone_from_the_server_are_submitted_anew(server: BatchServer, tmp_path: Path) -> None:
    texts(client(server, tmp_path).complete(many(2)))
    server.files = {name: raw for name, raw in server.files.items() if "output" not in name}
    [(_, error)] = client(server, tmp_path).complete(many(2)[1:])
    assert isinstance(error, LLMError)
    assert error.retryable
    assert texts(client(server, tmp_path).complete(many(2)[1:])) == ["asked at once"]


def test_a_server_that_is_away_for_a_while_is_waited_for(server: BatchServer, tmp_path: Path) -> None:
    server.troubles = {"GET /batches/batch_1": [503, 429, 500], "POST /files": [502], "POST /chat/completions": [429]}
    assert texts(client(server, tmp_path).complete(many(5))) == ECHOES


def test_a_server_that_stays_away_ends_the_run_and_loses_nothing(server: BatchServer, tmp_path: Path) -> None:
    server.troubles["GET /batches/batch_1"] = [503] * 1000
    with pytest.raises(LLMError, match="the server failed") as caught:
        texts(client(server, tmp_path, patience=0.2).complete(many(5)))
    assert caught.value.retryable
    server.troubles.clear()
    assert texts(client(server, tmp_path).complete(many(5)[1:])) == ECHOES[1:]


def test_a_record_that_cannot_be_held_is_an_output_error(server: BatchServer, tmp_path: Path) -> None:
    (tmp_path / ".batches.json.lock").mkdir()
    with pytest.raises(OutputError, match="a folder of this name is in the way"):
        list(client(server, tmp_path).complete([ask()]))


def test_two_runs_do_not_wait_for_the_same_batches(server: BatchServer, tmp_path: Path) -> None:
    answers = client(server, tmp_path).complete(many(3))
    next(answers)
    with pytest.raises(InputError, match="another run waits"):
        list(client(server, tmp_path).complete(many(3)))


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 9, "batches": []}', '{"version": 1, "batches": [{"file": 1}]}'], ids=str
)
def test_a_record_that_is_none_is_refused(server: BatchServer, tmp_path: Path, content: str) -> None:
    (tmp_path / "batches.json").write_text(content)
    with pytest.raises(InputError, match=r"batches.json: it does not read as the record of batches"):
        list(client(server, tmp_path).complete(many(3)))
    assert server.seen == []


@pytest.mark.parametrize(("place", "sent"), [("", f"Bearer {KEY}"), ("me:pa55word@", "Basic bWU6cGE1NXdvcmQ=")])
def test_what_is_secret_goes_to_the_server_and_nowhere_else(
    server: BatchServer, tmp_path: Path, place: str, sent: str
) -> None:
    server.troubles["GET /batches/batch_1"] = [401]
    address = server.url.replace("http://", f"http://{place}")
    with pytest.raises(LLMError) as caught:
        list(OpenAIBatch("small", base_url=address, record=tmp_path / "batches.json", poll=0.02).complete(many(3)))
    assert {headers["authorization"] for headers in server.headers} == {sent}
    told = repr(caught.value) + repr(caught.value.__context__) + (tmp_path / "batches.json").read_text()
    assert KEY not in told
    assert "pa55word" not in told


def test_openai_is_not_asked_without_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LLMError, match="nobody without a key"):
        list(OpenAIBatch("small", record=tmp_path / "batches.json").complete(many(1)))
