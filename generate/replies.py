"""What a model wrote, without what models put around it."""

import re

from generate.rejection import Rejection
from schemas import ChatResponse

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL)
_END_OF_THOUGHT = re.compile(r"\A.*</(?:think|thinking|reasoning)>", re.DOTALL)  # its beginning stood in the prompt


def read_reply(response: ChatResponse) -> str | Rejection:
    """Give the text of an answer without thoughts, or say why there is none."""
    if response.finish_reason == "content_filter":
        return Rejection("filtered", "the server held the answer back")
    text = _END_OF_THOUGHT.sub("", _THOUGHT.sub("", response.text)).strip()
    if text:
        return text
    if response.finish_reason == "length":
        return Rejection("cut_off", "nothing but thoughts before the limit of tokens")
    return Rejection("no_answer", "the model wrote nothing")
