"""Answers in JSON, from servers that can be held to a schema and from models that cannot.

A ladder: the JSON as it stands, the items that are whole in a list that broke off, labelled lines in place of JSON,
JSON that can be mended (`json-repair`), and last one further turn that says what was wrong. Nothing is guessed: a field
that is missing stays missing.
"""

import json
import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, NamedTuple

from generate.brief import Brief
from generate.rejection import Rejection
from generate.replies import read_reply
from generate.strategies.labelled import read_labelled
from generate.strategies.strategy import ToJudge, or_else
from schemas import ChatRequest, ChatResponse

_FENCE = re.compile(r"```[\w-]*\s*\n(.*?)(?:```|\Z)", re.DOTALL)
_MOST_CHARACTERS = 200_000  # of an answer that are read


class Items(NamedTuple):
    """What an answer holds.

    Attributes:
        found: Its items, each with text under every field that is asked for, as strings without white space around.
        broken: How many more there were without that.
        response: The answer that they were read from.
    """

    found: list[dict[str, str]]
    broken: int
    response: ChatResponse


def schema_of(fields: Mapping[str, str], *, least: int = 1, most: int = 1) -> str:
    """Write the JSON schema of an answer: an object with `items`, each an object with these text fields.

    Args:
        fields: Names of the fields, in the order in which they are to be written, each with what it is to hold.
        least: Fewest items.
        most: Most items.
    """
    items = {"type": "array", "items": _object(fields), "minItems": least, "maxItems": most}
    return json.dumps(_closed({"items": items}))


def schema_of_one(fields: Mapping[str, str]) -> str:
    """Write the JSON schema of an answer that is one object with these text fields."""
    return json.dumps(_object(fields))


def _object(fields: Mapping[str, str]) -> dict[str, object]:
    return _closed({name: {"type": "string", "description": told} for name, told in fields.items()})


def _closed(properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def ask_items(
    request: ChatRequest, fields: Sequence[str], brief: Brief, *, may_be_empty: Sequence[str] = ()
) -> Generator[ChatRequest | ToJudge, ChatResponse, Items | tuple[Rejection, ChatResponse]]:
    """Ask for items, and once more where none can be read: for `yield from` inside a strategy.

    Args:
        request: The request.
        fields: Fields that an item must have.
        brief: The run's.
        may_be_empty: Further fields, which may be empty or missing.

    Returns:
        The items, or why there are none with the last answer.
    """
    response = yield request
    items = read_items(response, fields, may_be_empty=may_be_empty)
    if isinstance(items, Rejection) and items.reason == "no_json":
        response = yield from or_else(one(brief.again(request, response, items)), response)
        items = read_items(response, fields, may_be_empty=may_be_empty)
    if isinstance(items, Rejection):
        return items, response
    return items


def one(request: ChatRequest) -> Generator[ChatRequest | ToJudge, ChatResponse, ChatResponse]:
    """Ask one request."""
    return (yield request)


def read_items(response: ChatResponse, fields: Sequence[str], *, may_be_empty: Sequence[str] = ()) -> Items | Rejection:
    """Read the items of an answer; what is no item is counted, and an answer without any is rejected.

    Args:
        response: The answer.
        fields: Fields that an item must have.
        may_be_empty: Further fields, which are empty where an item has none.
    """
    text = read_reply(response)
    if isinstance(text, Rejection):
        return text
    values = _values(text[:_MOST_CHARACTERS], fields, broken_off=response.finish_reason == "length")
    whole = [_texts(value, fields, may_be_empty) for value in values]
    found = [item for item in whole if item is not None]
    if found:
        return Items(found, len(whole) - len(found), response)
    return _unreadable(text, fields, cut_off=response.finish_reason == "length")


def _unreadable(text: str, fields: Sequence[str], *, cut_off: bool) -> Rejection:
    if cut_off:
        return Rejection("cut_off", "the answer ended at the limit of tokens before its first item was whole")
    return Rejection("no_json", f"no JSON object with the fields {', '.join(fields)}: {text[:120]}")


def read_objects(response: ChatResponse, fields: Sequence[str]) -> list[dict[str, Any]] | Rejection:  # Any: JSON
    """Read the JSON objects of an answer that have these fields, of whatever kinds."""
    text = read_reply(response)
    if isinstance(text, Rejection):
        return text
    cut_off = response.finish_reason == "length"
    values = _values(text[:_MOST_CHARACTERS], fields, broken_off=cut_off)
    found = [value for value in values if isinstance(value, dict) and all(name in value for name in fields)]
    return found or _unreadable(text, fields, cut_off=cut_off)


def _texts(value: object, fields: Sequence[str], may_be_empty: Sequence[str]) -> dict[str, str] | None:
    """Take the fields of one item; None where one is missing or no text."""
    if not isinstance(value, dict):
        return None
    lowered = {str(key).strip().lower(): held for key, held in value.items()}
    item = {}
    for name in (*fields, *may_be_empty):
        held = lowered.get(name)
        if isinstance(held, list) and held and all(isinstance(part, str) for part in held):
            held = "\n".join(held)
        if isinstance(held, int | float) and not isinstance(held, bool):
            held = str(held)
        if name in may_be_empty and (held is None or held == []):
            held = ""
        if not isinstance(held, str) or not (held.strip() or name in may_be_empty):
            return None
        item[name] = held.strip()
    return item


def _values(text: str, fields: Sequence[str], *, broken_off: bool) -> list[object]:
    """List the objects in a text that may be JSON, and may stand in a fence; half an object is none."""
    fenced = _FENCE.search(text)
    for candidate in (text, *([fenced.group(1)] if fenced else [])):
        try:
            return _listed(json.loads(candidate, strict=False))
        except (ValueError, RecursionError):
            continue
    labelled = read_labelled(text, fields)
    if labelled and broken_off:
        labelled[-1].popitem()  # half a text
    if any(all(item.get(name) for name in fields) for item in labelled):
        return [*labelled]
    body = fenced.group(1) if fenced else text
    whole = _whole_objects(body)
    return whole or ([] if broken_off else _mended(body))


def _whole_objects(text: str) -> list[object]:
    """List the innermost objects that are whole: single items of a list that broke off."""
    decoder = json.JSONDecoder(strict=False)
    found: list[object] = []
    place = text.find("{")
    while place >= 0:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            place = text.find("{", place + 1)
            continue
        found += _listed(value)
        place = text.find("{", end)
    return found


def _mended(text: str) -> list[object]:
    """Mend JSON with missing quotes, commas and brackets."""
    start = min((place for place in (text.find("{"), text.find("[")) if place >= 0), default=-1)
    if start < 0:
        return []
    import json_repair

    try:
        value: Any = json_repair.loads(text[start:])  # Any: what JSON holds
    except (ValueError, RecursionError):
        return []
    return _listed(value)


def _listed(value: object) -> list[object]:
    """Give the items of an answer: of a list, of the list in an object, or the object itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = [held for held in value.values() if isinstance(held, list)]
        nested = next((held for held in lists if any(isinstance(item, dict) for item in held)), None)
        return [value] if nested is None else nested
    return []
