"""What a model wrote, without what models put around it."""

import re

from generate.rejection import Rejection
from schemas import ChatResponse

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL)
_END_OF_THOUGHT = re.compile(r"\A.*</(?:think|thinking|reasoning)>", re.DOTALL)  # its beginning stood in the prompt
_LEAD = re.compile(
    r"^(?:[-*>#\s]+|\d+[.)]\s+|\W*(?:question|request|q)(?:\s*\d+)?\W*:\W*)+",
    re.IGNORECASE,
)
WRAP = "\"'`*_“”‘’«» "  # noqa: RUF001 - the signs are meant


def read_reply(response: ChatResponse) -> str | Rejection:
    """Give the text of an answer without thoughts, or say why there is none."""
    if response.refusal:
        return Rejection("refused", response.refusal[:200])
    if response.finish_reason == "content_filter":
        return Rejection("filtered", "the server held the answer back")
    text = _END_OF_THOUGHT.sub("", _THOUGHT.sub("", response.text)).strip()
    if text:
        return text
    if response.finish_reason == "length":
        return Rejection("cut_off", "nothing but thoughts before the limit of tokens")
    return Rejection("no_answer", "the model wrote nothing")


def first_line(text: str) -> str:
    """Give the first line of an answer without its mark, number or label; empty where there is none."""
    lines = text.splitlines()
    line = _LEAD.sub("", lines[0]) if lines else ""
    if not line and len(lines) > 1:  # "Question:" on a line of its own
        line = next((_LEAD.sub("", later) for later in lines[1:] if later.strip()), "")
    return line
