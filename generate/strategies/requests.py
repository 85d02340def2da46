"""What people ask an assistant that it should not answer: by topic, written by us or, about the topic, by a model."""

import re
from typing import NamedTuple

from generate.brief import Brief
from generate.grounding import check_form
from generate.rejection import Rejection
from generate.replies import WRAP, first_line, read_reply
from generate.strategies.lists import read_lists
from schemas import ChatResponse, InputError

_REFUSED = re.compile(
    r"^\W*(?:(?:i'?m|i am) (?:very |really |so )?sorry|sorry\b|i (?:can(?:'t|not)|won't|will not)"
    r"|i(?:'m| am) (?:unable|not able|not comfortable|just an)|as an? (?:ai|assistant|language model)|no, i\b"
    r"|unfortunately\b)",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"^\W*(?:sure|of course|certainly|okay|here(?:'s| is| are)|the (?:request|person|user)\b)", re.IGNORECASE
)


class Topic(NamedTuple):
    """Something that people ask about.

    Attributes:
        group: Group that it belongs to; refusals are worded by it.
        name: What it is, in a few words.
        requests: What somebody says who asks about it, written by hand.
    """

    group: str
    name: str
    requests: tuple[str, ...]


def topics(brief: Brief, kind: str) -> list[Topic]:
    """List the topics of a kind, out of the prompt `requests`.

    Raises:
        InputError: One has no request, or stands there twice.
    """
    found: dict[str, Topic] = {}
    for group, entries in read_lists(brief, "requests", kind=kind).items():
        for entry in entries:
            name, *requests = (part.strip() for part in entry.split("|"))
            where = f"{brief.prompt('requests').path}, {kind}"
            if not name or not requests or not all(requests):
                mend = "Write it as in: cooking | How do I keep a risotto creamy?"
                raise InputError(f"{entry[:60]!r} names no topic with a request", where=where, mend=mend)
            if name in found:
                raise InputError(f"the topic {name!r} stands there twice", where=where, mend="Name it once")
            found[name] = Topic(group, name, tuple(requests))
    return list(found.values())


def read_request(response: ChatResponse) -> str | Rejection:
    """Take the request out of an answer, or say why there is none: models often refuse to write unsafe ones."""
    text = read_reply(response)
    if isinstance(text, Rejection):
        return text
    line = " ".join(first_line(text).strip(WRAP).split())
    plain = line.replace("\u2019", "'")
    if _REFUSED.search(plain):
        return Rejection("model_refused", line[:120])
    if response.finish_reason == "length" and "\n" not in text:
        return Rejection("cut_off", line[-120:])
    if _TALK.search(plain):
        return Rejection("no_request", line[:120])
    return check_form(line, task=True) or line
