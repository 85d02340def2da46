"""The lines of a batch's files: requests on their way out, outcomes on their way in."""

import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from generate.clients.faults import redact
from generate.clients.wire import read_response, write_body
from schemas import ChatRequest, ChatResponse, LLMError

ENDPOINT: Final = "/v1/chat/completions"
_UNREACHED = {
    "batch_expired": "the batch expired before its turn came",
    "batch_cancelled": "the batch was cancelled before its turn came",
}
_AGAIN = {408, 409, 425, 429}


class Part(NamedTuple):
    """Requests that fit into one file: their keys and the file's bytes."""

    keys: list[str]
    content: bytes


class Outcome(NamedTuple):
    """What a line says of one request."""

    key: str
    outcome: ChatResponse | LLMError


def parts(
    requests: Mapping[str, ChatRequest],
    *,
    model: str,
    without: AbstractSet[str],
    most_requests: int,
    most_bytes: int,
) -> Iterator[Part]:
    """Write requests, by their keys, into as few files as the server's limits allow, in the order given."""
    keys: list[str] = []
    content = bytearray()
    for key, request in requests.items():
        body = write_body(request, model=model, without=without)
        whole = {"custom_id": key, "method": "POST", "url": ENDPOINT, "body": body}
        line = json.dumps(whole).encode() + b"\n"
        if keys and (len(keys) == most_requests or len(content) + len(line) > most_bytes):
            yield Part(keys, bytes(content))
            keys, content = [], bytearray()
        keys.append(key)
        content += line
    if keys:
        yield Part(keys, bytes(content))


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""Cut a download into its lines: at `\n` alone, for an answer may hold any other sign that ends a line."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line for line in whole if line.strip())
    if rest.strip():
        yield rest


def read_line(line: bytes, *, route: str, secrets: tuple[str, ...]) -> Outcome:
    """Read one line of an output or error file.

    Raises:
        ValueError: It is none.
    """
    raw = json.loads(line)
    try:
        key, response, error = raw["custom_id"], raw.get("response"), raw.get("error")
        if response is not None and response["status_code"] == 200:
            try:
                return Outcome(str(key), read_response(response["body"]))
            except ValueError as trouble:
                what = f"the answer is not a chat completion ({redact(str(trouble), secrets)})"
                return Outcome(str(key), LLMError(what, retryable=True, where=route, mend="Run it again"))
        if response is not None:
            status, body = int(response["status_code"]), response.get("body")
            told = body.get("error", body) if isinstance(body, dict) else body
            said = told.get("message", "") if isinstance(told, dict) else told
            return Outcome(str(key), _failed(f"{status}: {redact(str(said), secrets)}", status=status, route=route))
        code, said = error.get("code"), error.get("message") or ""
    except (LookupError, TypeError, AttributeError):
        raise ValueError(f"it begins with {str(raw)[:80]!r}") from None
    if code in _UNREACHED:
        mend = "Run it again: it is submitted anew, and what is answered is kept"
        return Outcome(str(key), LLMError(_UNREACHED[code], retryable=True, where=route, mend=mend))
    return Outcome(str(key), _failed(f"{code}: {redact(str(said), secrets)}", status=0, route=route))


def _failed(told: str, *, status: int, route: str) -> LLMError:
    again = status in _AGAIN or status >= 500
    mend = "Run it again: what is answered is kept" if again else "Check the model and its settings"
    return LLMError(f"the server failed the request ({told})", retryable=again, where=route, mend=mend)
