import gc
import logging
import queue
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from generate.clients import OpenAICompatible
from generate.clients.faults import public_address, redact, wait_of
from generate.clients.flight import _Flight, backoff
from schemas import Answer, ChatRequest, ChatResponse, InputError, LLMError, Message
from tests.generate.chat_server import ChatServer, Reaction, completion

KEY = "sk-verysecret0123456789abcdef"


def ask(text: str = "Hello", **more: Any) -> ChatRequest:
    return ChatRequest(messages=(Message("user", text),), max_tokens=10, **more)


def many(count: int) -> list[ChatRequest]:
    return [ask(str(number)) for number in range(count)]


def client(server: ChatServer, **more: Any) -> OpenAICompatible:
    return OpenAICompatible("small", base_url=server.url, **more)


def outcomes(answers: Iterator[Answer]) -> dict[int, ChatResponse | LLMError]:
    found: dict[int, ChatResponse | LLMError] = {}
    for position, outcome in answers:
        assert position not in found
        found[position] = outcome
    return found


def error_of(server: ChatServer, **more: Any) -> LLMError:
    (outcome,) = outcomes(client(server, **more).complete([ask()])).values()
    assert isinstance(outcome, LLMError)
    return outcome


def raised_by(server: ChatServer, requests: list[ChatRequest] | None = None, **more: Any) -> LLMError:
    with pytest.raises(LLMError) as caught:
        outcomes(client(server, **more).complete(requests or [ask()]))
    return caught.value


def test_an_answer_is_read_whole(server: ChatServer) -> None:
    ((position, response),) = client(server).complete([ask()])
    assert position == 0
    assert response == ChatResponse(
        text="How long does the battery last?",
        finish_reason="stop",
        prompt_tokens=30,
        completion_tokens=8,
        cached_tokens=16,
        model="small-0624",
    )


def test_the_request_says_what_was_asked_for(server: ChatServer) -> None:
    request = ChatRequest(
        messages=(Message("system", "Be short."), Message("user", "Größe?")),
        max_tokens=7,
        temperature=0.5,
        top_p=0.9,
        seed=3,
        sample=2,
        stop=("\n",),
        schema='{"type": "object"}',
    )
    list(client(server).complete([request, ask()]))
    first, second = sorted(server.asked, key=len, reverse=True)
    assert first == {
        "model": "small",
        "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Größe?"}],
        "max_tokens": 7,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 5,
        "stop": ["\n"],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": {"type": "object"}},
        },
    }
    assert second == {
        "model": "small",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": 10,
        "temperature": 0.0,
        "seed": 0,
    }


def test_further_fields_go_with_every_request_and_make_another_route(server: ChatServer) -> None:
    quiet = {"chat_template_kwargs": {"enable_thinking": False}}
    asker = client(server, extra_body=quiet)
    list(asker.complete([ask()]))
    assert server.asked[0]["chat_template_kwargs"] == {"enable_thinking": False}
    assert server.asked[0]["messages"] == [{"role": "user", "content": "Hello"}]
    assert asker.route == f'{server.url}#{{"chat_template_kwargs": {{"enable_thinking": false}}}}'
    assert client(server).route == server.url


def test_no_requests_ask_nobody(server: ChatServer) -> None:
    assert list(client(server).complete([])) == []
    assert server.asked == []


def test_the_window_is_full_and_never_over_full(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=0.05)
    found = outcomes(client(server, concurrency=8).complete(many(40)))
    assert sorted(found) == list(range(40))
    assert server.most == 8


def test_answers_come_as_they_arrive(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=0.5 if body["messages"][0]["content"] == "0" else 0.0)
    order = [position for position, _ in client(server, concurrency=4).complete(many(6))]
    assert order[-1] == 0


def test_a_slow_caller_has_no_more_than_the_window_waiting(server: ChatServer) -> None:
    answers = client(server, concurrency=4).complete(many(30))
    next(answers)
    time.sleep(0.3)
    assert len(server.asked) <= 4
    assert len(outcomes(answers)) == 29


def test_too_many_requests_delays_only_its_own(server: ChatServer) -> None:
    server.react = lambda body, number: (
        Reaction(status=429, headers={"Retry-After": "3"}, body={"error": {"message": "slow"}})
        if number == 1
        else Reaction()
    )
    *_, (last, _) = client(server, concurrency=2).complete(many(20))
    texts = [body["messages"][0]["content"] for body in server.asked]
    assert texts[0] == texts[-1] == str(last)
    assert len(texts) == 21
    assert server.times[-1] - server.times[0] >= 3.0


def test_rate_limits_do_not_use_up_the_retries_while_others_are_answered(server: ChatServer) -> None:
    seen: dict[str, int] = {}

    def react(body: dict[str, Any], number: int) -> Reaction:
        text = body["messages"][0]["content"]
        seen[text] = seen.get(text, 0) + 1
        limited = text == "0" and seen[text] <= 4
        return Reaction(status=429, headers={"retry-after-ms": "50"}) if limited else Reaction(delay=0.02)

    server.react = react
    found = outcomes(client(server, concurrency=2, max_retries=1).complete(many(60)))
    assert all(isinstance(outcome, ChatResponse) for outcome in found.values())
    assert seen["0"] == 5


@pytest.mark.parametrize(
    "fault",
    [
        Reaction(status=500, body={"error": {"message": "boom"}}),
        Reaction(status=503, body=b"<html>busy</html>", headers={"Content-Type": "text/html"}),
        Reaction(cut=True),
        Reaction(body={"object": "nothing"}),
        Reaction(body=b"<html>Log in</html>", headers={"Content-Type": "text/html"}),
        Reaction(body=b'{"choices": [', headers={"Content-Type": "application/json"}),
        Reaction(body={"choices": []}),
        Reaction(body=b"[" * 100_000),
        Reaction(status=429, body={"error": {"message": "busy", "code": ["busy"], "type": ["busy"]}}),
    ],
    ids=["500", "503 HTML", "cut", "no completion", "login page", "broken JSON", "no choice", "brackets", "odd codes"],
)
def test_what_may_pass_is_tried_again(server: ChatServer, fault: Reaction) -> None:
    server.react = lambda body, number: fault if number == 1 else Reaction()
    (outcome,) = outcomes(client(server).complete([ask()])).values()
    assert isinstance(outcome, ChatResponse)
    assert len(server.asked) == 2


def test_retries_wait_longer_each_time_and_end(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(status=500, body={"error": {"message": "boom"}})
    error = error_of(server, max_retries=2)
    assert error.retryable
    assert str(error).startswith(f"{server.url}: the server failed (500: boom).")
    assert len(server.asked) == 3
    first, second = (later - earlier for earlier, later in zip(server.times, server.times[1:], strict=False))
    assert first >= 0.25  # half a second, half to one and a half times; a busy machine takes longer
    assert second >= 0.5


@pytest.mark.parametrize("when", ["0", "Wed, 21 Oct 2015 07:28:00 GMT"], ids=["no time", "a time gone by"])
def test_a_server_that_names_no_time_to_wait_is_given_some(server: ChatServer, when: str) -> None:
    server.react = lambda body, number: Reaction(status=429, headers={"Retry-After": when})
    assert error_of(server, max_retries=1).retryable
    assert server.times[1] - server.times[0] >= 0.25


@pytest.mark.parametrize(
    ("failures", "asked", "low", "high"),
    [(0, 0.0, 0, 0), (0, 1.0, 1, 1.05), (1, 0.0, 0.25, 0.75), (1, 1.0, 1, 1.05), (4, 1.0, 2, 6), (0, None, 30, 90)],
    ids=["full for a moment", "a second", "nobody answered", "a second, nobody answered", "again and again", "no word"],
)
def test_a_pause_is_what_the_server_asks_for_where_it_answers_others(
    failures: int, asked: float | None, low: float, high: float
) -> None:
    flight: Any = SimpleNamespace(server=SimpleNamespace(route="http://here/v1", model="small"))
    error = LLMError("slow down", retryable=True, retry_after=asked)
    assert low <= _Flight.pause(flight, many(1)[0], 8, failures, error) <= high


def test_pauses_grow_to_a_minute_however_often_a_request_was_put_off() -> None:
    assert [backoff(tries) for tries in (1, 2, 7, 8, 5000)] == [0.5, 1.0, 32.0, 60.0, 60.0]


def test_a_server_that_hangs_is_given_up_after_the_timeout(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=30)
    assert "no answer in time" in str(error_of(server, timeout=0.3, max_retries=1))
    assert len(server.asked) == 2


def test_a_request_that_took_too_long_is_given_more_time(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=1.5)
    (outcome,) = outcomes(client(server, timeout=0.5).complete([ask()])).values()
    assert isinstance(outcome, ChatResponse)
    assert len(server.asked) == 3  # half a second, one, two


def test_a_request_that_always_takes_too_long_is_given_up(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=30)
    assert "no answer in time" in str(error_of(server, timeout=0.1))
    assert len(server.asked) == 3


def test_one_failed_request_stops_none_of_the_others(server: ChatServer) -> None:
    def react(body: dict[str, Any], number: int) -> Reaction:
        if body["messages"][0]["content"] == "3":
            return Reaction(status=400, body={"error": {"message": "too long for the context"}})
        return Reaction()

    server.react = react
    found = outcomes(client(server).complete(many(20)))
    bad = [position for position, outcome in found.items() if isinstance(outcome, LLMError)]
    assert bad == [3]
    assert "the server refused the request (400: too long for the context)" in str(found[3])
    assert len(server.asked) == 20


def test_a_server_that_refuses_everything_ends_the_run(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(status=400, body={"error": {"message": "no such setting"}})
    error = raised_by(server, many(500))
    assert "all of the first 10 requests were refused" in str(error)
    assert "no such setting" in str(error)
    assert len(server.asked) < 60


def test_a_wrong_key_ends_the_run_and_is_told_nowhere(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    said = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}
    server.react = lambda body, number: Reaction(status=401, body=said)
    caplog.set_level(logging.DEBUG)
    asker = client(server)
    with pytest.raises(LLMError) as caught:
        outcomes(asker.complete(many(50)))
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(asker) + caplog.text
    assert KEY not in told
    assert not caught.value.retryable
    assert "Set OPENAI_API_KEY" in str(caught.value)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [400, 403, 429, 500])
def test_a_key_that_a_server_repeats_is_blotted_out(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "my-own-secret")
    server.react = lambda body, number: Reaction(status=status, body={"error": {"message": "key my-own-secret is odd"}})
    error = raised_by(server) if status == 403 else error_of(server, max_retries=0)
    assert "key [key] is odd" in str(error)


def test_a_model_that_is_not_there_is_told_with_those_that_are(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(status=404, body={"error": {"message": "no model"}})
    error = raised_by(server, many(30))
    assert "no model 'small' there" not in str(error)  # it is in the list, so the address is wrong
    server.models = ["a", "b"]
    assert "no model 'small' there. It has: a, b" in str(raised_by(server, many(30)))
    server.models = None
    assert "usually ends in /v1" in str(raised_by(server, many(30)))


def test_no_credit_ends_the_run(server: ChatServer) -> None:
    said = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
    server.react = lambda body, number: Reaction(status=429, body=said)
    assert "no credit left" in str(raised_by(server, many(30)))


def test_a_very_long_wait_ends_the_run(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(status=429, headers={"Retry-After": "7200"})
    error = raised_by(server, many(30))
    assert "asks to wait 120 minutes" in str(error)
    assert error.retry_after == 7200


def test_no_server_at_all_ends_the_run_after_ten_failures(server: ChatServer) -> None:
    address = server.url
    server.stop()
    with pytest.raises(LLMError, match="gave up after 10 failures in a row: no connection to the server") as caught:
        outcomes(OpenAICompatible("small", base_url=address, concurrency=4).complete(many(30)))
    assert "OPENAI_BASE_URL" in str(caught.value)


def test_a_server_that_dies_while_it_answers_is_waited_for(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(cut=True) if 20 <= number < 52 else Reaction(delay=0.01)
    found = outcomes(client(server, concurrency=16).complete(many(60)))
    assert sum(isinstance(outcome, ChatResponse) for outcome in found.values()) == 60


@pytest.mark.parametrize(
    ("said", "param", "gone", "instead"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model.",
            "max_tokens",
            "max_tokens",
            "max_completion_tokens",
        ),
        ("Unsupported value: 'temperature' does not support 0 with this model.", "temperature", "temperature", None),
        (
            "[{'type': 'extra_forbidden', 'loc': ['body', 'seed'], 'msg': 'Extra inputs are not permitted'}]",
            None,
            "seed",
            None,
        ),
    ],
    ids=["max_tokens", "temperature", "seed"],
)
def test_a_parameter_that_a_server_does_not_take_is_left_out(
    server: ChatServer, said: str, param: str | None, gone: str, instead: str | None
) -> None:
    def react(body: dict[str, Any], number: int) -> Reaction:
        if gone in body:
            return Reaction(status=400, body={"error": {"message": said, "param": param}})
        return Reaction()

    server.react = react
    found = outcomes(client(server, concurrency=2).complete(many(8)))
    assert all(isinstance(outcome, ChatResponse) for outcome in found.values())
    assert len(server.asked) <= 8 + 2
    assert instead is None or instead in server.asked[-1]


def test_closing_cancels_what_is_in_flight(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=0.0 if number == 1 else 20)
    answers = client(server, concurrency=4).complete(many(100))
    next(answers)
    begun = time.monotonic()
    answers.close()
    assert time.monotonic() - begun < 2
    assert not busy()
    time.sleep(0.2)
    assert len(server.asked) <= 6  # four in flight, one answered, one that took its place


def busy() -> list[str]:
    names = ("gristmill-client", "gristmill-requests")
    return [thread.name for thread in threading.enumerate() if thread.name in names]


def test_answers_that_nobody_holds_any_more_are_cancelled(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(delay=0.0 if number == 1 else 20)
    answers = client(server, concurrency=4).complete(many(100))
    next(answers)
    del answers
    gc.collect()
    assert not busy()


def test_requests_are_read_only_as_there_is_room(server: ChatServer) -> None:
    read: list[int] = []

    def requests() -> Iterator[ChatRequest]:
        for number in range(50):
            read.append(number)
            yield ask(str(number))

    answers = client(server, concurrency=4).complete(requests())
    assert read == []
    next(answers)
    time.sleep(0.3)
    assert len(read) <= 4
    assert len(outcomes(answers)) == 49


@pytest.mark.parametrize("places", [1, 4])
def test_requests_may_be_called_for_by_the_answers_before(server: ChatServer, places: int) -> None:
    server.react = lambda body, number: Reaction(status=500) if number == 3 else Reaction()
    feed: queue.SimpleQueue[ChatRequest | None] = queue.SimpleQueue()
    feed.put(ask("0"))
    count = 0
    for position, outcome in client(server, concurrency=places).complete(iter(feed.get, None)):
        assert position == count
        assert isinstance(outcome, ChatResponse)
        count += 1
        feed.put(ask(str(count)) if count < 10 else None)
    assert count == 10
    assert len(server.asked) == 11


def test_a_failure_to_read_the_requests_is_raised(server: ChatServer) -> None:
    def requests() -> Iterator[ChatRequest]:
        yield from many(3)
        raise InputError("no more paper")

    with pytest.raises(InputError, match="no more paper"):
        outcomes(client(server).complete(requests()))
    assert not busy()


def test_closing_does_not_wait_for_requests_that_never_come(server: ChatServer) -> None:
    feed: queue.SimpleQueue[ChatRequest | None] = queue.SimpleQueue()
    feed.put(ask())
    answers = client(server, concurrency=2).complete(iter(feed.get, None))
    next(answers)
    begun = time.monotonic()
    answers.close()
    assert time.monotonic() - begun < 3
    feed.put(None)


def test_all_that_has_arrived_can_be_taken_at_once(server: ChatServer) -> None:
    answers = client(server, concurrency=8).complete(many(20))
    sizes = []
    while (given := answers.take(wait=True)) is not None:
        sizes.append(len(given))
        time.sleep(0.1)
    assert sum(sizes) == 20
    assert 1 < max(sizes) <= 8
    assert answers.take(wait=True) is None
    assert list(answers) == []


def test_a_connection_that_is_cut_is_not_told_as_a_timeout(server: ChatServer) -> None:
    server.react = lambda body, number: Reaction(cut=True)
    assert "no connection to the server" in str(error_of(server, max_retries=0))


def test_what_is_no_http_is_a_failed_connection(server: ChatServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"\x00\x01 nothing that you know\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        (outcome,) = outcomes(OpenAICompatible("small", base_url=address, max_retries=1).complete([ask()])).values()
        listener.shutdown(socket.SHUT_RDWR)
    assert isinstance(outcome, LLMError)
    assert outcome.retryable


@pytest.mark.parametrize(
    ("message", "finish", "text", "told", "refusal"),
    [
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "stop", "ab", "stop", ""),
        ({"content": None}, "content_filter", "", "content_filter", ""),
        ({"content": "<think>Hm.</think>Why?"}, "stop", "Why?", "stop", ""),
        ({"content": "<think>Hm."}, "length", "", "length", ""),
        ({"content": "Why?", "reasoning_content": "Hm."}, "stop", "Why?", "stop", ""),
        ({"content": None, "refusal": "I cannot."}, "stop", "", "stop", "I cannot."),
    ],
    ids=["parts", "filtered", "thoughts", "unfinished thoughts", "thoughts beside", "refusal"],
)
def test_unusual_messages_are_answers_too(
    server: ChatServer, message: dict[str, Any], finish: str, text: str, told: str, refusal: str
) -> None:
    body = completion("")
    body["choices"][0] |= {"message": {"role": "assistant", **message}, "finish_reason": finish}
    body["usage"] = None
    server.react = lambda asked, number: Reaction(body=body)
    ((_, outcome),) = client(server).complete([ask()])
    assert isinstance(outcome, ChatResponse)
    assert (outcome.text, outcome.finish_reason, outcome.refusal, outcome.prompt_tokens) == (text, told, refusal, 0)


def test_a_local_server_needs_no_key(server: ChatServer) -> None:
    list(client(server).complete([ask()]))
    assert server.headers[0]["authorization"] == "Bearer none"


def test_openai_itself_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(LLMError, match="Set OPENAI_API_KEY"):
        list(OpenAICompatible("gpt").complete([ask()]))


def test_a_key_with_odd_signs_is_refused_before_it_is_sent(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "schlüssel")
    with pytest.raises(LLMError, match="holds signs that no key has"):
        list(client(server).complete([ask()]))


def test_the_address_comes_from_the_environment_and_is_shown_without_secrets(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url.replace("127.0.0.1", "me:pass@127.0.0.1"))
    asker = OpenAICompatible("small")
    assert asker.route == server.url
    assert "pass" not in repr(asker)
    assert len(list(asker.complete([ask()]))) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"concurrency": 0},
        {"concurrency": 1001},
        {"timeout": 0},
        {"max_retries": -1},
        {"base_url": "localhost:8000"},
        {"base_url": "http://"},
        {"base_url": "http://[::1/v1"},
        {"base_url": "http://host:99999/v1"},
        {"extra_body": {"a": {1}}},
    ],
    ids=[
        "no requests",
        "too many",
        "no time",
        "negative",
        "no scheme",
        "no host",
        "half a bracket",
        "no port",
        "no JSON",
    ],
)
def test_wrong_settings_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        OpenAICompatible("small", **more)


def test_what_is_no_address_is_told_without_its_password() -> None:
    with pytest.raises(InputError) as caught:
        OpenAICompatible("small", base_url="http://me:secret@[::1/v1?token=hidden")
    assert "[::1/v1" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_a_password_in_the_address_is_sent_instead_of_the_key(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    address = server.url.replace("//", "//me:p%40ss@")
    answers = outcomes(OpenAICompatible("small", base_url=address).complete(many(2)))
    assert all(isinstance(outcome, ChatResponse) for outcome in answers.values())
    assert {headers["authorization"] for headers in server.headers} == {"Basic bWU6cEBzcw=="}  # me:p@ss


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@host:8443/v1/?key=1#x", "https://host:8443/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("http://p@ss:w@host/v1", "http://host/v1"),
    ],
    ids=["all", "IPv6", "at sign"],
)
def test_credentials_and_query_are_stripped(url: str, shown: str) -> None:
    assert public_address(url) == shown


def test_redaction_also_covers_what_only_looks_like_a_key() -> None:
    assert redact("Incorrect key sk-proj-****abcd given.\n Bad.", ("",)[1:]) == "Incorrect key [key] given. Bad"
    assert len(redact("x" * 5000, ())) == 301


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
    ids=["seconds", "fraction", "milliseconds", "date gone by", "words", "negative", "none"],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_of(headers) == seconds
