"""The JSON of /v1/chat/completions: a request on its way out, a response on its way in."""

import json
import re
from collections.abc import Set as AbstractSet
from typing import Any

from schemas import ChatRequest, ChatResponse

_OPENING = re.compile(r"\s*(<think>|<thinking>|<thought>|<reasoning>|\[THINK\])")


def write_body(request: ChatRequest, *, model: str, without: AbstractSet[str]) -> dict[str, Any]:  # Any: JSON
    """Write a request as the protocol wants it.

    Args:
        request: The request.
        model: Name of the model.
        without: Parameters that the server does not take; `max_tokens` goes by its newer name then.
    """
    body: dict[str, Any] = {  # Any: JSON
        "model": model,
        "messages": [{"role": role, "content": content} for role, content in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed + request.sample,  # samples of one request are to differ
    }
    if request.top_p != 1.0:
        body["top_p"] = request.top_p
    if request.stop:
        body["stop"] = list(request.stop)
    if request.schema:
        schema = {"name": "answer", "strict": True, "schema": json.loads(request.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    for name in sorted(without & body.keys()):
        value = body.pop(name)
        if name == "max_tokens":
            body["max_completion_tokens"] = value
    return body


def read_response(raw: Any) -> ChatResponse:  # Any: JSON from a stranger
    """Read a chat completion.

    What a reasoning model thinks before it answers is left out of the text, wherever the server puts it; its tokens are
    among those written. A model that was stopped while it thought has answered nothing, and that is `length`. Where it
    refuses, or calls a tool, the text is empty too.

    Raises:
        ValueError: It is none.
    """
    try:
        choice, usage = raw["choices"][0], raw.get("usage") or {}
        message = choice["message"]
        text, unfinished = _without_thoughts(_text(message.get("content")))
        finish = str(choice.get("finish_reason") or ("tool_calls" if message.get("tool_calls") else "stop"))
        return ChatResponse(
            text=text,
            finish_reason="length" if unfinished else finish,
            prompt_tokens=_count(usage, "prompt_tokens"),
            completion_tokens=_count(usage, "completion_tokens"),
            cached_tokens=_count(usage.get("prompt_tokens_details") or {}, "cached_tokens"),
            model=str(raw.get("model") or ""),
            refusal=str(message.get("refusal") or ""),
        )
    except (LookupError, TypeError, AttributeError):
        raise ValueError(f"it begins with {str(raw)[:80]!r}") from None


def _text(content: Any) -> str:  # Any: JSON from a stranger
    """Read the content, which some servers send in parts; parts that are no text are thoughts, or pictures."""
    if isinstance(content, list):
        parts = (part if isinstance(part, str) else part.get("text") for part in content)
        return "".join(part for part in parts if isinstance(part, str))
    return "" if content is None else str(content)


def _without_thoughts(text: str) -> tuple[str, bool]:
    """Cut off the thoughts before an answer, and say whether they are all that there is, cut short.

    Many chat templates write the opening tag into the prompt, so that an answer has only the closing one.
    """
    opened = _OPENING.match(text)
    if opened is None:
        before, closed, after = text.partition("</think>")
        return (after.lstrip(), False) if closed and "<think>" not in before else (text, False)
    closing = f"[/{opened[1][1:]}" if opened[1].startswith("[") else f"</{opened[1][1:]}"
    _, closed, after = text[opened.end() :].partition(closing)
    return after.lstrip(), not closed


def _count(numbers: Any, name: str) -> int:  # Any: JSON from a stranger
    """Read a number of tokens; a server that does not count says nothing, or null."""
    number = numbers.get(name)
    return int(number) if isinstance(number, int) and number > 0 else 0
