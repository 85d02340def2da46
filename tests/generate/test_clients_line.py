"""What leaves must be what the `openai` package would send."""

import asyncio
import json

import openai
import pytest

from generate.clients.line import Line
from tests.generate.chat_server import ChatServer, Reaction

BODY = {"model": "small", "messages": [{"role": "user", "content": "Größe?"}]}


async def by_line(url: str, count: int = 1) -> list[object]:
    line = Line(url, key="sk-0123")
    try:
        await line.open()
        return [await line.post(json.dumps(BODY).encode()) for _ in range(count)]
    finally:
        await line.close()


async def by_package(url: str) -> object:
    limits = openai.Timeout(None, connect=10.0)
    async with openai.AsyncOpenAI(
        api_key="sk-0123",
        base_url=url,
        max_retries=0,
        timeout=limits,
        http_client=openai.DefaultAioHttpClient(timeout=limits),
    ) as server:
        return await server.post("/chat/completions", cast_to=object, body=BODY)


@pytest.mark.parametrize("query", ["", "?api-version=2024-10-21"])
def test_what_leaves_is_what_the_package_would_send(
    server: ChatServer, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-7")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-8")
    said = asyncio.run(by_line(server.url + query, count=2))
    assert asyncio.run(by_package(server.url + query)) == said[0] == said[1]
    ours, second, theirs = server.headers
    assert ours == second
    length = "content-length"  # the package writes its JSON without blanks
    assert {**ours, length: ""} == {**theirs, length: ""}
    assert ours["authorization"] == "Bearer sk-0123"
    assert ours["openai-organization"] == "org-7"
    assert server.paths[0] == server.paths[1] == server.paths[2]
    assert server.asked == [BODY] * 3


def test_the_draft_never_leaves(server: ChatServer) -> None:
    assert asyncio.run(by_line(server.url, count=0)) == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("body", "said", "code"),
    [
        (
            {"error": {"message": "Too long", "code": "long", "type": "invalid", "param": "messages"}},
            "Too long",
            "long",
        ),
        ({"error": "Too long"}, "Too long", None),
        ({"detail": "Too long"}, "Too long", None),
        (b"<html>Too long</html>", "Too long", None),
        (b'["Too long"]', "Too long", None),
        (b"", "", None),
    ],
)
def test_a_refusal_says_what_the_package_would_say(
    server: ChatServer, body: object, said: str, code: str | None
) -> None:
    server.react = lambda _, number: Reaction(status=422, body=body, headers={"Retry-After": "3"})
    with pytest.raises(openai.APIStatusError) as caught:
        asyncio.run(by_line(server.url))
    with pytest.raises(openai.APIStatusError) as theirs:
        asyncio.run(by_package(server.url))
    assert (caught.value.status_code, caught.value.code) == (422, code)
    for name in ("param", "type", "body"):
        assert getattr(caught.value, name) == getattr(theirs.value, name)
    assert said in str(caught.value.body)
    assert caught.value.response.headers["retry-after"] == "3"


def test_a_cut_connection_is_the_package_s_connection_error(server: ChatServer) -> None:
    server.react = lambda _, number: Reaction(cut=True)
    with pytest.raises(openai.APIConnectionError) as caught:
        asyncio.run(by_line(server.url))
    assert caught.value.__cause__ is not None
