"""What each format means, one row at a time in plain Python.

`parse` turns the values of a row into turns and a context, `render` turns them back. They define the formats;
`columns.py` does the same for whole columns where the format is simple enough.
"""

import json
from collections.abc import Mapping
from typing import Any

from schemas.formats.layout import Layout

# Values are whatever JSON holds until they have been checked here: every Any in this file is such a value.
Turn = tuple[str, str]
Values = dict[str, Any]

PAIRS: Mapping[str, tuple[str, str]] = {
    "prompt_completion": ("prompt", "completion"),
    "alpaca": ("instruction", "output"),
    "instruction_response": ("instruction", "response"),
    "question_answer": ("question", "answer"),
    "input_output": ("input", "output"),
}
WITH_INPUT = frozenset({"alpaca", "instruction_response"})

_FROM_SHAREGPT = {
    "human": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "observation": "tool",
}
_TO_SHAREGPT = {"user": "human", "assistant": "gpt"}


class UnfitError(Exception):
    """A row does not hold what its format asks for; the message is the reason, without the row."""


def parse(layout: Layout, values: Mapping[str, Any]) -> tuple[list[Turn], str | None]:
    """Read the turns and the context of one row, given its values by role.

    Raises:
        UnfitError: A value has the wrong type.
    """
    context = values.get("context")
    if context is not None and not isinstance(context, str):
        raise UnfitError(f"{layout.named('context')} is {_kind(context)}, not text")
    turns = _system(layout, values)
    if layout.format in {"messages", "example"}:
        return turns + _messages(values.get("messages"), layout.named("messages")), context
    if layout.format == "sharegpt":
        return turns + _conversation(values.get("conversations"), layout.named("conversations")), context
    if layout.format == "text":
        return [*turns, ("assistant", _text(layout, values, "text"))], context
    if layout.format == "prompt_completion" and isinstance(values.get("prompt"), list):
        prompt = _messages(values["prompt"], layout.named("prompt"))
        return turns + prompt + _messages(values.get("completion"), layout.named("completion")), context
    asked, answered = PAIRS[layout.format]
    question, answer = _text(layout, values, asked), _text(layout, values, answered)
    if layout.format in WITH_INPUT and values.get("input") is not None:
        given = _text(layout, values, "input")
        question = f"{question}\n\n{given}" if given else question
        context = given if context is None else context
    return [*turns, ("user", question), ("assistant", answer)], context


def render(name: str, turns: list[Turn], context: str | None) -> Values:
    """Write turns and a context as the values of one row, by role; what is null is left out.

    Raises:
        UnfitError: The format cannot hold them.
    """
    values: Values = {} if context is None else {"context": context}
    if name in {"messages", "example"}:
        return {"messages": as_messages(turns), **values}
    if name == "sharegpt":
        turned = [{"from": _TO_SHAREGPT.get(role, role), "value": content} for role, content in turns]
        return _same({"conversations": turned, **values}, name, turns)
    roles = [role for role, _ in turns]
    if name == "text":
        if roles != ["assistant"]:
            raise UnfitError(f"{_shape(roles)}, but text holds one assistant turn")
        return {"text": turns[0][1], **values}
    if roles != ["user", "assistant"]:
        if name == "prompt_completion":
            return split_conversation(turns, context)
        raise UnfitError(f"{_shape(roles)}, but {name} holds one user turn and its answer")
    asked, answered = PAIRS[name]
    question, answer = turns[0][1], turns[1][1]
    if name != "alpaca":
        return {asked: question, answered: answer, **values}
    if context and not question.endswith("\n\n" + context):
        return {"instruction": question, "input": "", "output": answer, "context": context}
    given = {} if context is None else {"input": context}
    return {"instruction": question[: -len(context) - 2] if context else question, **given, "output": answer}


def split_conversation(turns: list[Turn], context: str | None) -> Values:
    """Write turns as a conversational prompt and its completion, the last assistant turn.

    Raises:
        UnfitError: The last turn is not the assistant's, or nothing stands in front of it.
    """
    if len(turns) < 2 or turns[-1][0] != "assistant":
        shape = _shape([role for role, _ in turns])
        raise UnfitError(f"{shape}, but prompt_completion ends with an assistant turn that answers others")
    held = {} if context is None else {"context": context}
    return {"prompt": as_messages(turns[:-1]), "completion": as_messages(turns[-1:]), **held}


def as_messages(turns: list[Turn]) -> list[dict[str, str]]:
    """Write turns in the OpenAI chat shape."""
    return [{"role": role, "content": content} for role, content in turns]


def without_nulls(value: Any) -> Any:
    """Leave out the keys whose value is null, at every depth: a missing key and a null say the same."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def _same(values: Values, name: str, turns: list[Turn]) -> Values:
    """Refuse roles that would come back as others."""
    for each, (role, _) in zip(values["conversations"], turns, strict=True):
        if _role(each["from"]) != role:
            raise UnfitError(f"it has a turn of the role {role}, which {name} would read as {_role(each['from'])}")
    return values


def _role(sharegpt: str) -> str:
    return _FROM_SHAREGPT.get(sharegpt, sharegpt)


def _system(layout: Layout, values: Mapping[str, Any]) -> list[Turn]:
    """Take the column `system` as the first turn, where it holds one; formats without it never carry the key."""
    if values.get("system") is None:
        return []
    text = _text(layout, values, "system")
    return [("system", text)] if text else []


def _text(layout: Layout, values: Mapping[str, Any], role: str) -> str:
    value = values.get(role)
    if isinstance(value, str):
        return value
    raise UnfitError(f"{layout.named(role)} is {_kind(value)}, not text")


def _turns(value: Any, column: str) -> list[Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise UnfitError(f"{column} is text, not a list of messages") from None
    if not isinstance(value, list):
        raise UnfitError(f"{column} is {_kind(value)}, not a list of messages")
    if not value:
        raise UnfitError(f"{column} is an empty list")
    return value


def _messages(value: Any, column: str) -> list[Turn]:
    turns = []
    for number, message in enumerate(_turns(value, column), start=1):
        if not isinstance(message, dict):
            raise UnfitError(f"{column}: message {number} is {_kind(message)}, not an object")
        role = message.get("role")
        if not isinstance(role, str) or not role:
            raise UnfitError(f"{column}: message {number} has no role")
        turns.append((role, _content(message, f"{column}: message {number}")))
    return turns


def _content(message: dict[str, Any], where: str) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if content is None:
        if message.get("tool_calls") or message.get("function_call"):
            return ""
        raise UnfitError(f"{where} has no content")
    if not isinstance(content, list):
        raise UnfitError(f"{where}: content is {_kind(content)}, not text")
    texts = []
    for part in content:
        kind = part.get("type", "text") if isinstance(part, dict) else None
        text = part.get("text") if kind == "text" else None
        if not isinstance(text, str):
            named = f"a part of the type {kind}" if isinstance(kind, str) and kind != "text" else "a part without text"
            raise UnfitError(f"{where} holds {named}")
        texts.append(text)
    return "".join(texts)


def _conversation(value: Any, column: str) -> list[Turn]:
    turns = []
    for number, turn in enumerate(_turns(value, column), start=1):
        if not isinstance(turn, dict):
            raise UnfitError(f"{column}: turn {number} is {_kind(turn)}, not an object")
        role, content = turn.get("from"), turn.get("value")
        if not isinstance(role, str) or not role:
            raise UnfitError(f"{column}: turn {number} has no from")
        if not isinstance(content, str):
            raise UnfitError(f"{column}: turn {number}: value is {_kind(content)}, not text")
        turns.append((_role(role), content))
    return turns


def _kind(value: Any) -> str:
    """Name the type of a JSON value."""
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return "null" if value is None else names.get(type(value), type(value).__name__)


def _shape(roles: list[str]) -> str:
    shown = ", ".join(roles[:6]) + (", ..." if len(roles) > 6 else "")
    return f"its turns are {shown}" if len(roles) > 1 else f"its only turn is {shown}"
