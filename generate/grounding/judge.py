"""The second judge: another model, which sees the passage itself and says whether it bears out the answer.

It is optional and comes last, after the checks that cost nothing. What it must not see is who wrote the answer.
"""

import json
import re
from itertools import islice
from typing import Any, NamedTuple

from generate.candidates import Candidate
from generate.prompt import Prompt
from generate.rejection import Rejection
from generate.replies import read_reply
from schemas import ChatRequest, ChatResponse

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "supported": {"type": "boolean"},
            "answers_question": {"type": "boolean"},
        },
        "required": ["reason", "supported", "answers_question"],
        "additionalProperties": False,
    },
    sort_keys=True,
)
_FIELD = r"[\"']?{}[\"']?\s*[:=]\s*[\"']?(true|false|yes|no)\b"
_SUPPORTED = re.compile(_FIELD.format("supported"), re.IGNORECASE)
_ANSWERS = re.compile(_FIELD.format("answers[_ ]question"), re.IGNORECASE)
_REASON = re.compile(r"[\"']reason[\"']\s*:\s*\"((?:[^\"\\]|\\.)*)", re.IGNORECASE)


class Unreadable(NamedTuple):
    """A judgement that cannot be made out.

    Attributes:
        detail: Why.
    """

    detail: str


def judge_request(
    prompt: Prompt, candidate: Candidate, question: str, answer: str, *, seed: int, max_tokens: int = 300
) -> ChatRequest:
    """Write what to ask the judge: the passage first, so that all its answers share the beginning, the task last.

    Args:
        prompt: The prompt `judge`.
        candidate: Whose passage the answer rests on.
        question: The question.
        answer: The answer.
        seed: Seed of the sampling.
        max_tokens: Most tokens that the judge may write; one that thinks aloud first needs more.

    Raises:
        InputError: The prompt asks for a value that there is not.
    """
    return ChatRequest(
        messages=prompt.messages(
            whereabouts=candidate.whereabouts, passage=candidate.passage, question=question, answer=answer
        ),
        max_tokens=max_tokens,
        seed=seed,
        schema=SCHEMA,
    )


def read_judgement(response: ChatResponse) -> Rejection | Unreadable | None:
    """Read the verdict: None if nothing speaks against the answer.

    JSON in a fence, with text around it, with single quotes or cut off is read as far as the verdict can be made out.
    An answer is never accepted on half a verdict.
    """
    if response.finish_reason == "content_filter":
        return Unreadable("the server held the judgement back")
    reply = read_reply(response)
    text = "" if isinstance(reply, Rejection) else reply
    supported, answers, reason = _verdict(text)
    if supported is False:
        return Rejection("judged_unsupported", reason)
    if answers is False:
        return Rejection("judged_off_question", reason)
    if supported is None or answers is None:
        return Unreadable(("cut off: " if response.finish_reason == "length" else "no verdict: ") + text[:200])
    return None


def _verdict(text: str) -> tuple[bool | None, bool | None, str]:
    """Give both verdicts, None where there is none, and the reason."""
    for start in (found.start() for found in islice(re.finditer(r"\{", text), 50)):
        try:
            value: Any = json.JSONDecoder(strict=False).raw_decode(text, start)[0]  # Any: what a model wrote
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and ("supported" in value or "answers_question" in value):
            reason = value.get("reason")
            verdicts = _flag(value.get("supported")), _flag(value.get("answers_question"))
            return *verdicts, " ".join(reason.split()) if isinstance(reason, str) else ""
    said, answered = _SUPPORTED.findall(text), _ANSWERS.findall(text)
    told = _REASON.search(text)
    return _only(said), _only(answered), " ".join(told.group(1).split()) if told else ""


def _flag(value: object) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _only(found: list[str]) -> bool | None:
    """Give the verdict if it is named, and always the same."""
    flags = {_flag(one) for one in found}
    return flags.pop() if len(flags) == 1 else None
