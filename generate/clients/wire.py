"""The JSON of /v1/chat/completions: a request on its way out, a response on its way in."""

import json
from collections.abc import Set as AbstractSet
from typing import Any

from schemas import ChatRequest, ChatResponse


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

    Raises:
        ValueError: It is none.
    """
    try:
        choice, usage = raw["choices"][0], raw.get("usage") or {}
        content = choice["message"].get("content") or ""
        if isinstance(content, list):  # some servers send parts
            content = "".join(part.get("text", "") for part in content)
        return ChatResponse(
            text=str(content),
            finish_reason=str(choice.get("finish_reason") or "stop"),
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
            cached_tokens=int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0),
            model=str(raw.get("model") or ""),
        )
    except (LookupError, TypeError, AttributeError):
        raise ValueError(f"it begins with {str(raw)[:80]!r}") from None
